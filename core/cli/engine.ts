/** Builds what jobs work with: this machine, other machines, and OpenZFS on each. Starts nothing. */
import { dirname, join } from 'node:path';
import { ProblemError } from '../api/problem.ts';
import type { Config, JobConfig, SshConnect } from '../config/types.ts';
import { besideSilent } from '../drives/beside.ts';
import { DriveDesk } from '../drives/desk.ts';
import { PoolGuard } from '../drives/guard.ts';
import { kernelPoolAtRest, kernelPoolState, kernelPools } from '../drives/kernel-state.ts';
import { type OpenedDrives, openedInFile, thisBoot } from '../drives/opened.ts';
import { createLocalHost } from '../host/local.ts';
import { thisMachine } from '../host/machine.ts';
import { activeCommands } from '../host/registry.ts';
import type { Spawner } from '../host/spawner/client.ts';
import { createSshHost, type SshHost } from '../host/ssh.ts';
import { systemClock } from '../host/system-clock.ts';
import type { Host } from '../host/types.ts';
import { wakeUp } from '../host/wake-on-lan.ts';
import { configuredLimits, Throttle } from '../job/bandwidth.ts';
import type { JobDeps, Reach } from '../job/deps.ts';
import { createDriveSetup, type DrivePlace } from '../job/drive-setup.ts';
import { createJob } from '../job/factory.ts';
import { SpaceBook } from '../job/space-book.ts';
import { createSurroundings } from '../job/surroundings.ts';
import { Transfers } from '../job/transfers.ts';
import type { Log } from '../monitoring/log.ts';
import { DEFAULT_RETRY_POLICY } from '../replication/retry.ts';
import { createCliZfs } from '../zfs/cli-zfs.ts';
import { receivingOn } from '../zfs/receiving-processes.ts';
import type { Zfs } from '../zfs/types.ts';
import type { Engine } from './context.ts';
import { keepHeapSmall } from './small-heap.ts';

/** How long another machine may take to answer a ping before it counts as away. */
const PING_DEADLINE_MS = 20_000;

/** What this machine is called. */
export const THIS_MACHINE = 'this machine';

/**
 * The real engine for one configuration. With a spawner, which it closes at its end, programs are started by that.
 * @param state folder of a service for what it remembers beyond its end
 */
export function openEngine(config: Config, log: Log, spawner: Spawner | null = null, state?: string): Engine {
  keepHeapSmall();
  const versions: ZfsVersions = new Map();
  const reachOf = (host: Host, around: (zfs: Zfs) => Zfs = (zfs) => zfs): Reach => {
    return {
      zfs: noting(around(createCliZfs({ host, clock: systemClock })), versions),
      ping: ({ signal }) => host.ping({ deadlineMs: PING_DEADLINE_MS, ...(signal === undefined ? {} : { signal }) }),
      ...(host.kind === 'ssh' ? { receiving: receivingOn(host) } : {}),
    };
  };
  const remoteReach = (connect: SshConnect): Remote => {
    const host = sshHostOf(connect);
    return { host, reach: { ...reachOf(host), metAt: () => metAt(connect.host, host.answeredAt()), wakeUp } };
  };
  const localHost = createLocalHost({
    label: THIS_MACHINE,
    ...(spawner === null ? {} : { startProgram: spawner.start }),
  });
  const remotes = new Map<string, Remote>();
  let current = config;
  const throttle = new Throttle();
  const space = new SpaceBook();
  const drives = new DriveDesk({
    host: localHost,
    clock: systemClock,
    poolState: (pool) => kernelPoolState(pool),
    isAtRest: (pool) => kernelPoolAtRest(pool),
    ...(state === undefined ? {} : { opened: openedDrives(state, log) }),
    warn: (err, message) => log.warn({ err }, message),
  });
  const guard = new PoolGuard({
    drives,
    imported: () => kernelPools(),
    poolState: (pool) => kernelPoolState(pool),
    host: THIS_MACHINE,
  });
  const deps: JobDeps = {
    get config() {
      return current;
    },
    local: reachOf(localHost, (zfs) => besideSilent(zfs, guard)),
    remote: (connect) => {
      const key = machineKey(connect);
      const remote = remotes.get(key) ?? remoteReach(connect);
      remotes.set(key, remote);
      return remote.reach;
    },
    drives,
    transfers: new Transfers(),
    throttle,
    space,
    clock: systemClock,
    random: Math.random,
    retry: DEFAULT_RETRY_POLICY,
    log,
  };
  return {
    makeJob: (job) => createJob(job, deps),
    configure: (next) => {
      current = next;
      throttle.configure(configuredLimits(next));
      return () => {
        const named = new Set(current.jobs.flatMap((job) => machineKeyOf(job) ?? []));
        for (const [key, { host }] of remotes) {
          if (named.has(key)) continue;
          remotes.delete(key);
          host.close().catch((err: unknown) => log.warn({ host: host.label, err }, 'a connection did not end'));
        }
      };
    },
    commands: countCommands,
    zfsVersions: () => [...versions].map(([host, known]) => ({ host, ...known })),
    throttle,
    space,
    machine: { host: localHost, facts: thisMachine(localHost) },
    surroundings: (keysFolder) =>
      createSurroundings({
        local: () => ({ host: localHost, zfs: deps.local.zfs, guard }),
        remote: ({ host: address, port, user, hostKey, sudo }, identityFile) => {
          const host = createSshHost({ address, port, user, hostKey, sudo, identityFile });
          return { host, zfs: createCliZfs({ host, clock: systemClock }) };
        },
        ofJob: (name) => {
          const connect = connectOf(current, name);
          const host = sshHostOf(connect);
          return { host, zfs: createCliZfs({ host, clock: systemClock }), connect };
        },
        keysFolder,
        drives: createDriveSetup({
          desk: drives,
          local: deps.local.zfs,
          keysFolder: join(dirname(keysFolder), 'drive-keys'),
          configured: (poolGuid) => configuredDrive(current, poolGuid),
          nowMs: () => systemClock.nowMs(),
        }),
        clock: systemClock,
      }),
    close: async () => {
      drives.close();
      await Promise.all([localHost, ...[...remotes.values()].map(({ host }) => host)].map((host) => host.close()));
      await spawner?.close();
    },
  };
}

