/** Seeds on all processors: each has a process that runs some at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { joined, type SeedsOptions, type SeedsResult } from '../../test/simulation/engine/seeds.ts';
import { ROOT } from '../lib/root.ts';
import type { SeedsOrder } from './worker.ts';

/** Small enough that all processes end at about the same time. */
const SEEDS_AT_A_TIME = 20;

function ask(worker: ChildProcess, order: SeedsOrder): Promise<SeedsResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a simulating process ended with ${code}`));
    worker.once('exit', ended);
    worker.once('message', (answer: SeedsResult) => {
      worker.removeListener('exit', ended);
      resolve(answer);
    });
    worker.send(order);
  });
}

/** As `runSeeds`, in several processes. */
export async function runFleet(options: SeedsOptions): Promise<SeedsResult> {
  const {
    household = 'plain',
    from,
    count,
    limitMs = Number.POSITIVE_INFINITY,
    failuresMax = 20,
    onProgress,
  } = options;
  const startedMs = performance.now();
  const results: SeedsResult[] = [];
  let next = 0;
  let seeds = 0;
  let failures = 0;
  const isOver = () => next >= count || failures >= failuresMax || performance.now() - startedMs >= limitMs;
  const work = async (): Promise<void> => {
    const worker = fork(join(ROOT, 'scripts', 'simulation', 'worker.ts'), {
      execArgv: ['--no-warnings'],
      serialization: 'advanced',
    });
    try {
      while (!isOver()) {
        const order = { household, from: from + next, count: Math.min(SEEDS_AT_A_TIME, count - next) };
        next += order.count;
        const result = await ask(worker, order);
        results.push(result);
        seeds += result.seeds;
        failures += result.failures.length;
        onProgress?.(seeds, failures);
      }
    } finally {
      worker.kill();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return joined(results, performance.now() - startedMs);
}
