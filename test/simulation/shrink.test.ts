import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../scripts/lib/duration.ts';
import { scenarioOf } from './engine/draw.ts';
import type { Scenario } from './engine/scenario.ts';
import { shrink } from './engine/shrink.ts';

/** Fails wherever two faults are left, one of them a crash. */
async function run(scenario: Scenario) {
  const fails = scenario.faults.length >= 2 && scenario.faults.some(({ kind }) => kind === 'crash');
  const violations = fails ? [{ rule: 'a-rule', text: '' }] : [];
  return { seed: scenario.seed, violations, effects: 0, points: 0, timeline: [] };
}

describe('making a failing scenario small', () => {
  it('leaves only what it does not fail without', async () => {
    const faults = (['deed', 'crash', 'outage', 'deny'] as const).map((kind, point) => ({ kind, point, draw: 0 }));
    const small = await shrink({ ...scenarioOf(3), faults }, 'a-rule', run);
    expect(small.faults.map(({ kind }) => kind)).toEqual(['crash', 'deny']);
    expect(small.acts).toHaveLength(1);
    expect(small.acts[0]).toMatchObject({ work: [], deeds: [], settings: null, restart: false, passMs: 0 });
    expect(small).toMatchObject({ jobs: 1, encrypted: false });
  });

  it('keeps everything where another rule is broken', async () => {
    const scenario = scenarioOf(3);
    expect(await shrink(scenario, 'another-rule', run)).toEqual(scenario);
  });
});

describe('a duration on the command line', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['10', undefined],
    ['m', undefined],
    ['1d', undefined],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