function openedDrives(folder: string, log: Log): OpenedDrives {
  const warn = (err: unknown, message: string) => log.warn({ err }, message);
  return openedInFile({ file: join(folder, 'opened-drives.json'), bootId: thisBoot(), warn });
}

interface Remote {
  readonly host: SshHost;
  readonly reach: Reach;
}

/** By the label of the host. */
type ZfsVersions = Map<string, { readonly userland: string; readonly kernel: string }>;

/** Remembers which versions were found whenever a job asks what can be done. */
function noting(zfs: Zfs, versions: ZfsVersions): Zfs {
  return {
    ...zfs,
    capabilities: async (ctx) => {
      const found = await zfs.capabilities(ctx);
      versions.set(zfs.label, { userland: found.userlandVersion, kernel: found.kernelVersion });
      return found;
    },
  };
}

/** The first one of that pool that a job names. */
function configuredDrive({ jobs }: Config, poolGuid: string): DrivePlace | null {
  for (const job of jobs) {
    const drives = 'connect' in job && job.connect.type === 'drive' ? job.connect.drives : [];
    const drive = drives.find((one) => String(one.poolGuid) === poolGuid);
    if (drive !== undefined) return drive;
  }
  return null;
}

/** Jobs with the same key share one ssh session. */
function machineKey({ host, port, user, identityFile, hostKey, sudo, alsoAt }: SshConnect): string {
  return JSON.stringify([host, port, user, identityFile, hostKey, sudo, alsoAt]);
}

/** Throws `job-unknown`, or `not-applicable` for a job that sends to no other machine by ssh. */
function connectOf({ jobs }: Config, name: string): SshConnect {
  const job = jobs.find((one) => one.name === name);
  if (job === undefined) throw new ProblemError('job-unknown', { job: name });
  if ('connect' in job && job.connect.type === 'ssh') return job.connect;
  throw new ProblemError('not-applicable', { what: 'testing its destination', job: name });
}

function machineKeyOf(job: JobConfig): string | null {
  return 'connect' in job && job.connect.type === 'ssh' ? machineKey(job.connect) : null;
}

function metAt(first: string, address: string | null): { address: string; first: string } | undefined {
  return address === null || address === first ? undefined : { address, first };
}

function sshHostOf({ host, port, user, identityFile, hostKey, sudo, alsoAt }: SshConnect): SshHost {
  const pin = hostKey.type === 'fingerprint' ? { hostKey: hostKey.sha256 } : { knownHostsFile: hostKey.path };
  return createSshHost({ address: host, alsoAt, port, user, identityFile, sudo, ...pin });
}

function countCommands(): { active: number; abandoned: number } {
  const states = activeCommands().map((command) => command.state);
  const abandoned = states.filter((state) => state === 'abandoned').length;
  return { active: states.length - abandoned, abandoned };
}
