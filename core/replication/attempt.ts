/**
 * One attempt: survey both sides, plan every dataset, run the plans. A dataset that fails never stops another one, except
 * children whose parent is not there yet.
 */
import { asProblemError, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { checkMarksFit } from '../zfs/marks.ts';
import { isBelow } from '../zfs/names.ts';
import type { Ctx } from '../zfs/types.ts';
import { Broadcast } from './broadcast.ts';
import { judgeParents, type ParentState } from './parents.ts';
import { planDataset } from './plan.ts';
import { guaranteeOf } from './policy.ts';
import { rankForJob } from './rank.ts';
import { refineForSteps } from './refine.ts';
import { type AttemptProgress, DatasetProgress, StepProgress } from './report.ts';
import { completeAgain, runStep } from './step.ts';
import { type AttemptContext, located, type Work } from './work.ts';

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

const REPLANS_MAX = 3;

/** Runs one attempt to its end. Never rejects but for a defect: what went wrong is in the result and in the report. */
export async function runAttempt(context: AttemptContext, report: AttemptProgress): Promise<AttemptResult> {
  const { clock, signal, changed } = context;
  const ctx: Ctx = { signal };
  const works: Work[] = [];
  const targets = new Map<string, bigint>();
  const finish = (problem: ProblemError | null): AttemptResult => {
    const problems = new Map(works.map((work) => [work.dataset, work.progress.problem]));
    for (const [dataset, failure] of problems) {
      if (failure === null) continue;
      context.sender.distrust(dataset);
      context.receiver.distrust(dataset);
    }
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
    // Both to their end: what is still being listed must not run on beside the next attempt.
    const [sender, receiver] = await Promise.allSettled([
      located(context.sender.survey(ctx), 'sender', 'plan'),
      located(context.receiver.survey(ctx), 'receiver', 'plan'),
    ]);
    // Of two, the receiver's: that of the sender shows again when it is to be pruned.
    if (receiver.status === 'rejected') throw receiver.reason;
    if (sender.status === 'rejected') throw sender.reason;
    const surveyed = sender.value;
    for (const note of surveyed.unmatched) context.warn(remark('pattern-unmatched', { pattern: note.pattern }));
    for (const dataset of [...surveyed.datasets.keys()].sort()) {
      if (context.only !== undefined && !context.only.has(dataset)) continue;
      works.push({
        dataset,
        progress: new DatasetProgress(dataset, context.policy.protection.incremental),
        plan: null,
      });
    }
    if (context.only !== undefined) reportVanished(context.only, works);
    if (works.length === 0) context.warn(remark('nothing-matches'));
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
      const bypassed = policy.protection.incremental === 'guarantee_resumability';
      const facts = { dataset, bytes: plan.discardedBytes.toString(), reason: plan.reason };
      context.warn(remark(bypassed ? 'partial-discarded-held' : 'partial-discarded', facts));
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
    await advanced.until(() => verdict().kind !== 'wait', context.soon);
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
