import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sayOutlook } from '../../../core/api/say-space.ts';
import { isSoonFull, SOON_MS, type SpaceForecast, spaceAt, spaceOutlook, spacesOf } from '../../../core/api/space.ts';
import { daemonStatusSchema } from '../../../core/api/status.ts';
import { DAY, daemon, job, NOW_MS, space } from '../cli/support/example-status.ts';
import { anyStatus } from './support/any-status.ts';

const full = (leftMs: number, overMs = 30 * DAY): SpaceForecast => ({ kind: 'full', atMs: NOW_MS + leftMs, overMs });
const say = (forecast: SpaceForecast, language: 'en' | 'de' = 'en') =>
  sayOutlook(space({ forecast }), NOW_MS, language);
const seenAgo = (agoMs: number) => ({ atMs: NOW_MS - agoMs, availableBytes: 1, usedBytes: 1 });

describe('the room at a place', () => {
  it('is told in words that are no more exact than the forecast', () => {
    expect(say(full(35 * DAY))).toBe('enough for about 5 weeks at the pace of the last 30 days');
    expect(say(full(DAY / 3, 7.4 * DAY))).toBe('enough for about 1 day at the pace of the last 7 days');
    expect(say(full(13.4 * DAY))).toMatch('about 13 days');
    expect(say(full(14 * DAY))).toMatch('about 2 weeks');
    expect(say(full(200 * DAY))).toMatch('about 7 months');
    expect(say(full(-DAY))).toBe('the next backup may not fit');
    expect(say({ kind: 'steady', overMs: 12 * DAY })).toBe('no end in sight at the pace of the last 12 days');
    expect(say({ kind: 'unknown' })).toBe('how long that lasts is not known yet');
    expect(say(full(35 * DAY), 'de')).toBe('reicht noch etwa 5 Wochen beim Tempo der letzten 30 Tage');
    const none = { seen: { ...seenAgo(0), availableBytes: 0 }, forecast: full(0) };
    expect([sayOutlook(none, NOW_MS, 'en'), sayOutlook(none, NOW_MS, 'de')]).toEqual(['full', 'voll']);
  });

  it('is soon full within four weeks, and nothing is foretold from what was read long ago', () => {
    expect(isSoonFull(space({ forecast: full(SOON_MS - 1) }), NOW_MS)).toBe(true);
    expect(isSoonFull(space({ forecast: full(SOON_MS) }), NOW_MS)).toBe(false);
    expect(isSoonFull(space({ forecast: { kind: 'steady', overMs: 30 * DAY } }), NOW_MS)).toBe(false);
    const old = space({ forecast: full(DAY), seen: seenAgo(36 * DAY) });
    expect(spaceOutlook(old, NOW_MS)).toEqual({ kind: 'unknown' });
    expect(isSoonFull(old, NOW_MS)).toBe(false);
    expect(spaceOutlook(space({ seen: null, forecast: full(DAY) }), NOW_MS)).toEqual({ kind: 'unknown' });
  });

  it('comes nearer with time, and never goes below nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 30 }), (days, later) => {
        const place = space({ forecast: full(days * DAY) });
        const outlook = spaceOutlook(place, NOW_MS + later * DAY);
        expect(outlook).toMatchObject({ kind: 'full', leftMs: Math.max(0, (days - later) * DAY) });
      }),
    );
  });

  it('stands once for all jobs that need it, destinations first', () => {
    const rpool = space({ side: 'source', destination: null, host: 'this machine', dataset: 'rpool' });
    const blue = space({ destination: 'this machine:blue/desk', host: 'this machine', dataset: 'blue/desk' });
    const a = job('a', { space: [rpool, space()] });
    const b = job('b', { space: [rpool, blue] });
    const found = spacesOf(daemon(a, b, job('c')));
    expect(found.map(({ place, jobs }) => [place.dataset, jobs.map(({ name }) => name)])).toEqual([
      ['tank/backup', ['a']],
      ['blue/desk', ['b']],
      ['rpool', ['a', 'b']],
    ]);
    expect(spaceAt(b, 'this machine:blue/desk')).toBe(blue);
    expect(spaceAt(b, 'rpool')).toBeUndefined();
  });

  it('is read from any status that a daemon could tell', () => {
    fc.assert(
      fc.property(anyStatus(), (status) => {
        const read = daemonStatusSchema.parse(JSON.parse(JSON.stringify(status)));
        expect(read.jobs.map((one) => one.space)).toEqual(status.jobs.map((one) => one.space));
        for (const { place, jobs } of spacesOf(read)) {
          expect(jobs.length).toBeGreaterThan(0);
          expect(sayOutlook(place, NOW_MS, 'de')).not.toBe('');
        }
      }),
    );
  });
});
