import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asProblemError } from '../../../core/api/problem.ts';
import { parseImportable } from '../../../core/drives/importable.ts';
import { listing, SAID } from './samples.ts';

const GUID = 12_345_678_901_234_567_890n;
const GOOD = { usedElsewhere: false, readOnly: false, unsupported: false, incomplete: false } as const;

function only(said: string, state?: string) {
  const pools = parseImportable(listing('blue', GUID, said, state));
  expect(pools).toHaveLength(1);
  const [pool] = pools;
  if (pool === undefined) throw new Error('no pool');
  const { usedElsewhere, readOnly, unsupported, incomplete } = pool;
  return { ...pool, flags: { usedElsewhere, readOnly, unsupported, incomplete } };
}

describe('what zpool import lists', () => {
  it('a pool that is all there', () => {
    expect(parseImportable(listing('blue', GUID))).toEqual([
      {
        name: 'blue',
        guid: GUID,
        state: 'ONLINE',
        ...GOOD,
        text: 'The pool can be imported using its name or numeric identifier.',
      },
    ]);
    expect(only(SAID.upgradable).flags).toEqual(GOOD);
    expect(only(SAID.legacy).flags).toEqual(GOOD);
  });

  it.each([
    ['elsewhere', 'ONLINE', { usedElsewhere: true }],
    ['imported', 'ONLINE', { usedElsewhere: true }],
    ['multihost', 'ONLINE', { usedElsewhere: true }],
    ['degraded', 'DEGRADED', { incomplete: true }],
    ['missing', 'UNAVAIL', { incomplete: true }],
    ['corrupt', 'ONLINE', { incomplete: true }],
    ['readOnly', 'UNAVAIL', { readOnly: true }],
    ['unsupported', 'UNAVAIL', { unsupported: true }],
    ['newer', 'UNAVAIL', { unsupported: true }],
  ] as const)('%s (%s)', (said, state, flags) => {
    const pool = only(SAID[said], state);
    expect(pool.flags).toMatchObject(flags);
    expect(pool.state).toBe(state);
    expect(pool.text.length).toBeGreaterThan(20);
  });

  it('a pool that was destroyed', () => {
    expect(only(SAID.destroyed, 'ONLINE (DESTROYED)')).toMatchObject({ state: 'DESTROYED', incomplete: true });
  });

  it('one that another system holds is not taken for a healthy one, whatever its state', () => {
    const said = SAID.elsewhere.split('\n');
    expect(only(said.slice(1).join('\n')).usedElsewhere).toBe(true);
  });

  it('several pools, a comment, and devices with odd names', () => {
    const odd = listing('red', 5n).replace(' config:', 'comment: id: 9 pool: x\n config:');
    const disks = '\tpool: evil\n\tstate: ONLINE\n\tdedup\n\t  mirror-1  ONLINE\n';
    expect(
      parseImportable(`${listing('blue', GUID)}\n${odd}${disks}\n${listing('white', 6n, SAID.missing, 'UNAVAIL')}`),
    ).toMatchObject([
      { name: 'blue', guid: GUID, ...GOOD },
      { name: 'red', guid: 5n, state: 'ONLINE', ...GOOD },
      { name: 'white', guid: 6n, incomplete: true },
    ]);
    expect(parseImportable('')).toEqual([]);
  });

  it('half a pool is unreadable, not a good one', () => {
    for (const text of ['   pool: blue\n  state: ONLINE\n', '   pool: blue\n     id: x\n', '   pool:\n     id: 5\n']) {
      expect(() => parseImportable(text)).toThrow(expect.objectContaining({ code: 'output-unreadable' }));
    }
    expect(parseImportable('   pool: blue\n     id: 5\n')).toMatchObject([{ state: '', incomplete: true }]);
  });

  it('is read from whatever comes, or refused as unreadable', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '   pool: a',
        '     id: 77',
        '  state: ONLINE',
        ' action: do',
        ' config:',
        '\t a ONLINE',
        'status: x',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        try {
          for (const pool of parseImportable(lines.join('\n'))) expect(pool.text.length).toBeLessThanOrEqual(2_000);
        } catch (thrown) {
          expect(asProblemError(thrown).code).toBe('output-unreadable');
        }
      }),
    );
  });
});
