#!/usr/bin/env node
/**
 * Entry of the command line `snapferry`, and of the small process that starts programs for it. Each loads only its own part:
 * what the second has in memory is what every start of a program has to copy.
 */
import { fileURLToPath } from 'node:url';

/** Not a command for people: it is of use only to a parent that listens. */
const SPAWNER_WORD = '__start-programs';

/** It computes nothing, so it needs neither a compiler that optimises nor a large nursery: 68 instead of 86 MB. */
const SPAWNER_FLAGS = ['--lite-mode', '--max-semi-space-size=1'];

const [word, ...args] = process.argv.slice(2);
if (word === SPAWNER_WORD && process.connected) {
  const { serveSpawner } = await import('../host/spawner/serve.ts');
  serveSpawner(args[0] ?? '');
} else {
  const { runCommandLine } = await import('./command-line.ts');
  const own = fileURLToPath(import.meta.url);
  // A job that cannot be ended must not keep the process: what is written to a terminal or a pipe is written by now.
  process.exit(await runCommandLine(process.argv.slice(2), [process.execPath, ...SPAWNER_FLAGS, own, SPAWNER_WORD]));
}
