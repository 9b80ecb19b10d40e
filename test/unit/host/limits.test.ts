import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backoffMs } from '../../../core/host/backoff.ts';
import { createTokenBucket } from '../../../core/host/token-bucket.ts';
import { settlesWithin, whenAborted } from '../../../core/host/waiting.ts';
import { createWatchdog } from '../../../core/host/watchdog.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('the pause after a failure doubles from one second to one minute, less up to a half', () => {
  expect([1, 2, 3, 6, 7, 50].map((failures) => backoffMs(failures, 0))).toEqual([1e3, 2e3, 4e3, 32e3, 60e3, 60e3]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const pause = backoffMs(failures, random);
      expect(pause).toBeGreaterThanOrEqual(500);
      expect(pause).toBeLessThanOrEqual(60_000);
    }),
  );
});

test('whoever waits as told stays within the limit, but for one chunk and a tenth of a second', () => {
  const chunks = fc.array(fc.integer({ min: 1, max: 65_536 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 10_000_000 }), chunks, (bytesPerSecond, sizes) => {
      let now = 5_000;
      const bucket = createTokenBucket(bytesPerSecond, () => now);
      let sent = 0;
      for (const size of sizes) {
        sent += size;
        now += bucket.take(size);
        expect(sent).toBeLessThanOrEqual(((now - 5_000 + 100) / 1000) * bytesPerSecond + 1e-3 * sent);
      }
    }),
  );
});

test('time that passed idle is not saved up', () => {
  let now = 0;
  const bucket = createTokenBucket(1_000, () => now);
  expect(bucket.take(100)).toBe(0);
  now = 1_000_000;
  expect(bucket.take(1_100)).toBeCloseTo(1_000);
});

test('the watchdog barks once, only when nothing has moved for the whole time', () => {
  const barks = vi.fn();
  const dog = createWatchdog(1_000, barks);
  vi.advanceTimersByTime(900);
  dog.touch();
  vi.advanceTimersByTime(900);
  dog.touch(500);
  vi.advanceTimersByTime(1_400);
  expect(barks).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  expect(barks).toHaveBeenCalledTimes(1);
});

test('a stopped watchdog is silent', () => {
  const barks = vi.fn();
  createWatchdog(1_000, barks).stop();
  vi.advanceTimersByTime(5_000);
  expect(barks).not.toHaveBeenCalled();
});

test('waiting tells whether it was in time, however the promise ended', async () => {
  expect(await settlesWithin(Promise.resolve(), 10)).toBe(true);
  expect(await settlesWithin(Promise.reject(new Error('no')), 10)).toBe(true);
  const late = settlesWithin(new Promise(() => undefined), 10);
  vi.advanceTimersByTime(10);
  expect(await late).toBe(false);
});

test('a signal is heard before and after, and not once nobody listens', () => {
  const heard = vi.fn();
  whenAborted(undefined, heard)();
  whenAborted(AbortSignal.abort(), heard)();
  expect(heard).toHaveBeenCalledTimes(1);
  const controller = new AbortController();
  whenAborted(controller.signal, heard)();
  const second = vi.fn();
  whenAborted(controller.signal, second);
  controller.abort();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(second).toHaveBeenCalledTimes(1);
});

test('another limit is felt at once, also by what was already owed', () => {
  let now = 0;
  let limit: number | null = 1_000;
  const bucket = createTokenBucket(
    () => limit,
    () => now,
  );
  expect(bucket.take(60_100)).toBeCloseTo(60_000);
  now = 1_000;
  limit = 59_000;
  expect(bucket.take(0)).toBeCloseTo(17.0, -1);
  limit = null;
  expect([bucket.take(1e9), bucket.take(0)]).toEqual([0, 0]);
  limit = 1_000;
  expect(bucket.take(100)).toBe(0);
  expect(bucket.take(1_000)).toBeCloseTo(1_000);
});
