/** Many seeds, one after the other. */
import { Coverage } from './coverage.ts';
import { scenarioOf } from './draw.ts';
import { driveScenarioOf } from './drives/draw.ts';
import { type Result, runScenario } from './run.ts';
import type { Scenario } from './scenario.ts';

/** What seeds mean: a household with a NAS or a drive that stays, or one with drives that come and go. */
export const HOUSEHOLDS = { plain: scenarioOf, drives: driveScenarioOf } as const satisfies Record<
  string,
  (seed: number) => Scenario
>;
export type Household = keyof typeof HOUSEHOLDS;

export function isHousehold(name: string): name is Household {
  return Object.hasOwn(HOUSEHOLDS, name);
}

export interface SeedsResult {
  readonly seeds: number;
  readonly effects: number;
  readonly failures: readonly Result[];
  readonly coverage: Coverage;
  readonly durationMs: number;
  /** Time of processors that all of it took. */
  readonly processorMs: number;
}

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  /** `plain` unless given. */
  readonly household?: Household;
  /** Ends early when this time is over, in real milliseconds. */
  readonly limitMs?: number;
  readonly failuresMax?: number;
  readonly onProgress?: (seedsDone: number, failures: number) => void;
}

export async function runSeeds(options: SeedsOptions): Promise<SeedsResult> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const coverage = new Coverage();
  const failures: Result[] = [];
  let effects = 0;
  let seeds = 0;
  const isOver = () =>
    seeds >= options.count ||
    failures.length >= (options.failuresMax ?? 20) ||
    performance.now() - startedMs >= (options.limitMs ?? Number.POSITIVE_INFINITY);
  // Nobody reads the stacks of errors that a seed provokes by the thousand.
  const framesBefore = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  while (!isOver()) {
    const result = await runScenario(HOUSEHOLDS[options.household ?? 'plain'](options.from + seeds), { coverage });
    effects += result.effects;
    seeds += 1;
    if (result.violations.length > 0) failures.push(result);
    options.onProgress?.(seeds, failures.length);
  }
  Error.stackTraceLimit = framesBefore;
  const { user, system } = process.cpuUsage(before);
  const processorMs = (user + system) / 1000;
  return { seeds, effects, failures, coverage, durationMs: performance.now() - startedMs, processorMs };
}

/** All failures found, in the order of their seeds, and everything else added up. */
export function joined(results: readonly SeedsResult[], durationMs: number): SeedsResult {
  const coverage = new Coverage();
  for (const result of results) coverage.add(result.coverage);
  const sum = (of: (result: SeedsResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    seeds: sum(({ seeds }) => seeds),
    effects: sum(({ effects }) => effects),
    failures: results.flatMap(({ failures }) => failures).toSorted((a, b) => a.seed - b.seed),
    coverage,
    durationMs,
    processorMs: sum(({ processorMs }) => processorMs),
  };
}

/** What it takes to see a failure again. */
export function describeFailure({ seed, violations }: Result): string {
  const [first] = violations;
  return `seed ${seed}: ${first?.rule ?? ''}: ${first?.text ?? ''}`;
}
