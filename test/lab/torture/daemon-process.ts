/**
 * The daemon as a process of its own on this machine, to be killed. An emulated machine takes half a minute to start it, so
 * only its zfs is in the guest: the program at `--zfs` hands every command on.
 */
import { fileURLToPath } from 'node:url';
import { SPAWNER_WORD, spawnerCommand } from '../../../core/cli/spawner-command.ts';

const [word, ...args] = process.argv.slice(2);
if (word === SPAWNER_WORD && process.connected) {
  const { serveSpawner } = await import('../../../core/host/spawner/serve.ts');
  serveSpawner(args[0] ?? '');
} else {
  const { runWith } = await import('./daemon-main.ts');
  process.exit(await runWith(process.argv.slice(2), spawnerCommand(fileURLToPath(import.meta.url))));
}
