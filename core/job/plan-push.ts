/** The dry run of a push: the same surveys and the same pure decisions as a run, and nothing after them. */

import { asProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { JobPlan } from '../api/status.ts';
import { type ReceivingRoot, toLocalName } from '../endpoint/mapping.ts';
import type { ZfsReceiver } from '../endpoint/receiver.ts';
import type { ZfsSender } from '../endpoint/sender.ts';
import type { SenderDataset, TransferStep } from '../endpoint/types.ts';
import { explainPlan } from '../pruning/explain.ts';
import { type DatasetPlan, planDataset } from '../replication/plan.ts';
import type { ReplicationPolicy } from '../replication/policy.ts';
import { StepQueue } from '../replication/queue.ts';
import { rankForJob } from '../replication/rank.ts';
import { describeStep } from '../replication/report.ts';
import { checkMarksFit, lastReceivedHoldTag, stepHoldTag } from '../zfs/marks.ts';
import type { SendFlags, Zfs } from '../zfs/types.ts';
import { afterReplication } from './after-replication.ts';
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
  /** Of the sender. */
  readonly zfs: Zfs;
  readonly receiverZfs: Zfs;
  /** Whose holds the copies bear. */
  readonly receiverJobId: string;
  readonly root: ReceivingRoot;
  /** The receiver as pruning names it. */
  readonly destination: string;
  /** Estimates at once. */
  readonly estimates: number;
}

type PlannedDataset = JobPlan['replication'][number];

/** What a run would send and destroy, and why. Reads only. */
export async function planPush(parts: PlanPushParts, signal: AbortSignal): Promise<JobPlan> {
  const { job, sender, receiver, pruneSender, pruneReceiver } = parts;
  const [surveyed] = await Promise.all([sender.survey({ signal }), receiver.survey({ signal })]);
  const names = [...surveyed.datasets.keys()].sort();
  const planAll = () => names.flatMap((name) => planOne(parts, sender.dataset(name)));
  const busy = planAll().flatMap(({ dataset, plan }) => (plan.kind === 'steps' ? [dataset] : []));
  await Promise.all([sender.refine(busy, { signal }), receiver.refine(busy, { signal })]);
  const planned = planAll();
  const queue = new StepQueue(parts.estimates);
  const replication = await Promise.all(planned.map((one) => show(parts, one, queue, signal)));
  const sides = await expectedSides(parts, planned, busy, signal);
  const plans = [
    await pruneSender.plan(senderDatasets(sides), [receiverListing(sides)], signal),
    await pruneReceiver.plan(receiverDatasets(sides), [senderListing(sides)], signal),
  ];
  return { job, replication, pruning: plans.map(explainPlan) };
}

interface Planned {
  readonly dataset: string;
  readonly plan: DatasetPlan;
  readonly notes: readonly string[];
}

function planOne({ job, receiver, policy }: PlanPushParts, source: SenderDataset | undefined): readonly Planned[] {
  if (source === undefined) return [];
  const { dataset } = source;
  const context = { policy, receiverLabel: receiver.label, rank: rankForJob(dataset, job) };
  const target = receiver.dataset(dataset);
  try {
    checkMarksFit(dataset, job);
  } catch (thrown) {
    return [{ dataset, plan: { kind: 'problem', problem: asProblemError(thrown) }, notes: [] }];
  }
  const plan = planDataset(source, target, context);
  if (plan.kind !== 'abandon') return [{ dataset, plan, notes: plan.kind === 'skip' ? [plan.reason] : [] }];
  // An unfinished first receive goes as a whole; an unfinished increment leaves what was there before.
  const rest = target === undefined || target.versions.length === 0 ? undefined : { ...target, resumeToken: null };
  const note = remark('partial-would-go', { bytes: plan.discardedBytes.toString(), reason: plan.reason });
  return [{ dataset, plan: planDataset(source, rest, context), notes: [note] }];
}

async function show(
  parts: PlanPushParts,
  { dataset, plan, notes }: Planned,
  queue: StepQueue,
  signal: AbortSignal,
): Promise<PlannedDataset> {
  const common = { dataset, problem: null, notes: [...notes], steps: [] };
  switch (plan.kind) {
    case 'problem':
      return { ...common, verdict: 'problem', problem: plan.problem.at({ phase: 'plan', dataset }).toProblem() };
    case 'up-to-date':
      return { ...common, verdict: 'up-to-date' };
    case 'skip':
    case 'abandon':
      return { ...common, verdict: 'skipped' };
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
      return { ...common, verdict: 'steps', steps };
    }
  }
}

/** Both sides as pruning will find them after the transfers. */
async function expectedSides(
  parts: PlanPushParts,
  planned: readonly Planned[],
  busy: readonly string[],
  signal: AbortSignal,
): Promise<SeenSides> {
  const { job, sender, receiver, policy, zfs } = parts;
  const ends = [
    { zfs, tag: stepHoldTag(job), datasets: busy.flatMap((name) => sender.dataset(name) ?? []) },
    {
      zfs: parts.receiverZfs,
      tag: lastReceivedHoldTag(parts.receiverJobId),
      datasets: busy.flatMap((name) => {
        const known = receiver.dataset(name);
        return known === undefined ? [] : [{ dataset: known.localName, versions: known.versions }];
      }),
    },
  ];
  const held = await Promise.all(ends.map((end) => heldBy(end, signal)));
  const sides: SeenSides = {
    sender: sender.known() ?? new Map(),
    receiver: receiver.known() ?? new Map(),
    receiverKnown: true,
    senderLabel: zfs.label,
    receiverLabel: parts.destination,
    jobId: job,
  };
  return afterReplication(sides, {
    plans: new Map(planned.map(({ dataset, plan }) => [dataset, plan])),
    protection: policy.protection,
    localName: (dataset) => toLocalName(parts.root, dataset),
    heldByUs: new Set(held.flat()),
  });
}

/** Full names of the snapshots with this tag; one process, and none where nothing is held. */
async function heldBy(
  end: { zfs: Zfs; tag: string; datasets: readonly Pick<SenderDataset, 'dataset' | 'versions'>[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const snapshots = end.datasets.flatMap(({ dataset, versions }) =>
    versions.flatMap(({ type, name, userrefs }) => (type === 'snapshot' && userrefs !== 0 ? [{ dataset, name }] : [])),
  );
  if (snapshots.length === 0) return [];
  const rows = await end.zfs.holds(snapshots, { signal });
  return rows.flatMap(({ dataset, snapshot, tag }) => (tag === end.tag ? [`${dataset}@${snapshot}`] : []));
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
