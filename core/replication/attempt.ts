/**
 * One attempt: survey both sides, plan every dataset, run the plans. A dataset that fails never stops another one, except
 * children whose parent is not there yet.
 */
import type { Clock } from '../api/clock.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { Receiver, Sender, TransferStep } from '../endpoint/types.ts';
import { bookmarkMarkOf, checkMarksFit } from '../zfs/marks.ts';
import { isBelow } from '../zfs/names.ts';
import type { Ctx, Version } from '../zfs/types.ts';
import { Broadcast } from './broadcast.ts';
import { lacksCompletion, lacksConfirmation } from './completion.ts';
import { type BaseRank, diffVersions } from './diff.ts';
import { judgeParents, type ParentState } from './parents.ts';
import { type DatasetPlan, planDataset } from './plan.ts';
import { guaranteeOf, type ReplicationPolicy } from './policy.ts';
import type { StepQueue } from './queue.ts';
import { type AttemptProgress, DatasetProgress, StepProgress } from './report.ts';
import type { TidyMemory } from './tidy-memory.ts';

export interface AttemptContext {
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly jobId: string;
  readonly policy: ReplicationPolicy;
  readonly queue: StepQueue;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly changed: () => void;
  /** Datasets of this attempt; undefined means all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Per dataset the target of the attempt before: newer snapshots wait for the next run. */
  readonly upTo: ReadonlyMap<string, bigint>;
  readonly memory: TidyMemory;
  readonly warn: (text: string) => void;
}

export interface AttemptResult {
  /** A problem that kept the attempt from planning at all. */
  readonly problem: ProblemError | null;
  /** Outcome per dataset. */
  readonly problems: ReadonlyMap<string, ProblemError | null>;
  /** The last target that each dataset had in this attempt. */
  readonly targets: ReadonlyMap<string, bigint>;
  /** Something arrived. */
  readonly progressed: boolean;
}

/** One dataset while the attempt runs. */
interface Work {
  readonly dataset: string;
  readonly progress: DatasetProgress;
  plan: DatasetPlan | null;
}

const REPLANS_MAX = 3;

/** How good the sender's bookmarks are as a base: own cursor before own tentative cursor before others. */
export function rankForJob(dataset: string, jobId: string): BaseRank {
  return (version) => {
    const mark = version.type === 'bookmark' ? bookmarkMarkOf(dataset, version) : null;
    if (mark === null || mark.jobId !== jobId) return 0;
    return mark.kind === 'cursor' ? 2 : 1;
  };
}

/** Runs one attempt to its end. Never rejects but for a defect: what went wrong is in the result and in the report. */
export async function runAttempt(context: AttemptContext, report: AttemptProgress): Promise<AttemptResult> {
  const { clock, signal, changed } = context;
  const ctx: Ctx = { signal };
  const works: Work[] = [];
  const targets = new Map<string, bigint>();
  const finish = (problem: ProblemError | null): AttemptResult => {
    const problems = new Map(works.map((work) => [work.dataset, work.progress.problem]));
    report.problem = problem;
    report.finishedAtMs = clock.nowMs();
    report.state =
      problem !== null
        ? 'planning-error'
        : [...problems.values()].some((entry) => entry !== null && isFailure(entry))
          ? 'filesystem-error'
          : 'done';
    changed();
    return { problem, problems, targets, progressed: works.some(hasMoved) };
  };

  try {
    const [surveyed] = await Promise.all([
      located(context.sender.survey(ctx), 'sender'),
      located(context.receiver.survey(ctx), 'receiver'),
    ]);
    for (const note of surveyed.unmatched) context.warn(`the pattern "${note.pattern}" matches no dataset`);
    for (const dataset of [...surveyed.datasets.keys()].sort()) {
      if (context.only !== undefined && !context.only.has(dataset)) continue;
      works.push({
        dataset,
        progress: new DatasetProgress(dataset, context.policy.protection.incremental),
        plan: null,
      });
    }
    if (context.only !== undefined) reportVanished(context.only, works);
    if (works.length === 0) context.warn('no dataset matches this job');
    report.datasets = works.map((work) => work.progress);
    changed();

    await refineForSteps(context, works, ctx);
    for (const work of works) await planWork(context, work, ctx);
    for (const { dataset, plan } of works) {
      const last = plan?.kind === 'steps' ? plan.steps.at(-1) : undefined;
      if (last !== undefined) targets.set(dataset, last.to.guid);
    }
  } catch (error) {
    return finish(asProblemError(error, { phase: 'plan' }));
  }
  report.state = 'fan-out-filesystems';
  changed();

  const advanced = new Broadcast();
  await Promise.all(works.map((work) => runDataset(context, work, works, advanced, ctx)));
  return finish(null);
}

