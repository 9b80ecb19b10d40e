import { inject } from 'vitest';
import { type ZfsFlavour, zfsFlavours } from './guests/build/recipe.ts';
import { ensureLab, type Guests } from './guests/index.ts';

/** Checks the name of an OpenZFS flavour. Throws a RangeError for any other. */
export function zfsFlavourOf(name: string): ZfsFlavour {
  const flavour = zfsFlavours.find((one) => one === name);
  if (flavour === undefined) throw new RangeError(`not an OpenZFS of the lab: ${name}`);
  return flavour;
}

/**
 * The pair of guests of this run of the lab tests, already up. For a test file's `beforeAll`; `close` it in `afterAll`, and
 * leave the guests up, because other files use them too.
 */
export async function guestsOfSuite(): Promise<Guests> {
  const lab = await ensureLab({ zfs: zfsFlavourOf(inject('labZfs')) });
  return lab.up({ instance: inject('labInstance') });
}
