/** The daemon with another program for its zfs; all else is the daemon as it is. */
import { parseArgs } from 'node:util';
import { connectDaemon } from '../../../core/api/wire/connect.ts';
import type { CliContext } from '../../../core/cli/context.ts';
import { daemonCommand } from '../../../core/cli/daemon.ts';
import { createProcessIo } from '../../../core/cli/process-io.ts';
import { loadConfig } from '../../../core/config/load.ts';
import type { SshConnect } from '../../../core/config/types.ts';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../../../core/host/local.ts';
import { createSpawner } from '../../../core/host/spawner/client.ts';
import { createSshHost } from '../../../core/host/ssh.ts';
import { systemClock } from '../../../core/host/system-clock.ts';
import type { Argv, Host } from '../../../core/host/types.ts';
import { Throttle } from '../../../core/job/bandwidth.ts';
import type { Reach } from '../../../core/job/deps.ts';
import { createJob } from '../../../core/job/factory.ts';
import { Transfers } from '../../../core/job/transfers.ts';
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

function contextOf(zfsPath: string, command: Argv): CliContext {
  const spawner = createSpawner({ command, env: LOCAL_ENVIRONMENT, host: 'the workstation' });
  return {
    io: createProcessIo(process),
    version: 'torture',
    connect: connectDaemon,
    lookUp: async () => null,
    runDesktop: async () => ({ code: 1, signal: null }),
    installation: { program: '/nonexistent', node: process.execPath, run: async () => null },
    loadConfig: (path) => loadConfig(path),
    openEngine: (config, log) => {
      const local = createLocalHost({ label: 'the workstation', startProgram: spawner.start });
      const remotes = new Map<string, Host>();
      let current = config;
      return {
        configure: (next) => {
          current = next;
          return () => {};
        },
        makeJob: (job) =>
          createJob(job, {
            get config() {
              return current;
            },
            local: reachOf(local, zfsPath),
            remote: (connect) => {
              const host = remotes.get(connect.host) ?? sshHostOf(connect);
              remotes.set(connect.host, host);
              return reachOf(host);
            },
            transfers: new Transfers(),
            clock: systemClock,
            random: Math.random,
            retry: DEFAULT_RETRY_POLICY,
            log,
          }),
        commands: () => ({ active: 0, abandoned: 0 }),
        surroundings: () => NO_SURROUNDINGS,
        throttle: new Throttle(),
        close: async () => {
          await Promise.all([local, ...remotes.values()].map((host) => host.close()));
          await spawner.close();
        },
      };
    },
  };
}

/** Runs until it is interrupted; gives the exit code. `spawner` is what starts the process that starts programs. */
export async function runWith(args: readonly string[], spawner: Argv): Promise<number> {
  const text = { type: 'string', default: '' } as const;
  const { values } = parseArgs({ args: [...args], options: { config: text, socket: text, state: text, zfs: text } });
  const { config, socket, state, zfs } = values;
  return daemonCommand(contextOf(zfs, spawner), { config, socket, socketDefault: socket, state, onDemand: false });
}
