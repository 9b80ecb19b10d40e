import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRIVE_STATES, type DriveState } from '../../../core/api/drive.ts';
import { afterLook, isOnTheWay } from '../../../core/drives/phase.ts';

describe('what coming and going makes of a drive', () => {
  it.each<[DriveState, boolean | null, boolean, DriveState]>([
    ['unknown', null, false, 'unknown'],
    ['unknown', true, false, 'plugged'],
    ['unknown', true, true, 'connected'],
    ['unknown', false, false, 'away'],
    ['unknown', false, true, 'pulled'],
    ['away', true, false, 'plugged'],
    ['away', true, true, 'connected'],
    ['away', false, true, 'away'],
    ['plugged', false, false, 'away'],
    ['plugged', true, true, 'connected'],
    ['plugged', true, false, 'plugged'],
    ['safe', true, false, 'safe'],
    ['safe', true, true, 'connected'],
    ['safe', false, false, 'away'],
    ['unusable', true, false, 'unusable'],
    ['unusable', true, true, 'connected'],
    ['unusable', false, false, 'away'],
    ['connected', true, true, 'connected'],
    ['busy', true, true, 'busy'],
    ['busy', false, true, 'pulled'],
    ['pulled', false, true, 'pulled'],
    ['pulled', false, false, 'away'],
    ['pulled', true, true, 'returning'],
    ['pulled', true, false, 'returning'],
    ['returning', true, true, 'returning'],
    ['returning', false, true, 'pulled'],
  ])('%s, there: %s, imported: %s → %s', (state, present, imported, next) => {
    expect(afterLook(state, { present, imported })).toBe(next);
  });

  const states = fc.constantFrom(...DRIVE_STATES);
  const sight = fc.record({ present: fc.constantFrom(true, false, null), imported: fc.boolean() });

  it('nothing changes as long as nobody has looked', () => {
    for (const state of DRIVE_STATES) expect(afterLook(state, { present: null, imported: true })).toBe(state);
  });

  it('a loss with the pool on its way in or out is always one', () => {
    fc.assert(
      fc.property(states, fc.boolean(), (state, imported) => {
        fc.pre(isOnTheWay(state));
        expect(afterLook(state, { present: false, imported })).toBe('pulled');
      }),
    );
  });

  it('one that is not there is away or was pulled, and one that is there is neither', () => {
    fc.assert(
      fc.property(states, fc.array(sight), (start, sights) => {
        let state = start;
        for (const seen of sights) {
          state = afterLook(state, seen);
          if (seen.present === false) expect(['away', 'pulled']).toContain(state);
          if (seen.present === true) expect(['away', 'pulled', 'unknown']).not.toContain(state);
        }
      }),
    );
  });

  it('looking never makes it safe, nor gives it to a run', () => {
    fc.assert(
      fc.property(states, sight, (state, seen) => {
        const next = afterLook(state, seen);
        for (const own of ['safe', 'busy', 'connecting', 'ejecting'] as const)
          if (next === own) expect(state).toBe(own);
        if (next === 'returning') expect(['pulled', 'returning']).toContain(state);
      }),
    );
  });
});
