import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { compileTimestampFormat } from '../../../core/snapshotting/timestamp.ts';
import { resolveZone, systemZone, wallClockOf } from '../../../core/snapshotting/zone.ts';

const MAY = Date.parse('2024-05-14T21:16:23Z');
const write = (format: string, location: string, at: number | string = MAY): string =>
  compileTimestampFormat(format, location, 'Europe/Berlin')(typeof at === 'string' ? Date.parse(at) : at);

describe('named formats', () => {
  it.each([
    ['dense', '', '2038-01-19T03:14:07Z', '20380119_031407_000'],
    ['dense', 'UTC', '2038-01-19T03:14:07.987Z', '20380119_031407_000'],
    ['DENSE', 'UTC', '2038-01-19T03:14:07Z', '20380119_031407_000'],
    ['human', '', '2024-05-14T21:16:23Z', '2024-05-14_21:16:23'],
    ['unix-seconds', '', '2024-05-14T21:16:23.999Z', '1715721383'],
    ['iso-8601', 'UTC', '2024-05-14T21:16:23.045Z', '2024-05-14T21:16:23.045Z'],
    ['ISO-8601', '', '2024-05-14T21:16:23Z', '2024-05-14T21:16:23.000Z'],
    ['iso-8601', 'Europe/Berlin', '2024-05-14T21:16:23Z', '2024-05-14T23:16:23.000_0200'],
    ['iso-8601', 'Local', '2024-05-14T21:16:23Z', '2024-05-14T23:16:23.000_0200'],
    ['iso-8601', 'America/New_York', '2024-05-14T21:16:23Z', '2024-05-14T17:16:23.000-0400'],
    // The sign is decided for each instant: London has none in winter and one in summer.
    ['iso-8601', 'Europe/London', '2024-01-14T21:16:23Z', '2024-01-14T21:16:23.000Z'],
    ['iso-8601', 'Europe/London', '2024-05-14T21:16:23Z', '2024-05-14T22:16:23.000_0100'],
    ['iso-8601', 'Asia/Kolkata', '2024-05-14T21:16:23Z', '2024-05-15T02:46:23.000_0530'],
  ])('%s in %s at %s', (format, location, at, expected) => {
    expect(write(format, location, at)).toBe(expected);
  });
});

describe('layouts', () => {
  it.each([
    ['2006-01-02_15:04:05-07:00:00', 'Europe/Berlin', '2024-05-14_23:16:23_02:00:00'],
    ['2006|06|01|1', 'UTC', '2024|24|05|5'],
    ['January Jan', 'UTC', 'May May'],
    ['02 2 _2', 'UTC', '14 14 14'],
    ['002 __2', 'UTC', '135 135'],
    ['Monday Mon', 'UTC', 'Tuesday Tue'],
    ['15 03 3', 'UTC', '21 09 9'],
    ['04 4 05 5', 'UTC', '16 16 23 23'],
    ['03PM 3pm', 'UTC', '09PM 9pm'],
    ['15MST', 'Europe/Berlin', '23CEST'],
    ['15MST', 'UTC', '21UTC'],
    ['15-07 -0700', 'America/New_York', '17-04 -0400'],
    ['15-07:00 -070000 -07:00:00', 'America/New_York', '17-04:00 -040000 -04:00:00'],
    ['15Z07 Z0700 Z07:00 Z070000 Z07:00:00', 'America/New_York', '17-04 -0400 -04:00 -040000 -04:00:00'],
    ['15Z07 Z0700 Z07:00', 'UTC', '21Z Z Z'],
    ['15-07', 'UTC', '21_00'],
    // Words that only look like elements.
    ['Month Jandal 15', 'UTC', 'Month Jandal 21'],
    ['Mon. 15', 'UTC', 'Tue. 21'],
    ['x_2006', 'UTC', 'x_2024'],
    ['daily_20060102', 'UTC', 'daily_20240514'],
    // Only the first sign is replaced.
    ['15-07-07', 'Europe/Berlin', '23_02+02'],
  ])('%s in %s', (format, location, expected) => {
    expect(write(format, location)).toBe(expected);
  });

  it.each([
    ['05.000', '45.678', '45.678'],
    ['05,00', '45.678', '45,67'],
    ['05.000000', '45.678', '45.678000'],
    ['05.999', '45.600', '45.6'],
    ['05.999', '45.000', '45'],
    ['05.000x', '45.600', '45.600x'],
    // Followed by a digit it is no fraction.
    ['05.0002', '45.678', '45.0135'],
    ['05.9', '45.678', '45.6'],
  ])('fraction %s of %s', (format, seconds, expected) => {
    expect(write(format, 'UTC', `2024-05-14T21:16:${seconds}Z`)).toBe(expected);
  });

  it.each([
    ['2024-01-05T00:30:00Z', '12AM  5 005   5'],
    ['2024-01-05T12:30:00Z', '12PM  5 005   5'],
    ['2024-12-31T13:30:00Z', '1PM 31 366 366'],
  ])('day and hour at %s', (at, expected) => {
    expect(write('3PM _2 002 __2', 'UTC', at)).toBe(expected);
  });

  it('writes the offset where a zone has no abbreviation', () => {
    expect(write('15MST', 'America/Sao_Paulo')).toBe('18-03');
    expect(write('15MST', 'Asia/Kathmandu')).toBe('03_0545');
  });
});

describe('refusals', () => {
  it.each([
    ['dense', 'Europe/Berlin'],
    ['human', 'Etc/UTC'],
    ['Human', 'utc'],
    ['unix-seconds', 'Local'],
    ['iso-8601', 'Mars/Olympus'],
    ['iso-8601', '../etc/passwd'],
    ['iso-8601', '+02:00'],
    ['2006+02', 'UTC'],
    ['', 'UTC'],
    ['denze', 'UTC'],
    ['5'.repeat(256), 'UTC'],
  ])('%j in %j', (format, location) => {
    expect(() => compileTimestampFormat(format, location, 'UTC')).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    );
  });
});

describe('zones', () => {
  it('knows the zone of this machine', () => {
    expect(resolveZone('Local')).toBe(systemZone());
    expect(resolveZone('')).toBe('UTC');
  });

  it('reads the same wall clock as the calendar of UTC', () => {
    const clock = wallClockOf('UTC');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (at) => {
        const date = new Date(at);
        expect(clock(at)).toMatchObject({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          hour: date.getUTCHours(),
          minute: date.getUTCMinutes(),
          second: date.getUTCSeconds(),
          millisecond: date.getUTCMilliseconds(),
          weekday: date.getUTCDay(),
          offsetS: 0,
        });
      }),
    );
  });

  it('writes an instant that can be read back, in any zone', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Pacific/Chatham', 'Asia/Kathmandu', 'Etc/GMT+12'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 4_102_444_800 }).map((s) => s * 1000),
        (zone, at) => {
          const text = write('2006-01-02T15:04:05-07:00', zone, at);
          expect(Date.parse(text.replace('_', '+'))).toBe(at);
        },
      ),
    );
  });

  it('answers any format with names or a plain refusal', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (format, location) => {
        try {
          expect(typeof compileTimestampFormat(format, location, 'UTC')(MAY)).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
        }
      }),
    );
  });
});
