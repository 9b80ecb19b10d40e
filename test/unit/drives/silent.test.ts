import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asProblemError, ProblemError } from '../../../core/api/problem.ts';
import { judgePools, listingOf } from '../../../core/drives/silent.ts';

const PULLED = new ProblemError('drive-pulled', { drive: 'Blue', pool: 'blue' });
const lostOf = (...names: string[]) => new Map(names.map((name) => [name, PULLED]));

const sights = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('tank', 'blue', 'red', 'nas', 'old'),
    state: fc.constantFrom('ONLINE', 'DEGRADED', 'SUSPENDED', 'UNAVAIL', null),
  }),
  { selector: ({ name }) => name },
);
const names = fc.uniqueArray(fc.constantFrom<string>('tank', 'blue', 'red', 'away'));

function thrownBy(work: () => unknown): ProblemError | null {
  try {
    work();
    return null;
  } catch (thrown) {
    return asProblemError(thrown);
  }
}

describe('which pools answer', () => {
  it('every imported pool is one or the other, and none that is suspended or lost answers', () => {
    fc.assert(
      fc.property(sights, names, (imported, lost) => {
        const { answering, silent } = judgePools(imported, lostOf(...lost), 'here');
        expect([...answering, ...silent.keys()].sort()).toEqual(imported.map(({ name }) => name).sort());
        for (const { name, state } of imported) {
          expect(silent.has(name)).toBe(lost.includes(name) || state === 'SUSPENDED');
          if (silent.has(name))
            expect(silent.get(name)?.code).toBe(lost.includes(name) ? 'drive-pulled' : 'pool-unavailable');
        }
      }),
    );
  });

  it('all are listed at once exactly where all answer; a listing by names has those that do', () => {
    fc.assert(
      fc.property(sights, names, (imported, lost) => {
        const { answering, silent } = judgePools(imported, lostOf(...lost), 'here');
        const unknown = [...silent.keys()].some((name) => !lost.includes(name));
        const listing = () => listingOf(imported, lostOf(...lost), 'here');
        // To leave such a one out would be to say that everything there is was looked at.
        if (unknown) expect(thrownBy(listing)?.code).toBe('pool-unavailable');
        else expect(listing()).toEqual(silent.size === 0 ? null : answering);
      }),
    );
  });

  it('where the kernel does not say which are imported, nothing is listed as long as one is lost', () => {
    expect(listingOf(null, lostOf(), 'here')).toBeNull();
    expect(thrownBy(() => listingOf(null, lostOf('blue'), 'here'))).toBe(PULLED);
  });
});
