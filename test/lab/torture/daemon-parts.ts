/** A daemon as it is, apart from where its commands run: what is the same for each that is to be killed. */
import { connectDaemon } from '../../../core/api/wire/connect.ts';
import type { CliContext, Engine } from '../../../core/cli/context.ts';
import { daemonCommand } from '../../../core/cli/daemon.ts';
import { createProcessIo } from '../../../core/cli/process-io.ts';
import { loadConfig } from '../../../core/config/load.ts';
import type { Config, SshConnect } from '../../../core/config/types.ts';
import type { DriveDesk } from '../../../core/drives/desk.ts';
import { createSshHost } from '../../../core/host/ssh.ts';
import { systemClock } from '../../../core/host/system-clock.ts';
import type { Host } from '../../../core/host/types.ts';
import { Throttle } from '../../../core/job/bandwidth.ts';
import type { Reach } from '../../../core/job/deps.ts';
import { createJob } from '../../../core/job/factory.ts';
import { Transfers } from '../../../core/job/transfers.ts';
import type { Log } from '../../../core/monitoring/log.ts';
import { DEFAULT_RETRY_POLICY } from '../../../core/replication/retry.ts';
import { createCliZfs } from '../../../core/zfs/cli-zfs.ts';
import { NO_SURROUNDINGS } from '../../unit/helper/support/surroundings.ts';

function sshHostOf({ host, port, user, identityFile, hostKey }: SshConnect): Host {
  if (hostKey.type !== 'fingerprint') throw new Error('the household pins its keys by their fingerprints');
  return createSshHost({ address: host, port, user, identityFile, hostKey: hostKey.sha256 });
}

function reachOf(host: Host, zfsPath?: string): Reach {
  return {
    zfs: createCliZfs({ host, clock: systemClock, ...(zfsPath === undefined ? {} : { zfsPath }) }),
    ping: async ({ signal }) => host.ping({ deadlineMs: 20_000, ...(signal === undefined ? {} : { signal }) }),
  };
}

/** Where the commands of an engine run. */
export interface Workstation {
  readonly host: Host;
  readonly zfsPath?: string;
  readonly drives?: DriveDesk;
  /** Ends what lies below the host. */
  readonly close: () => Promise<void>;
}

/** An engine that knows nothing but its jobs. */
export function engineAt({ host, zfsPath, drives, close }: Workstation, config: Config, log: Log): Engine {
  const remotes = new Map<string, Host>();
  const parts = {
    ...(drives === undefined ? {} : { drives }),
    transfers: new Transfers(),
    clock: systemClock,
    random: Math.random,
    retry: DEFAULT_RETRY_POLICY,
    log,
  };
  let current = config;
  return {
    commands: () => ({ active: 0, abandoned: 0 }),
    surroundings: () => NO_SURROUNDINGS,
    throttle: new Throttle(),
    configure: (next) => {
      current = next;
      return () => {};
    },
    makeJob: (job) =>
      createJob(job, {
        get config() {
          return current;
        },
        local: reachOf(host, zfsPath),
        remote: (connect) => {
          const remote = remotes.get(connect.host) ?? sshHostOf(connect);
          remotes.set(connect.host, remote);
          return reachOf(remote);
        },
        ...parts,
      }),
    close: async () => {
      drives?.close();
      await Promise.all([...remotes.values()].map((remote) => remote.close()));
      await close();
    },
  };
}

export interface DaemonPlaces {
  readonly config: string;
  readonly socket: string;
  readonly state: string;
}

/** Runs until it is interrupted; gives the exit code. */
export function runDaemon(
  { config, socket, state }: DaemonPlaces,
  openEngine: CliContext['openEngine'],
): Promise<number> {
  const context: CliContext = {
    io: createProcessIo(process),
    version: 'torture',
    connect: connectDaemon,
    lookUp: async () => null,
    runDesktop: async () => ({ code: 1, signal: null }),
    installation: { program: '/nonexistent', node: process.execPath, run: async () => null },
    loadConfig: (path) => loadConfig(path),
    openEngine,
  };
  return daemonCommand(context, { config, socket, socketDefault: socket, state, onDemand: false });
}
