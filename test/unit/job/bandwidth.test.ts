import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../core/config/parse-config.ts';
import type { BandwidthLimit } from '../../../core/config/types.ts';
import { limitAt, Throttle } from '../../../core/job/bandwidth.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { House, pushText } from './support.ts';

const at = (hour: number, minute = 0): number => new Date(2026, 10, 26, hour, minute).getTime();
const limit = (max: number | null, quiet: [from: number, to: number, max: number] | null = null): BandwidthLimit => ({
  maxBytesPerSecond: max,
  bucketBytes: 1,
  quietHours:
    quiet === null ? null : { fromMinute: quiet[0] * 60, toMinute: quiet[1] * 60, maxBytesPerSecond: quiet[2] },
});

describe('the limit of a job', () => {
  it('is the lowest of all that apply now', () => {
    expect(limitAt([limit(null)], null, at(12))).toBeNull();
    expect(limitAt([limit(500), limit(300)], 400, at(12))).toBe(300);
    expect(limitAt([limit(500)], 400, at(12))).toBe(400);
    expect(limitAt([limit(500, [8, 18, 100])], null, at(12))).toBe(100);
    expect(limitAt([limit(50, [8, 18, 100])], null, at(12))).toBe(50);
  });

  it('follows the hours, also over midnight: the first minute counts, the last does not', () => {
    const day = [limit(null, [8, 18, 100])];
    expect([at(7, 59), at(8), at(17, 59), at(18)].map((ms) => limitAt(day, null, ms))).toEqual([null, 100, 100, null]);
    const night = [limit(null, [22, 7, 100])];
    expect([at(21, 59), at(22), at(3), at(6, 59), at(7)].map((ms) => limitAt(night, null, ms))).toEqual([
      null,
      100,
      100,
      100,
      null,
    ]);
  });

  it('is never higher for another one that is added', () => {
    const any = fc.option(fc.integer({ min: 1, max: 1e6 }));
    fc.assert(
      fc.property(fc.array(any), any, any, (many, one, override) => {
        const before =
          limitAt(
            many.map((max) => limit(max)),
            override,
            at(12),
          ) ?? Number.POSITIVE_INFINITY;
        const after =
          limitAt(
            [...many, one].map((max) => limit(max)),
            override,
            at(12),
          ) ?? Number.POSITIVE_INFINITY;
        expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });
});

describe('quiet hours in the configuration', () => {
  const parse = (quiet: string) =>
    parseConfig(`jobs:${pushText({ more: `send: {bandwidth_limit: {quiet_hours: ${quiet}}}` })}`, { fileName: 'f' });

  it('are read with their times', () => {
    const [job] = parse('{from: "22:30", to: "7:05", max: 2 MiB}').config?.jobs ?? [];
    expect(job?.type === 'push' && job.send.bandwidthLimit.quietHours).toEqual({
      fromMinute: 1350,
      toMinute: 425,
      maxBytesPerSecond: 2 * 1024 * 1024,
    });
  });

  it.each([
    '{from: "24:00", to: "7:00", max: 1 MiB}',
    '{from: "7:00", to: "7:00", max: 1 MiB}',
    '{from: "7:00", max: 1 MiB}',
    '{from: "7:00", to: "8:00", max: 1 bit}',
    '{from: "7:00", to: "8:00", max: -1 B}',
  ])('are refused: %s', (quiet) => {
    expect(parse(quiet).config).toBeNull();
  });
});

describe('a limit for now', () => {
  it('reaches a transfer at work, and lets it go again', async () => {
    const house = new House();
    house.snapshots('tank/data', 'a');
    const seen: (number | null | undefined)[] = [];
    const receive = house.nas.receive.bind(house.nas);
    house.nas.receive = (request, stream, options) => {
      const ask = () => seen.push(options?.currentLimit?.());
      ask();
      house.throttle.set(50_000);
      ask();
      house.throttle.set(null);
      ask();
      return receive(request, stream, options);
    };
    await house.run(house.start(pushText({ more: 'send: {bandwidth_limit: {max: 3 MiB}}' })));
    expect(seen).toEqual([3 * 1024 * 1024, 50_000, 3 * 1024 * 1024]);
    await house.stop();
  });

  it('is set and told over the socket', async () => {
    await using daemon = await RunningDaemon.start([]);
    daemon.throttle.limitOf('a', [limit(70_000)], () => 0);
    const client = await daemon.user();
    expect(await client.request('limit/set', { bytesPerSecond: 20_000 })).toEqual({
      bytesPerSecond: 20_000,
      jobs: [{ job: 'a', bytesPerSecond: 20_000 }],
    });
    expect(await client.request('limit/set', { bytesPerSecond: null })).toMatchObject({
      jobs: [{ bytesPerSecond: 70_000 }],
    });
    await expect(client.request('limit/set', { bytesPerSecond: 1 })).rejects.toMatchObject({ code: 'request-invalid' });
    expect(new Throttle().bytesPerSecond).toBeNull();
  });
});
