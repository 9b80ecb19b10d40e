/** Defects of the layer that speaks with the zfs command. */
import { at, type Mutant } from './mutant.ts';

export const COMMANDS: readonly Mutant[] = [
  ...at('zfs/cli-destroy.ts', [
    [
      'destroyed by name',
      'const matching = refs.filter((ref) => ref.guid === guid);',
      'const matching = refs.filter(() => guid !== undefined);',
      1,
      1181,
    ],
  ]),
];
