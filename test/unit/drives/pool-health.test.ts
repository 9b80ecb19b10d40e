import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driveHealthSchema } from '../../../core/api/drive.ts';
import { learnHealth } from '../../../core/drives/health.ts';
import { parsePoolHealth } from '../../../core/drives/pool-health.ts';
import {
  RESILVERED,
  SCRUB_CANCELLED,
  SCRUB_PAUSED,
  SCRUBBED,
  SCRUBBED_LONG,
  SCRUBBING,
  SCRUBBING_NEWER,
  statusText,
} from './samples.ts';

const at = (month: number, day: number, hour: number, minute: number, second: number) =>
  new Date(2026, month - 1, day, hour, minute, second).getTime();
const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const UNDER_WAY = { fraction: 0.0777, doneBytes: 820 * MIB, totalBytes: Math.round(10.3 * GIB) };
const NO_ERRORS = { readCount: 0, writeCount: 0, checksumCount: 0 };

const scanOf = (scan: string) => parsePoolHealth(statusText('blue', 'ONLINE', scan))?.scan;

describe('what zpool tells of the health of a pool', () => {
  it.each([
    ['', { kind: 'none' }],
    ['none requested', { kind: 'none' }],
    [SCRUBBING, { kind: 'scrubbing', sinceMs: at(11, 27, 4, 20, 37), ...UNDER_WAY }],
    [SCRUBBING_NEWER, { kind: 'scrubbing', sinceMs: at(11, 27, 4, 20, 37), ...UNDER_WAY }],
    [SCRUB_PAUSED, { kind: 'paused', sinceMs: at(11, 27, 4, 30, 0), ...UNDER_WAY }],
    [SCRUBBED, { kind: 'scrubbed', endedMs: at(11, 8, 0, 24, 4), repairedBytes: 128 * 1024, errorCount: 2 }],
    [SCRUBBED_LONG, { kind: 'scrubbed', endedMs: at(11, 8, 0, 24, 4), repairedBytes: 0, errorCount: 0 }],
    [SCRUB_CANCELLED, { kind: 'cancelled', endedMs: at(11, 27, 4, 25, 0) }],
    [RESILVERED, { kind: 'other' }],
    ['scrub repaired 0B in 00:00:03 with 0 errors on some day', { kind: 'other' }],
  ])('%j', (scan, expected) => {
    expect(scanOf(scan)).toEqual(expected);
  });

  it('a scrub that has only begun has no figures yet', () => {
    expect(scanOf('scrub in progress since Fri Nov 27 04:20:37 2026\n\t0B scanned, 0B issued, 1M total')).toEqual({
      kind: 'scrubbing',
      sinceMs: at(11, 27, 4, 20, 37),
      fraction: null,
      doneBytes: 0,
      totalBytes: MIB,
    });
  });

  it('its state, its errors, and whether anything is damaged', () => {
    const well = { state: 'ONLINE', errors: NO_ERRORS, isDamaged: false, scan: { kind: 'none' } };
    expect(parsePoolHealth(statusText('blue'))).toEqual(well);
    const damaged = statusText('blue', 'DEGRADED', '', "1 data errors, use '-v' for a list");
    expect(parsePoolHealth(damaged)).toEqual({ ...well, state: 'DEGRADED', isDamaged: true });
  });

  it('nothing, where it is no such text', () => {
    expect(parsePoolHealth('')).toBeNull();
    expect(parsePoolHealth('no pools available\n')).toBeNull();
  });

  it('any text is nothing, or fits what the status may say', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'scrub in progress since ',
        'scrub repaired ',
        '9999999999999999E',
        '% done',
        ' issued',
        '\n\t',
        'Fri Nov 99 04:20:37 2026',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const seen = parsePoolHealth(statusText('blue', 'ONLINE', pieces.join('')));
        if (seen !== null) driveHealthSchema.parse(learnHealth(null, seen, 5));
      }),
    );
  });
});

describe('what is remembered of it', () => {
  const seen = (scan: string) => {
    const health = parsePoolHealth(statusText('blue', 'ONLINE', scan));
    if (health === null) throw new Error('not understood');
    return health;
  };

  it('the last scrub, also when ZFS has forgotten it over a resilver or a new one', () => {
    const first = learnHealth(null, seen(SCRUBBED), 1);
    expect(first).toMatchObject({ seenMs: 1, neverScrubbed: false, scrub: null, lastScrub: { errorCount: 2 } });
    for (const scan of [RESILVERED, SCRUBBING, SCRUB_CANCELLED, '']) {
      expect(learnHealth(first, seen(scan), 2)).toMatchObject({ lastScrub: first.lastScrub, neverScrubbed: false });
    }
    expect(learnHealth(first, seen(SCRUBBED_LONG), 2).lastScrub).toMatchObject({ errorCount: 0 });
  });

  it('that there was none only where ZFS says so', () => {
    expect(learnHealth(null, seen(''), 1)).toMatchObject({ neverScrubbed: true, lastScrub: null });
    expect(learnHealth(null, seen(RESILVERED), 1)).toMatchObject({ neverScrubbed: false, lastScrub: null });
  });

  it('how far the one under way is', () => {
    expect(learnHealth(null, seen(SCRUBBING), 1).scrub).toMatchObject({ isPaused: false, fraction: 0.0777 });
    expect(learnHealth(null, seen(SCRUB_PAUSED), 1).scrub).toMatchObject({ isPaused: true });
  });
});
