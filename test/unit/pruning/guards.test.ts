import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockGuard, judgeClock } from '../../../core/pruning/clock-guard.ts';
import { CreationCache } from '../../../core/pruning/creation-cache.ts';
import { ListingGuard, listingShrank } from '../../../core/pruning/listing-guard.ts';
import { FakeClock } from '../snapshotting/fake-clock.ts';

const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);

describe('clock', () => {
  it('is believed while both clocks go together, asleep or not', () => {
    const clock = new FakeClock(START);
    const guard = new ClockGuard(clock);
    clock.pass(400 * DAY);
    expect(guard.check(null)).toBeNull();
    clock.wallMs += DAY;
    expect(guard.check(null)).toBeNull();
  });

  it.each([
    [DAY + 1, 'forward by 1 days'],
    [-30 * DAY, 'back by 30 days'],
  ])('is not believed after a jump of %i ms, until it is set back or confirmed', (byMs, words) => {
    const clock = new FakeClock(START);
    const guard = new ClockGuard(clock);
    clock.wallMs += byMs;
    clock.pass(5000);
    const problem = guard.check(START / 1000 - 1e6);
    expect(problem?.code).toBe('clock-jumped');
    expect(problem?.facts.reason).toContain(words);
    expect(guard.check(null)).not.toBeNull();
    clock.wallMs -= byMs;
    expect(guard.check(null)).toBeNull();
  });

  it('is believed once a clock that was never set is set', () => {
    const never = { wallMs: 1000, monotonicMs: 0 };
    const now = { wallMs: START, monotonicMs: 10 };
    expect(judgeClock(never, now, null)).toEqual({ kind: 'plausible', anchor: now });
    // Its wall clock lay before a snapshot that exists.
    const behind = { wallMs: START - 9 * DAY, monotonicMs: 0 };
    expect(judgeClock(behind, now, START - 60_000)).toEqual({ kind: 'plausible', anchor: now });
    expect(judgeClock(behind, now, START + 60_000)).toMatchObject({ kind: 'jumped' });
    expect(judgeClock(behind, now, null)).toMatchObject({ kind: 'jumped' });
  });

  it.each([
    ['seen while it was behind', 1],
    ['seen only when it had been set already', 0],
  ])('a snapshot from the future proves that it was behind: %s', (_, looks) => {
    const clock = new FakeClock(START);
    const guard = new ClockGuard(clock);
    const newestS = START / 1000 + 300 * 86_400;
    for (let look = 0; look < looks; look++) expect(guard.check(newestS)).toBeNull();
    clock.wallMs += 299 * DAY;
    expect(guard.check(newestS)?.code).toBe('clock-jumped');
    clock.wallMs += DAY;
    expect(guard.check(newestS)).toBeNull();
    // From now on this is the time to compare with.
    clock.wallMs += 2 * DAY;
    expect(guard.check(newestS)?.code).toBe('clock-jumped');
  });

  it('snapshots that were taken since the start prove nothing, with whatever clock', () => {
    const clock = new FakeClock(START);
    const guard = new ClockGuard(clock);
    clock.pass(10 * DAY);
    expect(guard.check(clock.wallMs / 1000)).toBeNull();
    const before = clock.wallMs / 1000;
    clock.wallMs += 1000 * DAY;
    expect(guard.check(before)?.code).toBe('clock-jumped');
    clock.pass(DAY);
    expect(guard.check(clock.wallMs / 1000)?.code).toBe('clock-jumped');
    // Not even those that were taken meanwhile, when it jumps to the same wrong time once more.
    const wrong = clock.wallMs;
    clock.wallMs -= 1000 * DAY;
    expect(guard.check(wrong / 1000)).toBeNull();
    clock.wallMs = wrong;
    expect(guard.check(wrong / 1000)?.code).toBe('clock-jumped');
  });
});

describe('listing', () => {
  const look = (guard: ListingGuard, count: number, key = 'k') =>
    guard.check({ key, host: 'nas', count })?.code ?? null;

  it('needs a second look when less than half is left', () => {
    const guard = new ListingGuard();
    expect([100, 60, 29, 29, 29, 0, 40].map((count) => look(guard, count))).toEqual([
      null,
      null,
      'listing-shrank',
      null,
      null,
      'listing-shrank',
      null,
    ]);
    expect(guard.check({ key: 'k', host: 'nas', count: 3 })?.facts).toEqual({ host: 'nas', before: '40', now: '3' });
  });

  it('a second look that shows still less is another first one', () => {
    const guard = new ListingGuard();
    expect([100, 40, 10, 10].map((count) => look(guard, count))).toEqual([
      null,
      'listing-shrank',
      'listing-shrank',
      null,
    ]);
  });

  it('tells listings apart, and does not wonder about what was destroyed on purpose', () => {
    const guard = new ListingGuard();
    look(guard, 100);
    expect(look(guard, 5, 'other')).toBeNull();
    guard.destroyed('k', 80);
    guard.destroyed('unheard-of', 80);
    expect(look(guard, 20)).toBeNull();
  });

  it('does not wonder about few', () => {
    expect([listingShrank(9, 0), listingShrank(10, 5), listingShrank(10, 4)]).toEqual([false, false, true]);
  });
});

describe('creation cache', () => {
  it('remembers by dataset and snapshot', () => {
    const cache = new CreationCache();
    cache.set(1n, 2n, 30);
    expect([cache.get(1n, 2n), cache.get(2n, 2n), cache.get(1n, 1n)]).toEqual([30, undefined, undefined]);
    cache.delete(1n, 2n);
    expect([cache.get(1n, 2n), cache.size]).toEqual([undefined, 0]);
  });

  it('forgets what was not asked for the longest', () => {
    const cache = new CreationCache(2);
    cache.set(1n, 1n, 10);
    cache.set(1n, 2n, 20);
    cache.get(1n, 1n);
    cache.set(1n, 3n, 30);
    expect([cache.get(1n, 1n), cache.get(1n, 2n), cache.get(1n, 3n)]).toEqual([10, undefined, 30]);
  });

  it('never grows beyond its limit, and never answers wrongly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.tuple(fc.bigInt(0n, 9n), fc.nat())), (limit, entries) => {
        const cache = new CreationCache(limit);
        const truth = new Map<bigint, number>();
        for (const [guid, creationS] of entries) {
          cache.set(7n, guid, creationS);
          truth.set(guid, creationS);
          expect(cache.size).toBeLessThanOrEqual(limit);
          expect(cache.get(7n, guid)).toBe(creationS);
        }
        for (const [guid, creationS] of truth) expect([undefined, creationS]).toContain(cache.get(7n, guid));
      }),
    );
  });
});
