/** The dry run of a push: the same surveys and the same pure decisions as a run, and nothing after them. */

import { asProblemError } from '../api/problem.ts';
import type { JobPlan } from '../api/status.ts';
import type { ZfsReceiver } from '../endpoint/receiver.ts';
import type { ZfsSender } from '../endpoint/sender.ts';
import type { TransferStep } from '../endpoint/types.ts';
import { explainPlan } from '../pruning/explain.ts';
import { rankForJob } from '../replication/attempt.ts';
import { type DatasetPlan, planDataset } from '../replication/plan.ts';
import type { ReplicationPolicy } from '../replication/policy.ts';
import { StepQueue } from '../replication/queue.ts';
import { describeStep } from '../replication/report.ts';
import type { SendFlags, Zfs } from '../zfs/types.ts';
import { receiverDatasets, receiverListing, type SeenSides, senderDatasets, senderListing } from './prune-input.ts';
import type { Pruner } from './pruner.ts';

export interface PlanPushParts {
  readonly job: string;
  readonly sender: ZfsSender;
  readonly receiver: ZfsReceiver;
  readonly policy: ReplicationPolicy;
  readonly flags: SendFlags;
  readonly pruneSender: Pruner;
  readonly pruneReceiver: Pruner;
  /** Of the sender, for estimates. */
  readonly zfs: Zfs;
  /** Estimates at once. */
  readonly estimates: number;
}

type PlannedDataset = JobPlan['replication'][number];

/** What a run would send and destroy, and why. Reads only. */
export async function planPush(parts: PlanPushParts, signal: AbortSignal): Promise<JobPlan> {
  const { job, sender, receiver, pruneSender, pruneReceiver } = parts;
  const [surveyed] = await Promise.all([sender.survey({ signal }), receiver.survey({ signal })]);
  const queue = new StepQueue(parts.estimates);
  const names = [...surveyed.datasets.keys()].sort();
  const replication = await Promise.all(names.map((name) => planOne(parts, name, queue, signal)));
  const sides: SeenSides = {
    sender: sender.known() ?? new Map(),
    receiver: receiver.known() ?? new Map(),
    receiverKnown: true,
    senderLabel: sender.label,
    receiverLabel: receiver.label,
    jobId: job,
  };
  const plans = [
    await pruneSender.plan(senderDatasets(sides), [receiverListing(sides)], signal),
    await pruneReceiver.plan(receiverDatasets(sides), [senderListing(sides)], signal),
  ];
  return { job, replication, pruning: plans.map(explainPlan) };
}

async function planOne(
  parts: PlanPushParts,
  dataset: string,
  queue: StepQueue,
  signal: AbortSignal,
): Promise<PlannedDataset> {
  const { sender, receiver, policy, job } = parts;
  const source = sender.dataset(dataset);
  const notes: string[] = [];
  const result = (rest: Partial<PlannedDataset> & Pick<PlannedDataset, 'verdict'>): PlannedDataset => ({
    dataset,
    problem: null,
    notes,
    steps: [],
    ...rest,
  });
  if (source === undefined) return result({ verdict: 'skipped' });
  const context = { policy, receiverLabel: receiver.label, rank: rankForJob(dataset, job) };
  const target = receiver.dataset(dataset);
  let plan: DatasetPlan = planDataset(source, target, context);
  if (plan.kind === 'abandon') {
    notes.push(`${plan.discardedBytes} bytes of partial state would be discarded: ${plan.reason}`);
    // An unfinished first receive goes as a whole; an unfinished increment leaves what was there before.
    const rest = target === undefined || target.versions.length === 0 ? undefined : { ...target, resumeToken: null };
    plan = planDataset(source, rest, context);
  }
  switch (plan.kind) {
    case 'problem':
      return result({ verdict: 'problem', problem: plan.problem.at({ phase: 'plan', dataset }).toProblem() });
    case 'skip':
      notes.push(plan.reason);
      return result({ verdict: 'skipped' });
    case 'up-to-date':
      return result({ verdict: 'up-to-date' });
    case 'abandon':
      return result({ verdict: 'skipped' });
    case 'steps': {
      const steps = [];
      for (const step of plan.steps) {
        const leave = await queue.enter(dataset, 0, signal);
        try {
          steps.push({ ...describeStep(step), bytesExpected: await estimate(parts, step, signal) });
        } finally {
          leave();
        }
      }
      return result({ verdict: 'steps', steps });
    }
  }
}

/** Bytes that ZFS expects; null when it cannot say. An estimate is never a reason not to plan. */
async function estimate(parts: PlanPushParts, step: TransferStep, signal: AbortSignal): Promise<number | null> {
  try {
    const rows = await parts.zfs.estimate(
      {
        dataset: step.dataset,
        ...(step.from === null ? {} : { from: step.from }),
        to: step.to,
        range: step.between.length > 0,
        flags: parts.flags,
        ...(step.resume === null ? {} : { resumeToken: step.resume.text }),
      },
      { signal },
    );
    const known = rows.flatMap((row) => (row.sizeBytes === null ? [] : [row.sizeBytes]));
    return known.length < rows.length || rows.length === 0 ? null : known.reduce((a, b) => a + b, 0);
  } catch (error) {
    if (asProblemError(error).code === 'command-aborted') throw error;
    return null;
  }
}
