/** All defects that the simulation must notice. */
import { COMMANDS } from './commands.ts';
import { DRIVES } from './drives.ts';
import { JOBS } from './jobs.ts';
import type { Mutant } from './mutant.ts';
import { PLANNING } from './planning.ts';
import { PRUNING } from './pruning.ts';
import { RECEIVING } from './receiving.ts';
import { SENDING } from './sending.ts';

export const MUTANTS: readonly Mutant[] = [
  ...SENDING,
  ...RECEIVING,
  ...PLANNING,
  ...PRUNING,
  ...JOBS,
  ...COMMANDS,
  ...DRIVES,
];
