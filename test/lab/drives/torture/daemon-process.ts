/** The daemon of a machine with drives, as a process of its own, to be killed: its commands run in the guest, all else is here. */
import { parseArgs } from 'node:util';
import { DriveDesk } from '../../../../core/drives/desk.ts';
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

process.exitCode = await runDaemon(values, (config, log) => {
  const guest = createSshHost({
    label: 'the workstation',
    address: '127.0.0.1',
    port: Number(values.port),
    user: 'root',
    identityFile: values.identity,
    hostKey: values.key,
  });
  const host = gatedHost(guest, values.gate);
  const drives = new DriveDesk({
    host,
    clock: systemClock,
    poolState: async (pool) => {
      const path = `/proc/spl/kstat/zfs/${pool}/state`;
      const limits = { deadlineMs: STATE_DEADLINE_MS, stdoutLimitBytes: 4_096 };
      const answer = await host.run(['cat', path], limits).catch(() => null);
      return answer !== null && answer.exit.code === 0 ? answer.stdout.trim() : null;
    },
    warn: (err, message) => log.warn({ err }, message),
  });
  return engineAt({ host, drives, close: () => guest.close() }, config, log);
});
process.exit();
