/** The daemon with another program for its zfs; all else is the daemon as it is. */
import { parseArgs } from 'node:util';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../../../core/host/local.ts';
import { createSpawner } from '../../../core/host/spawner/client.ts';
import type { Argv } from '../../../core/host/types.ts';
import { engineAt, runDaemon } from './daemon-parts.ts';

/** Runs until it is interrupted; gives the exit code. `spawner` is what starts the process that starts programs. */
export async function runWith(args: readonly string[], spawner: Argv): Promise<number> {
  const text = { type: 'string', default: '' } as const;
  const { values } = parseArgs({ args: [...args], options: { config: text, socket: text, state: text, zfs: text } });
  const { zfs, ...places } = values;
  const programs = createSpawner({ command: spawner, env: LOCAL_ENVIRONMENT, host: 'the workstation' });
  const host = createLocalHost({ label: 'the workstation', startProgram: programs.start });
  const close = async () => {
    await host.close();
    await programs.close();
  };
  return runDaemon(places, (config, log) => engineAt({ host, zfsPath: zfs, close }, config, log));
}
