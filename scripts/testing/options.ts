import { parseArgs } from 'node:util';
import { type ZfsFlavour, zfsFlavours } from '../../test/lab/guests/build/recipe.ts';

export const SUITES = ['unit', 'e2e', 'lab'] as const;
export type SuiteName = (typeof SUITES)[number];

export interface TestOptions {
  readonly suites: readonly SuiteName[];
  /** Only files whose path contains this. */
  readonly filter: string | null;
  readonly zfs: ZfsFlavour;
  readonly coverage: boolean;
}

/** Reads the options of `npm test`. Throws a TypeError that says which one is wrong. */
export function parseTestOptions(args: readonly string[]): TestOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      unit: { type: 'boolean', default: false },
      e2e: { type: 'boolean', default: false },
      lab: { type: 'boolean', default: false },
      filter: { type: 'string' },
      zfs: { type: 'string', default: 'stable' },
      coverage: { type: 'boolean', default: false },
    },
    strict: true,
    allowPositionals: false,
  });
  const zfs = zfsFlavours.find((flavour) => flavour === values.zfs);
  if (zfs === undefined) throw new TypeError(`--zfs takes one of ${zfsFlavours.join(', ')}, not "${values.zfs}"`);
  const asked = SUITES.filter((suite) => values[suite]);
  return {
    suites: asked.length === 0 ? SUITES : asked,
    filter: values.filter ?? null,
    zfs,
    coverage: values.coverage,
  };
}