/** A problem that leaves the data where it should be is told, but does not fail the dataset. */
export function isFailure(problem: ProblemError): boolean {
  return problem.code !== 'received-unprotected';
}

async function located<T>(work: Promise<T>, side: 'sender' | 'receiver'): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asProblemError(error, { phase: 'plan', side });
  }
}

/** A dataset of the attempt before that is not there any more must not look as if it had been done. */
function reportVanished(only: ReadonlySet<string>, works: Work[]): void {
  const present = new Set(works.map((work) => work.dataset));
  for (const dataset of only) {
    if (present.has(dataset)) continue;
    const progress = new DatasetProgress(dataset, 'guarantee_nothing');
    progress.state = 'planning-error';
    progress.blockedOn = 'nothing';
    progress.problem = new ProblemError('send-source-gone', { name: dataset }, { place: { phase: 'plan', dataset } });
    works.push({ dataset, progress, plan: { kind: 'problem', problem: progress.problem } });
  }
}

/**
 * Something is nearer to its end than before. Bytes count only where the connection broke: what a step that cannot work sends
 * before it fails would make it look like progress each time, for ever.
 */
function hasMoved({ progress }: Work): boolean {
  if (progress.currentStep > 0) return true;
  return progress.problem?.retry === 'soon' && progress.steps.some((step) => step.bytes > 0);
}

/** Creation and holds of the datasets that will have something to do, one process a side for all of them. */
async function refineForSteps(context: AttemptContext, works: readonly Work[], ctx: Ctx): Promise<void> {
  const { sender, receiver, policy, memory } = context;
  const busy = works.map((work) => work.dataset).filter((dataset) => mayHaveWork(context, dataset));
  // Without guarantees there are no holds but those of other times: once looked at, they need no second look.
  const { initial, incremental } = policy.protection;
  const holdsNothing = initial === 'guarantee_nothing' && incremental === 'guarantee_nothing';
  const unknown = (side: 'sender' | 'receiver') =>
    busy.filter((name) => {
      const guid = (side === 'sender' ? sender : receiver).dataset(name)?.guid;
      return guid !== undefined && !(holdsNothing && memory.holdsKnown(side, guid));
    });
  await Promise.all([
    // Creation decides whose turn it is, and of one there is no question.
    located(sender.refine(busy.length > 1 ? busy : unknown('sender'), ctx), 'sender'),
    located(receiver.refine(unknown('receiver'), ctx), 'receiver'),
  ]);
}

/** Whether the plan will send something, discard something or repeat a completion, as far as cheap listings tell. */
function mayHaveWork(context: AttemptContext, dataset: string): boolean {
  const { sender, receiver, policy, jobId } = context;
  const source = sender.dataset(dataset);
  const target = receiver.dataset(dataset);
  if (source === undefined || source.isPlaceholder) return false;
  if (target !== undefined && target.resumeToken !== null) return true;
  const difference = diffVersions(target?.versions ?? [], source.versions, rankForJob(dataset, jobId));
  const lagging = (common: Version) =>
    lacksCompletion(source, common, policy.protection.incremental, jobId) === 'certain';
  switch (difference.kind) {
    case 'path':
      return difference.missing.some((version) => policy.wants(version.name)) || lagging(difference.base);
    case 'up-to-date':
      return lagging(difference.common);
    case 'no-common-ancestor':
      return difference.receiver.length === 0;
    default:
      return false;
  }
}

