import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { parseCron } from '../../../core/snapshotting/cron.ts';
import { parseCronFields } from '../../../core/snapshotting/cron-fields.ts';

const july = (day: number, hour: number, minute: number): number => Date.UTC(2022, 6, day, hour, minute);

describe('next fire', () => {
  it.each([
    ['0-10 * * * *', july(17, 1, 10), july(17, 2, 0)],
    ['0-10 * * * *', july(17, 23, 10), july(18, 0, 0)],
    ['0-10 * * * *', july(23, 1, 9), july(23, 1, 10)],
    ['1,3,5 * * * *', july(17, 1, 1), july(17, 1, 3)],
    ['1,3,5 * * * *', july(17, 1, 2), july(17, 1, 3)],
    ['1,3,5 * * * *', july(17, 1, 3), july(17, 1, 5)],
    ['1,3,5 * * * *', july(17, 1, 5), july(17, 2, 1)],
    ['* 0-5,8,12 * * *', july(17, 0, 0), july(17, 0, 1)],
    ['* 0-5,8,12 * * *', july(17, 4, 59), july(17, 5, 0)],
    ['* 0-5,8,12 * * *', july(17, 5, 0), july(17, 5, 1)],
    ['* 0-5,8,12 * * *', july(17, 5, 59), july(17, 8, 0)],
    ['* 0-5,8,12 * * *', july(17, 8, 59), july(17, 12, 0)],
    ['53 17,18,19 * * *', july(17, 17, 52), july(17, 17, 53)],
    ['53 17,18,19 * * *', july(17, 17, 53), july(17, 18, 53)],
    ['53 17,18,19 * * *', july(17, 18, 53), july(17, 19, 53)],
    ['53 17,18,19 * * *', july(17, 19, 53), july(18, 17, 53)],
    ['* * * * *', july(17, 1, 0), july(17, 1, 1)],
    ['30 * * * * *', july(17, 1, 0), july(17, 1, 0) + 30_000],
  ])('%s after %i', (text, from, expected) => {
    expect(parseCron(text, 'UTC').nextAfter(from)).toBe(expected);
  });

  it('is a whole second strictly after the instant', () => {
    const schedule = parseCron('* * * * * *', 'UTC');
    const second = july(1, 0, 0);
    expect(schedule.nextAfter(second)).toBe(second + 1000);
    expect(schedule.nextAfter(second + 1)).toBe(second + 1000);
    expect(schedule.nextAfter(second + 999)).toBe(second + 1000);
  });

  it('finds the leap day over a century year', () => {
    expect(parseCron('0 0 29 feb *', 'UTC').nextAfter(Date.UTC(2097, 0, 1))).toBe(Date.UTC(2104, 1, 29));
  });
});

describe('days', () => {
  const days = (text: string): number[] => {
    const schedule = parseCron(text, 'UTC');
    const found: number[] = [];
    for (let at = Date.UTC(2024, 0, 1) - 1; ; ) {
      at = schedule.nextAfter(at);
      if (at >= Date.UTC(2024, 1, 1)) return found;
      found.push(new Date(at).getUTCDate());
    }
  };
  it.each([
    ['either suffices', '0 0 1,3 * mon', [1, 3, 8, 15, 22, 29]],
    ['star and weekday', '0 0 * * mon', [1, 8, 15, 22, 29]],
    ['question mark is a star', '0 0 ? * mon', [1, 8, 15, 22, 29]],
    ['a step of one is a star', '0 0 */1 * mon', [1, 8, 15, 22, 29]],
    ['a star within a list is a star', '0 0 *,5 * mon', [1, 8, 15, 22, 29]],
    ['a full range is no star', '0 0 30-31,1-29 * mon', Array.from({ length: 31 }, (_, i) => i + 1)],
    ['a wider step is no star', '0 0 */15 * mon', [1, 8, 15, 16, 22, 29, 31]],
    ['day and star', '0 0 13 * ?', [13]],
    ['from a number to the end', '0 0 25/2 * *', [25, 27, 29, 31]],
    ['names in any case', '0 0 * JAN Fri-SAT', [5, 6, 12, 13, 19, 20, 26, 27]],
    ['a zero is Sunday', '0 0 * 1 0', [7, 14, 21, 28]],
  ])('%s', (_, text, expected) => {
    expect(days(text)).toEqual(expected);
  });
});

