/** The daemon of a machine with drives, as a process of its own, to be killed: its commands run in the guest, all else is here. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DriveDesk } from '../../../../core/drives/desk.ts';
import { isAtRest } from '../../../../core/drives/kernel-state.ts';
import { openedInFile } from '../../../../core/drives/opened.ts';
import { createSshHost } from '../../../../core/host/ssh.ts';
import { systemClock } from '../../../../core/host/system-clock.ts';
import { engineAt, runDaemon } from '../../torture/daemon-parts.ts';
import { gatedHost } from './gate.ts';

const text = { type: 'string', default: '' } as const;
const { values } = parseArgs({
  options: { config: text, socket: text, state: text, port: text, identity: text, key: text, gate: text },
});

/** Statistics of the kernel are read without taking a lock, also through a connection. */
const STATE_DEADLINE_MS = 60_000;

const limits = { deadlineMs: STATE_DEADLINE_MS, stdoutLimitBytes: 65_536 };
const guest = createSshHost({
  label: 'the workstation',
  address: '127.0.0.1',
  port: Number(values.port),
  user: 'root',
  identityFile: values.identity,
  hostKey: values.key,
});
const host = gatedHost(guest, values.gate);

/** What the guest's kernel says in a file; null where it does not. */
async function kernelSays(path: string): Promise<string | null> {
  const answer = await host.run(['cat', path], limits).catch(() => null);
  return answer !== null && answer.exit.code === 0 ? answer.stdout : null;
}

const bootId = (await kernelSays('/proc/sys/kernel/random/boot_id'))?.trim() ?? null;

process.exitCode = await runDaemon(values, (config, log) => {
  const warn = (err: unknown, message: string) => log.warn({ err }, message);
  const drives = new DriveDesk({
    host,
    clock: systemClock,
    poolState: async (pool) => (await kernelSays(`/proc/spl/kstat/zfs/${pool}/state`))?.trim() ?? null,
    isAtRest: async (pool) => isAtRest((await kernelSays(`/proc/spl/kstat/zfs/${pool}/txgs`)) ?? ''),
    opened: openedInFile({ file: join(values.state, 'opened-drives.json'), bootId, warn }),
    warn,
  });
  return engineAt({ host, drives, close: () => guest.close() }, config, log);
});
process.exit();