async function planWork(context: AttemptContext, work: Work, ctx: Ctx): Promise<void> {
  if (work.plan !== null) return;
  const { sender, receiver, policy, jobId } = context;
  const { dataset, progress } = work;
  try {
    for (let replans = 0; ; replans++) {
      const source = sender.dataset(dataset);
      if (source === undefined) throw new ProblemError('no-access', { name: dataset });
      checkMarksFit(dataset, jobId);
      const upTo = context.upTo.get(dataset);
      const plan = planDataset(source, receiver.dataset(dataset), {
        policy,
        receiverLabel: receiver.label,
        rank: rankForJob(dataset, jobId),
        ...(upTo === undefined ? {} : { upTo }),
      });
      if (plan.kind !== 'abandon') {
        work.plan = plan;
        break;
      }
      if (replans >= REPLANS_MAX) throw new ProblemError('replan-exhausted', { name: dataset });
      progress.discardedBytes += Number(plan.discardedBytes);
      const bypassed = policy.protection.incremental === 'guarantee_resumability' ? ' although it was held' : '';
      context.warn(`${dataset}: discarding ${plan.discardedBytes} bytes of partial state: ${plan.reason}${bypassed}`);
      await receiver.abandonPartial(dataset, plan.token, ctx);
      await receiver.resurvey(dataset, ctx);
    }
    applyPlan(context, work);
  } catch (error) {
    const problem = asProblemError(error, { phase: 'plan', dataset });
    if (problem.code === 'command-aborted') throw problem;
    work.plan = { kind: 'problem', problem };
    applyPlan(context, work);
  }
}

function applyPlan(context: AttemptContext, work: Work): void {
  const { plan, progress } = work;
  progress.blockedOn = 'nothing';
  switch (plan?.kind) {
    case 'problem':
      progress.state = 'planning-error';
      progress.problem = plan.problem.at({ phase: 'plan', dataset: work.dataset });
      break;
    case 'up-to-date':
      progress.newestCommon = plan.common;
      progress.state = 'stepping';
      break;
    case 'steps':
      progress.newestCommon = plan.base;
      progress.state = 'stepping';
      progress.guarantee = guaranteeOf({ from: plan.base }, context.policy.protection);
      progress.steps = plan.steps.map((step) => new StepProgress(step, context.changed));
      break;
    case 'skip':
      progress.state = 'done';
      break;
    default:
      throw new ProblemError('internal', { reason: `${work.dataset} has no plan` });
  }
  context.changed();
}

async function runDataset(
  context: AttemptContext,
  work: Work,
  all: readonly Work[],
  advanced: Broadcast,
  ctx: Ctx,
): Promise<void> {
  const { progress, plan } = work;
  try {
    if (plan?.kind === 'steps') {
      // What exists on the receiver has its parents there, whatever becomes of them now.
      if (context.receiver.dataset(work.dataset) === undefined) await waitForParents(context, work, all, advanced);
      for (const [index, step] of plan.steps.entries()) {
        await runStep(context, work, step, plan.steps.slice(index + 1), ctx);
        progress.currentStep = index + 1;
        progress.newestCommon = step.to;
        advanced.notify();
        context.changed();
      }
      progress.state = 'done';
    } else if (plan?.kind === 'up-to-date') {
      await completeAgain(context, work, plan.common, ctx);
      progress.state = 'done';
    }
  } catch (error) {
    progress.problem = asProblemError(error, { phase: 'step', dataset: work.dataset });
    progress.state = 'step-error';
  } finally {
    progress.blockedOn = 'nothing';
    advanced.notify();
    context.changed();
  }
}

