/** What the parts of an attempt share. */
import type { Clock } from '../api/clock.ts';
import { asProblemError } from '../api/problem.ts';
import type { Receiver, Sender } from '../endpoint/types.ts';
import type { DatasetPlan } from './plan.ts';
import type { ReplicationPolicy } from './policy.ts';
import type { StepQueue } from './queue.ts';
import type { DatasetProgress } from './report.ts';
import type { TidyMemory } from './tidy-memory.ts';

export interface AttemptContext {
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly jobId: string;
  readonly policy: ReplicationPolicy;
  readonly queue: StepQueue;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Once aborted, nothing new begins. */
  readonly soon: AbortSignal;
  readonly changed: () => void;
  /** Datasets of this attempt; undefined means all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Per dataset the target of the attempt before: newer snapshots wait for the next run. */
  readonly upTo: ReadonlyMap<string, bigint>;
  readonly memory: TidyMemory;
  readonly warn: (text: string) => void;
}

/** One dataset while the attempt runs. */
export interface Work {
  readonly dataset: string;
  readonly progress: DatasetProgress;
  plan: DatasetPlan | null;
}

/** Says on which side and in which phase a problem arose. */
export async function located<T>(work: Promise<T>, side: 'sender' | 'receiver', phase: 'plan' | 'step'): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asProblemError(error, { phase, side });
  }
}
