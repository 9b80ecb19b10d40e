/** The daemon with another program for its zfs; all else is the daemon as it is. */
import { parseArgs } from 'node:util';
import type { CliContext } from '../../../core/cli/context.ts';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../../../core/host/local.ts';
import { createSpawner } from '../../../core/host/spawner/client.ts';
import type { Argv, Host } from '../../../core/host/types.ts';
import { createJob } from '../../../core/job/factory.ts';
import { jobParts, reachOf, runDaemon, STILL_ENGINE, sshHostOf } from './daemon-parts.ts';

function openEngine(zfsPath: string, command: Argv): CliContext['openEngine'] {
  const spawner = createSpawner({ command, env: LOCAL_ENVIRONMENT, host: 'the workstation' });
  return (config, log) => {
    const local = createLocalHost({ label: 'the workstation', startProgram: spawner.start });
    const remotes = new Map<string, Host>();
    let current = config;
    return {
      ...STILL_ENGINE,
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
          ...jobParts(log),
        }),
      close: async () => {
        await Promise.all([local, ...remotes.values()].map((host) => host.close()));
        await spawner.close();
      },
    };
  };
}

/** Runs until it is interrupted; gives the exit code. `spawner` is what starts the process that starts programs. */
export async function runWith(args: readonly string[], spawner: Argv): Promise<number> {
  const text = { type: 'string', default: '' } as const;
  const { values } = parseArgs({ args: [...args], options: { config: text, socket: text, state: text, zfs: text } });
  const { zfs, ...places } = values;
  return runDaemon(places, openEngine(zfs, spawner));
}
