/** Runs seeds and prints what they found. */
import type { Coverage } from '../../test/simulation/engine/coverage.ts';
import { type Result, runScenario } from '../../test/simulation/engine/run.ts';
import type { Scenario } from '../../test/simulation/engine/scenario.ts';
import { describeFailure, HOUSEHOLDS, type Household, runSeeds } from '../../test/simulation/engine/seeds.ts';
import { shrink } from '../../test/simulation/engine/shrink.ts';
import { runFleet } from './fleet.ts';

export interface HuntOptions {
  readonly household: Household;
  readonly from: number;
  readonly count: number;
  /** Null: until all seeds are done. */
  readonly limitMs: number | null;
  readonly coverage: boolean;
  readonly onlyFirst: boolean;
  readonly print: (line: string) => void;
}

/** Failures that are made small: it takes long. */
const SHRUNK_MAX = 2;
const PROGRESS_SEEDS = 500;

/** True when no seed failed. */
export async function hunt(options: HuntOptions): Promise<boolean> {
  const { household, from, count, limitMs, coverage, onlyFirst, print } = options;
  // Defects are put in by a hook of this process alone.
  const run = onlyFirst ? runSeeds : runFleet;
  let toldAt = 0;
  const result = await run({
    household,
    from,
    count,
    failuresMax: onlyFirst ? 1 : 20,
    ...(limitMs === null ? {} : { limitMs }),
    onProgress: (done, failures) => {
      if (onlyFirst || done < toldAt + PROGRESS_SEEDS) return;
      toldAt = done - (done % PROGRESS_SEEDS);
      print(`${done} seeds, ${failures} failed`);
    },
  });
  for (const failure of result.failures) print(describeFailure(failure));
  if (onlyFirst) return result.failures.length === 0;
  for (const failure of result.failures.slice(0, SHRUNK_MAX)) await explain(household, failure, print);
  const seconds = result.durationMs / 1000;
  const perMinute = (ms: number) => Math.round((result.effects / ms) * 60_000);
  print(
    `${result.seeds} seeds in ${seconds.toFixed(1)} s: ${(result.seeds / seconds).toFixed(1)} seeds a second, ` +
      `${perMinute(result.durationMs)} effects a minute (${perMinute(result.processorMs)} in a minute of one processor), ` +
      `${result.failures.length} failed`,
  );
  printCoverage(result.coverage, coverage, print);
  return result.failures.length === 0;
}

async function explain(
  household: Household,
  { seed, violations }: Result,
  print: (line: string) => void,
): Promise<void> {
  const rule = violations[0]?.rule ?? '';
  const small = await shrink(HOUSEHOLDS[household](seed), rule, (scenario) => runScenario(scenario));
  const { timeline } = await runScenario(small, { trace: true });
  print(`\n== seed ${seed}, made small: ${small.faults.length} faults, ${small.acts.length} runs`);
  for (const line of scheduleOf(small)) print(line);
  for (const line of timeline) print(line);
}

/** What is left of a scenario, for a person to read. */
export function scheduleOf({ acts, faults, settings, ...world }: Scenario): readonly string[] {
  return [
    `world: ${JSON.stringify(world)}`,
    `settings: ${JSON.stringify(settings)}`,
    ...acts.map((act, index) => `run ${index + 1}: ${JSON.stringify(act)}`),
    ...faults.map(({ kind, at, point, deed }) => {
      const where = at === undefined ? '' : ` at ${at}`;
      return `fault: ${kind}${deed === undefined ? '' : ` (somebody ${deed})`}${where}, from point ${point} on`;
    }),
  ];
}

function printCoverage(
  { faults, effects, problems, texts }: Coverage,
  whole: boolean,
  print: (line: string) => void,
): void {
  const sorted = (map: ReadonlyMap<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const points = new Set([...faults.keys()].map((key) => key.slice(key.indexOf(' at ') + 4)));
  const hit = [...effects.keys()].filter((key) => points.has(key));
  print(
    `faults at ${hit.length} of ${effects.size} effect points; ${texts.size} error texts of zfs; ` +
      `${problems.size} problem codes told of`,
  );
  if (!whole) return;
  for (const [key, times] of sorted(effects))
    print(`  ${key}: passed ${times} times${points.has(key) ? '' : ', no fault'}`);
  for (const [key, times] of sorted(faults)) print(`  ${key}: ${times}`);
  for (const [key, times] of sorted(texts)) print(`  zfs said ${times} times: ${key}`);
  for (const [key, times] of sorted(problems)) print(`  told ${key}: ${times}`);
}
