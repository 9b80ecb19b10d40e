/** Many seeds, one after the other. */
import { Coverage } from './coverage.ts';
import { type Result, runScenario } from './run.ts';
import { scenarioOf } from './scenario.ts';

export interface SeedsResult {
  readonly seeds: number;
  readonly effects: number;
  readonly failures: readonly Result[];
  readonly coverage: Coverage;
  readonly durationMs: number;
}

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  /** Ends early when this time is over, in real milliseconds. */
  readonly limitMs?: number;
  readonly failuresMax?: number;
  readonly onProgress?: (seedsDone: number, failures: number) => void;
}

export async function runSeeds(options: SeedsOptions): Promise<SeedsResult> {
  const startedMs = performance.now();
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
    const result = await runScenario(scenarioOf(options.from + seeds), { coverage });
    effects += result.effects;
    seeds += 1;
    if (result.violations.length > 0) failures.push(result);
    options.onProgress?.(seeds, failures.length);
  }
  Error.stackTraceLimit = framesBefore;
  return { seeds, effects, failures, coverage, durationMs: performance.now() - startedMs };
}

/** What it takes to see a failure again. */
export function describeFailure({ seed, violations }: Result): string {
  const [first] = violations;
  return `seed ${seed}: ${first?.rule ?? ''}: ${first?.text ?? ''}`;
}