async function waitForParents(
  context: AttemptContext,
  work: Work,
  all: readonly Work[],
  advanced: Broadcast,
): Promise<void> {
  const ancestors = all.filter(({ dataset }) => isBelow(work.dataset, dataset));
  const verdict = () => judgeParents(work.dataset, ancestors.map(parentState));
  if (verdict().kind === 'wait') {
    work.progress.blockedOn = 'parent-initial-repl';
    context.changed();
    await advanced.until(() => verdict().kind !== 'wait', context.signal);
  }
  const reached = verdict();
  if (reached.kind === 'failed') {
    throw new ProblemError('parent-failed', { parents: `[${reached.parents.join(', ')}]` });
  }
}

function parentState(work: Work): ParentState {
  const { plan, progress } = work;
  return {
    dataset: work.dataset,
    planned: plan !== null && plan.kind !== 'problem',
    failed: progress.state === 'planning-error' || progress.state === 'step-error',
    startsWithFullSend: plan?.kind === 'steps' ? plan.steps[0]?.from === null : plan === null ? null : false,
    stepsCompleted: progress.currentStep,
  };
}

async function runStep(
  context: AttemptContext,
  work: Work,
  step: TransferStep,
  later: readonly TransferStep[],
  ctx: Ctx,
): Promise<void> {
  const { sender, receiver, queue, clock, policy, changed } = context;
  const { progress, dataset } = work;
  progress.blockedOn = 'repl-queue';
  changed();
  const release = await queue.enter(dataset, (step.to.creationS ?? 0) * 1000, context.signal);
  const reported = progress.steps[progress.currentStep];
  try {
    progress.blockedOn = 'nothing';
    progress.guarantee = guaranteeOf(step, policy.protection);
    reported?.start(clock.nowMs());
    const guarantee = progress.guarantee;
    const stream = await located(sender.prepare(step, later, guarantee, ctx), 'sender');
    const source = sender.dataset(dataset);
    if (source === undefined) throw new ProblemError('no-access', { name: dataset });
    const outcome = await located(
      receiver.receive(step, source, stream, {
        ...ctx,
        guarantee,
        onProgress: (seen) => reported?.progress(clock.nowMs(), seen.bytes, seen.expectedBytes),
      }),
      'receiver',
    );
    reported?.finish(clock.nowMs(), outcome.bytes);
    progress.problem = outcome.problems[0]?.at({ phase: 'step', side: 'receiver', dataset }) ?? progress.problem;
    await located(sender.completed(dataset, step.to, later, guarantee, ctx), 'sender');
    if (guarantee === 'guarantee_nothing') {
      const target = receiver.dataset(dataset);
      context.memory.rememberHolds('sender', source.guid);
      if (target !== undefined) context.memory.rememberHolds('receiver', target.guid);
    }
  } catch (error) {
    reported?.finish(clock.nowMs(), null);
    throw error;
  } finally {
    release();
  }
}

/** The receiver has everything. If the marks do not say so yet, the completion was lost: do it again. */
async function completeAgain(context: AttemptContext, work: Work, common: Version, ctx: Ctx): Promise<void> {
  const { sender, receiver, policy, jobId, memory } = context;
  const guarantee = policy.protection.incremental;
  const source = sender.dataset(work.dataset);
  const target = receiver.dataset(work.dataset);
  if (source === undefined || target === undefined) return;
  const known = (side: string, dataset: { readonly guid: bigint; readonly versions: readonly Version[] }) =>
    memory.isKnown(side, dataset.guid, dataset.versions);
  const confirmation = lacksConfirmation(target, common, guarantee);
  if (confirmation === 'certain' || (confirmation === 'perhaps' && !known('receiver', target))) {
    await located(receiver.confirmed(work.dataset, common, guarantee, ctx), 'receiver');
    memory.remember('receiver', target.guid, target.versions);
  }
  const completion = lacksCompletion(source, common, guarantee, jobId);
  if (completion === 'certain' || (completion === 'perhaps' && !known('sender', source))) {
    await located(sender.completed(work.dataset, common, [], guarantee, ctx), 'sender');
    memory.remember('sender', source.guid, source.versions);
  }
}