describe('zones', () => {
  it('reads the fields in the zone of the machine unless a prefix names another', () => {
    const from = Date.UTC(2024, 5, 1, 0, 0);
    expect(parseCron('0 12 * * *', 'Europe/Berlin').nextAfter(from)).toBe(Date.UTC(2024, 5, 1, 10));
    expect(parseCron('TZ=Asia/Tokyo 0 12 * * *', 'Europe/Berlin').nextAfter(from)).toBe(Date.UTC(2024, 5, 1, 3));
    expect(parseCron('CRON_TZ=UTC 0 12 * * *', 'Europe/Berlin').nextAfter(from)).toBe(Date.UTC(2024, 5, 1, 12));
    expect(parseCron('TZ=Local 0 12 * * *', 'Europe/Berlin').zone).toBe('Europe/Berlin');
    expect(parseCron('0 12 * * *').zone.length).toBeGreaterThan(0);
  });

  it('runs a daily time once when it does not exist and once when it exists twice', () => {
    const daily = parseCron('30 2 * * *', 'Europe/Berlin');
    const spring = daily.nextAfter(Date.parse('2024-03-30T12:00:00Z'));
    expect(spring).toBe(Date.parse('2024-03-31T01:00:00Z'));
    expect(daily.nextAfter(spring)).toBe(Date.parse('2024-04-01T00:30:00Z'));
    const autumn = daily.nextAfter(Date.parse('2024-10-26T12:00:00Z'));
    expect(autumn).toBe(Date.parse('2024-10-27T00:30:00Z'));
    expect(daily.nextAfter(autumn)).toBe(Date.parse('2024-10-28T01:30:00Z'));
  });

  it('keeps an even rhythm through both changes', () => {
    const half = parseCron('*/30 * * * *', 'Europe/Berlin');
    for (const start of ['2024-03-31T00:00:00Z', '2024-10-27T00:00:00Z']) {
      let at = Date.parse(start);
      for (let i = 0; i < 8; i += 1) {
        expect(half.nextAfter(at)).toBe(at + 1_800_000);
        at += 1_800_000;
      }
    }
  });
});

describe('refusals', () => {
  it.each([
    '* * * *',
    '',
    '   ',
    '23',
    '* * * * * * *',
    '@reboot',
    '@every 1h30m',
    '@daily',
    '@hourly x y z w',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * 32 * *',
    '* * * 13 *',
    '* * * * 7',
    '* * * * 8',
    '* * * * fri-mon',
    '10-5 * * * *',
    '* * * mon *',
    '* * * * jan',
    '*/0 * * * *',
    '*/x * * * *',
    '*/2/3 * * * *',
    '1-2-3 * * * *',
    '*-5 * * * *',
    '1,,2 * * * *',
    ', * * * *',
    '-1 * * * *',
    'L * * * *',
    '* * L * *',
    '* * 15W * *',
    '* * * * 5#2',
    '0 0 30 2 *',
    '0 0 30,31 feb *',
    '0 0 31 4,6,9,11 ?',
    'TZ=Mars/Olympus * * * * *',
    'TZ=../../etc/passwd * * * * *',
    'TZ=+02:00 * * * * *',
    'TZ=UTC',
    'ZZ=UTC * * * * *',
    `${'1,'.repeat(600)}1 * * * *`,
  ])('%j', (text) => {
    expect(() => parseCron(text, 'UTC')).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });

  it('says what is wrong', () => {
    expect(() => parseCron('0 0 31 feb *', 'UTC')).toThrow(
      expect.objectContaining({ facts: { reason: expect.stringContaining('names a day that no year has') } }),
    );
  });

  it('does not refuse an impossible day beside a possible one', () => {
    expect(parseCron('0 0 30 2,3 *', 'UTC').nextAfter(Date.UTC(2024, 0, 1))).toBe(Date.UTC(2024, 2, 30));
    expect(parseCron('0 0 30 2 mon', 'UTC').nextAfter(Date.UTC(2024, 0, 1))).toBe(Date.UTC(2024, 1, 5));
  });
});

describe('laws', () => {
  const item = (min: number, max: number): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('*', '?', '*/1', '*/2', '*/7') },
      fc.integer({ min, max }).map(String),
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max: 9 })).map(([a, step]) => `${a}/${step}`),
    );
  const field = (min: number, max: number): fc.Arbitrary<string> =>
    fc.array(item(min, max), { minLength: 1, maxLength: 3 }).map((items) => items.join(','));

  it('agrees with a search minute by minute', () => {
    fc.assert(
      fc.property(
        fc.tuple(field(0, 59), field(0, 23), field(1, 28), fc.constantFrom('*', '1-12'), field(0, 6)),
        fc.integer({ min: Date.UTC(2023, 0, 1), max: Date.UTC(2024, 11, 31) }),
        (words, from) => {
          const text = words.join(' ');
          const fields = parseCronFields(text);
          const matches = (at: number): boolean => {
            const date = new Date(at);
            const day = fields.dayOfMonth.values.includes(date.getUTCDate());
            const weekday = fields.dayOfWeek.values.includes(date.getUTCDay());
            const both = fields.dayOfMonth.star || fields.dayOfWeek.star;
            return (
              fields.minute.values.includes(date.getUTCMinutes()) &&
              fields.hour.values.includes(date.getUTCHours()) &&
              (both ? day && weekday : day || weekday)
            );
          };
          const next = parseCron(text, 'UTC').nextAfter(from);
          expect(next).toBeGreaterThan(from);
          expect(matches(next)).toBe(true);
          // Looking back a bounded way keeps the test quick; nothing in between may match.
          const first = Math.max(from, next - 3 * 86_400_000);
          for (let at = Math.floor(first / 60_000) * 60_000 + 60_000; at < next; at += 60_000) {
            if (matches(at)) throw new Error(`${text} also fires at ${new Date(at).toISOString()}`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('answers any text with a schedule or a plain refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9*?/,a-z @=-]{0,20}$/)), (text) => {
        try {
          expect(parseCron(text, 'UTC').nextAfter(0)).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
          expect(error).toMatchObject({ code: 'config-invalid' });
        }
      }),
    );
  });
});
