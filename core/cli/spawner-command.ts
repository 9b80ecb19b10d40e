/** How the small process that starts programs is started: the same executable with a word that is no command for people. */
import type { Argv } from '../host/types.ts';

export const SPAWNER_WORD = '__start-programs';

/** It computes nothing, so it needs neither a compiler that optimises nor a large nursery: 68 instead of 86 MB. */
const FLAGS = ['--lite-mode', '--max-semi-space-size=1'];

/** `entry` is the file of the command line, bundled or as source. */
export function spawnerCommand(entry: string): Argv {
  // What reads TypeScript in Node is WebAssembly, which the lite mode does not have.
  const flags = entry.endsWith('.ts') ? [] : FLAGS;
  return [process.execPath, ...flags, entry, SPAWNER_WORD];
}
