/** What the benches in a guest share: pools on the guest's two spare drives, and the engine over them without a daemon. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { keepHeapSmall } from '../../../core/cli/small-heap.ts';
import { spawnerCommand } from '../../../core/cli/spawner-command.ts';
import { compileFilter } from '../../../core/endpoint/filter.ts';
import { ZfsReceiver } from '../../../core/endpoint/receiver.ts';
import { listingRoots } from '../../../core/endpoint/roots.ts';
import { ZfsSender } from '../../../core/endpoint/sender.ts';
import { SideCache } from '../../../core/endpoint/side-cache.ts';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../../../core/host/local.ts';
import type { CommandObserver } from '../../../core/host/registry.ts';
import { createSpawner } from '../../../core/host/spawner/client.ts';
import { systemClock } from '../../../core/host/system-clock.ts';
import type { ReplicationPolicy } from '../../../core/replication/policy.ts';
import { DEFAULT_RETRY_POLICY } from '../../../core/replication/retry.ts';
import { replicate } from '../../../core/replication/run.ts';
import { TidyMemory } from '../../../core/replication/tidy-memory.ts';
import { createCliZfs } from '../../../core/zfs/cli-zfs.ts';
import type { SendFlags, Zfs } from '../../../core/zfs/types.ts';

export const SOURCE = 'benchsrc';
export const TARGET = 'benchdst';
export const JOB = 'bench';
export const FLAGS: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};
const POLICY: ReplicationPolicy = {
  initial: 'all',
  protection: { initial: 'guarantee_resumability', incremental: 'guarantee_resumability' },
  stepwise: false,
  send: { encrypted: false, flags: FLAGS },
  wants: () => true,
};

/** Runs a shell script in this guest; throws on any exit code but 0. */
export function shell(script: string): string {
  const result = spawnSync('/bin/sh', ['-ec', script], { encoding: 'utf8', maxBuffer: 256 * 1024 ** 2 });
  if (result.status !== 0) throw new Error(`exit ${result.status}: ${script}\n${result.stderr}`);
  return result.stdout;
}

/** A line for whoever waits; standard output is for the result. */
export function tell(line: string): void {
  process.stderr.write(`  ...    ${line}\n`);
}

/** Fresh pools on the two drives. */
export function freshPools(): void {
  const drive = (n: number) => `/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_labdata${n}`;
  for (const [pool, n] of [
    [SOURCE, 0],
    [TARGET, 1],
  ] as const) {
    shell(`zpool list -H ${pool} >/dev/null 2>&1 && zpool destroy -f ${pool} || true
zpool create -f -o cachefile=none -O mountpoint=/${pool} -O compression=off ${pool} ${drive(n)}`);
  }
}

export interface Engine {
  readonly zfs: Zfs;
  /** The process that starts programs; there once one was started. */
  spawnerPid(): number;
  /** One run of a local push of everything below SOURCE/data to TARGET/in; throws when it did not end well. */
  run(): Promise<void>;
}

/** The engine as a push to a sink of the same machine has it. */
export function openEngine(onCommand?: CommandObserver): Engine {
  keepHeapSmall();
  // The command line lies beside the bench.
  const command = spawnerCommand(join(import.meta.dirname, 'snapferry.mjs'));
  const spawner = createSpawner({ command, env: LOCAL_ENVIRONMENT, host: 'this machine' });
  const host = createLocalHost({
    label: 'this machine',
    startProgram: spawner.start,
    ...(onCommand === undefined ? {} : { onCommand }),
  });
  const zfs = createCliZfs({ host, clock: systemClock });
  const patterns = new Map([[`${SOURCE}/data<`, true]]);
  const common = { zfs, ping: async () => {}, onCleanupProblem: (problem: Error) => console.error(problem) };
  const memory = new TidyMemory();
  const monotonicMs = () => systemClock.monotonicMs();
  const caches = { sender: new SideCache({ monotonicMs }), receiver: new SideCache({ monotonicMs }) };
  return {
    zfs,
    spawnerPid() {
      const pid = spawner.pid();
      if (pid === null) throw new Error('nothing was started yet');
      return pid;
    },
    run: async () => {
      const report = await replicate({
        endpoints: () => ({
          sender: new ZfsSender({
            ...common,
            cache: caches.sender,
            jobId: JOB,
            filter: compileFilter(patterns),
            roots: listingRoots(patterns),
            flags: FLAGS,
            encryptedOnly: false,
          }),
          receiver: new ZfsReceiver({
            ...common,
            cache: caches.receiver,
            jobId: `${JOB}-sink`,
            root: { rootFs: `${TARGET}/in`, clientIdentity: null },
            placeholderEncryption: 'inherit',
            properties: { inherit: [], override: new Map(), protective: false },
            flags: FLAGS,
            mustBeEncrypted: false,
          }),
        }),
        jobId: JOB,
        policy: POLICY,
        concurrency: 1,
        retry: DEFAULT_RETRY_POLICY,
        memory,
        clock: systemClock,
        random: Math.random,
        signal: new AbortController().signal,
        onChange: () => {},
      });
      if (report.outcome !== 'done') throw new Error(JSON.stringify(report, null, 1));
    },
  };
}

/** Wall time of some work in milliseconds. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
