/** What was said before there was a job, and what the job then does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DestinationLook } from '../../../core/api/destination.ts';
import { editsOf } from '../../../core/api/wizard/jobs.ts';
import { partsOf } from '../../../core/api/wizard/parts.ts';
import { applyEdits } from '../../../core/config/edit.ts';
import { look } from '../../../core/job/look.ts';
import { draftOf } from '../api/wizard/support.ts';
import type { MemoryZfs } from '../doubles/memory-zfs.ts';
import { codes, House } from './support.ts';

const ROOT = 'backup/root';

interface Lay {
  /** Snapshots of the dataset here, in order. */
  readonly here: readonly string[];
  /** What lies where the copy belongs: nothing, a stand-in, or snapshots, of which some may be unknown here. */
  readonly there: 'nothing' | 'stand-in' | readonly string[];
  readonly encrypted: boolean;
}

function lay(house: House, dataset: string, identity: string, { here, there, encrypted }: Lay): void {
  if (!house.laptop.datasets.has(dataset)) house.laptop.addDataset(dataset, encrypted ? { encryption: 'root' } : {});
  for (const name of here) house.laptop.addSnapshot(dataset, name);
  if (there === 'nothing') return;
  const copy = `${ROOT}/${identity}/${dataset}`;
  withParents(house.nas, copy);
  if (there === 'stand-in') {
    void house.nas.setProperties(copy, [['zrepl:placeholder', 'on']]);
    return;
  }
  for (const name of there) {
    const guid = house.laptop.datasets.get(dataset)?.snapshots.find((snapshot) => snapshot.name === name)?.guid;
    house.nas.addSnapshot(copy, name, guid === undefined ? {} : { guid });
  }
}

function withParents(zfs: MemoryZfs, dataset: string): void {
  const parts = dataset.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const name = parts.slice(0, length).join('/');
    if (!zfs.datasets.has(name)) zfs.addDataset(name);
  }
}

/** Looks, sets the jobs up, runs each once, and gives what was said and what came of it. */
async function setUp(house: House, datasets: readonly string[], identity = 'desk') {
  const known = [...house.laptop.datasets.values()].map(({ name, encrypted }) => ({ name, encrypted }));
  const draft = draftOf({
    chosen: datasets.map((dataset) => ({ dataset, below: false })),
    destination: { rootFs: ROOT, clientIdentity: identity },
    intervalS: 366 * 86_400,
  });
  const said: DestinationLook['datasets'] = [];
  const text = applyEdits('', editsOf(draft, known)).replace(/^jobs:/, '');
  const problems: string[] = [];
  for (const part of partsOf(draft, known)) {
    const where = { rootFs: ROOT, clientIdentity: part.clientIdentity, datasets: [...part.datasets] };
    const found = await look(
      { local: house.laptop, remote: house.nas },
      { ...where, encryptedAs: 'raw' },
      house.signal,
    );
    said.push(...found.datasets);
    const job = house.start(text, part.name);
    problems.push(...codes(await house.run(job, true)));
  }
  return { said, problems };
}

describe('a draft that became a job', () => {
  it('sends what is new, takes over what is there, and leaves alone what it said it could not use', async () => {
    const lays = fc.record({
      here: fc.constantFrom<readonly string[]>([], ['a'], ['a', 'b']),
      there: fc.constantFrom<Lay['there']>('nothing', 'stand-in', ['a'], ['a', 'x'], ['x']),
      encrypted: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(lays, lays, async (one, two) => {
        const house = new House();
        const placed = { 'tank/one': one, 'tank/two': two };
        for (const [dataset, laid] of Object.entries(placed)) {
          // A mixed pair goes to two places; what lies there is laid where each half looks.
          const mixed = one.encrypted !== two.encrypted;
          lay(house, dataset, mixed && !laid.encrypted ? 'desk-plain' : 'desk', laid);
        }
        const { said, problems } = await setUp(house, Object.keys(placed));
        for (const { dataset, copy, state, problem } of said) {
          const newest = house.laptop.datasets.get(dataset)?.snapshots.at(-1);
          const arrived = house.nas.datasets.get(copy)?.snapshots.some(({ guid }) => guid === newest?.guid) === true;
          expect([dataset, state, arrived]).toEqual([dataset, state, state !== 'unusable']);
          if (state === 'unusable') expect(problems).toContain(problem?.code);
          const laid = placed[dataset as keyof typeof placed];
          if (state === 'common') expect(house.nas.snapshotNames(copy)).toContain('a');
          if (Array.isArray(laid.there) && laid.there.includes('x')) expect(state).toBe('unusable');
        }
        if (said.every(({ state }) => state !== 'unusable')) expect(problems).toEqual([]);
        await house.stop();
      }),
      { numRuns: 60 },
    );
  });
});
