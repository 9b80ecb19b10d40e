#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
/**
 * Entry of the command line `snapferry`, and of the small process that starts programs for it. Each loads only its own part:
 * what the second has in memory is what every start of a program has to copy.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { desktopPrograms } from './desktop-command.ts';
import { SPAWNER_WORD, spawnerCommand } from './spawner-command.ts';

const [word, ...args] = process.argv.slice(2);
if (word === SPAWNER_WORD && process.connected) {
  const { serveSpawner } = await import('../host/spawner/serve.ts');
  serveSpawner(args[0] ?? '');
} else {
  const { runCommandLine } = await import('./command-line.ts');
  const own = fileURLToPath(import.meta.url);
  const read = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);
  const desktop = desktopPrograms(own, process.execPath, { exists: existsSync, read });
  const programs = { spawner: spawnerCommand(own), desktop, folder: dirname(own) };
  // A job that cannot be ended must not keep the process: what is written to a terminal or a pipe is written by now.
  process.exit(await runCommandLine(process.argv.slice(2), programs));
}
