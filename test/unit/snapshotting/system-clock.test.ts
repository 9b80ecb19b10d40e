import { describe, expect, it } from 'vitest';
import { sleepUntilWall, systemClock } from '../../../core/host/system-clock.ts';
import { FakeClock } from './fake-clock.ts';

const START = 1_700_000_000_000;

describe('sleep until a wall time', () => {
  it('looks at the wall clock every ten seconds', async () => {
    const clock = new FakeClock(START);
    await sleepUntilWall(clock, START + 25_000);
    expect(clock.slept).toEqual([10_000, 10_000, 5000]);
  });

  it('ends at once after a suspend, and does not begin for a time that has passed', async () => {
    const clock = new FakeClock(START);
    clock.onSleep = () => clock.pass(3_600_000);
    await sleepUntilWall(clock, START + 1_000_000, undefined, 50);
    expect(clock.slept).toEqual([50]);
    await sleepUntilWall(clock, START);
    expect(clock.slept).toEqual([50]);
  });

  it('ends when told to', async () => {
    const clock = new FakeClock(START);
    const stop = new AbortController();
    clock.onSleep = () => stop.abort();
    const aborted = expect.objectContaining({ code: 'command-aborted' });
    await expect(sleepUntilWall(clock, START + 60_000, stop.signal)).rejects.toEqual(aborted);
    await expect(sleepUntilWall(clock, START + 60_000, stop.signal)).rejects.toEqual(aborted);
    expect(clock.slept).toEqual([10_000]);
  });
});

describe('the clock of this machine', () => {
  it('sleeps, and can be woken', async () => {
    await systemClock.sleep(0);
    await systemClock.sleep(-5);
    const stop = new AbortController();
    const sleeping = systemClock.sleep(2 ** 40, stop.signal);
    stop.abort();
    await expect(sleeping).rejects.toMatchObject({ code: 'command-aborted' });
  });

  it('goes forward', () => {
    const before = systemClock.monotonicMs();
    expect(before).toBeGreaterThan(0);
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(60_000);
  });
});
