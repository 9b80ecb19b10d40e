import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRIVE_STATES } from '../../../core/api/drive.ts';
import {
  bringNext,
  canScrub,
  isFreshlySafe,
  isOnlyScrubbing,
  isOverdue,
  isScrubDue,
} from '../../../core/api/drive-status.ts';
import { drive, NOW_MS } from '../cli/support/example-status.ts';
import { idleStatus } from '../helper/support/fake-job.ts';

const DAY_MS = 86_400_000;
const health = (lastScrubMs: number | null, more = {}) => ({
  seenMs: NOW_MS,
  poolState: 'ONLINE',
  readCount: 0,
  writeCount: 0,
  checksumCount: 0,
  isDamaged: false,
  lastScrub: lastScrubMs === null ? null : { endedMs: lastScrubMs, repairedBytes: 0, errorCount: 0 },
  neverScrubbed: lastScrubMs === null,
  scrub: null,
  ...more,
});

describe('a scrub', () => {
  it('is due after 30 days, where there was none, and where data is damaged; never where nothing is known', () => {
    const scrub = { sinceMs: 1, isPaused: false, fraction: 0, doneBytes: 0, totalBytes: 1 };
    expect(isScrubDue(drive('safe'), NOW_MS)).toBe(false);
    expect(isScrubDue({ health: health(null) }, NOW_MS)).toBe(true);
    expect(isScrubDue({ health: health(NOW_MS - 29 * DAY_MS) }, NOW_MS)).toBe(false);
    expect(isScrubDue({ health: health(NOW_MS - 31 * DAY_MS) }, NOW_MS)).toBe(true);
    expect(isScrubDue({ health: health(NOW_MS, { isDamaged: true }) }, NOW_MS)).toBe(true);
    expect(isScrubDue({ health: health(null, { scrub }) }, NOW_MS)).toBe(false);
  });

  it('may begin where the drive is at hand and lies still', () => {
    const able = DRIVE_STATES.filter((state) => canScrub(drive(state)));
    expect(able).toEqual(['plugged', 'connected', 'safe']);
    expect(canScrub(drive('connected', { scrubbing: true }))).toBe(false);
  });

  it('is all that works on a drive unless a job is at work there', () => {
    const busy = drive('busy', { scrubbing: true });
    const job = { ...idleStatus('a'), destination: busy.destination };
    expect(isOnlyScrubbing({ drive: busy, jobs: [job] })).toBe(true);
    expect(isOnlyScrubbing({ drive: drive('busy'), jobs: [job] })).toBe(false);
    expect(isOnlyScrubbing({ drive: busy, jobs: [{ ...job, stage: 'replicating' }] })).toBe(false);
    expect(isOnlyScrubbing({ drive: busy, jobs: [{ ...job, stage: 'replicating', destination: 'nas' }] })).toBe(true);
  });
});

describe('a set of drives', () => {
  it('asks for the one that was backed up to longest ago, where that is away', () => {
    const times = fc.array(fc.option(fc.integer({ min: 0, max: 100 })), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(times, fc.constantFrom(...DRIVE_STATES), (successes, state) => {
        const drives = successes.map((lastSuccessMs, index) =>
          drive(state, { poolGuid: String(index), lastSuccessMs }),
        );
        const next = bringNext({ drives });
        if (state !== 'away') expect(next).toBeNull();
        else for (const other of successes) expect(next?.lastSuccessMs ?? -1).toBeLessThanOrEqual(other ?? -1);
      }),
    );
  });

  it('of one drive is none', () => {
    expect(bringNext({ drives: [drive('away')] })).toBeNull();
    expect(bringNext({})).toBeNull();
  });
});

it('a drive is overdue when nothing complete has arrived for longer than its job wants', () => {
  const after = (ms: number) =>
    isOverdue(drive('away', { lastSuccessMs: NOW_MS - ms, staleAfterMs: 7 * DAY_MS }), NOW_MS);
  expect([after(6 * DAY_MS), after(8 * DAY_MS), isOverdue(drive('away'), NOW_MS)]).toEqual([false, true, false]);
});

it('is safe to unplug and backed up only right after everything has arrived', () => {
  const since = { sinceMs: NOW_MS };
  expect(isFreshlySafe(drive('safe', { ...since, lastSuccessMs: NOW_MS - 60_000 }))).toBe(true);
  expect(isFreshlySafe(drive('connected', { ...since, lastSuccessMs: NOW_MS - 60_000 }))).toBe(false);
  expect(isFreshlySafe(drive('safe', { ...since, lastSuccessMs: NOW_MS - DAY_MS }))).toBe(false);
  expect(isFreshlySafe(drive('safe', since))).toBe(false);
});
