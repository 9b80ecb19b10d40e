import { expect, it } from 'vitest';
import { scheduleOf } from '../../scripts/simulation/hunt.ts';
import { Coverage } from './engine/coverage.ts';
import { scenarioOf } from './engine/draw.ts';
import { joined, runSeeds } from './engine/seeds.ts';

it('counts what zfs complains of by its words, whatever the names', () => {
  const coverage = new Coverage();
  coverage.text("cannot open 'tank/data@a': dataset does not exist\n");
  coverage.text(
    "cannot open 'backup/x': dataset does not exist\n\ncannot destroy snapshot tank/data@b: dataset is busy\n",
  );
  expect([...coverage.texts]).toEqual([
    ["cannot open '...': dataset does not exist", 2],
    ['cannot destroy snapshot ...: dataset is busy', 1],
  ]);
});

it('what several processes have found is what one finds', async () => {
  const { coverage, effects, seeds } = await runSeeds({ from: 11, count: 6 });
  const parts = [await runSeeds({ from: 14, count: 3 }), await runSeeds({ from: 11, count: 3 })];
  const together = joined(parts, 1);
  expect(together).toMatchObject({ seeds, effects });
  for (const kind of ['faults', 'effects', 'texts', 'problems'] as const) {
    expect(new Map([...together.coverage[kind]].sort())).toEqual(new Map([...coverage[kind]].sort()));
  }
});

it('a schedule names every run and every fault', () => {
  const scenario = scenarioOf(12);
  const lines = scheduleOf(scenario);
  expect(lines).toHaveLength(2 + scenario.acts.length + scenario.faults.length);
  expect(lines.at(-1)).toContain(scenario.faults.at(-1)?.kind ?? 'settings');
});
