/** One step from its place in the queue to its completion, and the completion that was lost on the way. */
import { ProblemError } from '../api/problem.ts';
import type { TransferStep } from '../endpoint/types.ts';
import type { Ctx, Version } from '../zfs/types.ts';
import { lacksCompletion, lacksConfirmation, tellsHolds } from './completion.ts';
import { guaranteeOf } from './policy.ts';
import { type AttemptContext, located, type Work } from './work.ts';

/** @param later the steps of the same dataset after this one: their marks stay */
export async function runStep(
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
  const release = await queue.enter(dataset, (step.to.creationS ?? 0) * 1000, context.soon);
  const reported = progress.steps[progress.currentStep];
  try {
    progress.blockedOn = 'nothing';
    progress.guarantee = guaranteeOf(step, policy.protection);
    reported?.start(clock.nowMs());
    const guarantee = progress.guarantee;
    const stream = await located(sender.prepare(step, later, guarantee, ctx), 'sender', 'step');
    const source = sender.dataset(dataset);
    if (source === undefined) throw new ProblemError('no-access', { name: dataset });
    const outcome = await located(
      receiver.receive(step, source, stream, {
        ...ctx,
        guarantee,
        onProgress: (seen) => reported?.progress(clock.nowMs(), seen.bytes, seen.expectedBytes),
      }),
      'receiver',
      'step',
    );
    reported?.finish(clock.nowMs(), outcome.bytes);
    progress.problem = outcome.problems[0]?.at({ phase: 'step', side: 'receiver', dataset }) ?? progress.problem;
    await located(sender.completed(dataset, step.to, later, guarantee, ctx), 'sender', 'step');
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
export async function completeAgain(context: AttemptContext, work: Work, common: Version, ctx: Ctx): Promise<void> {
  const { sender, receiver, policy, jobId, memory } = context;
  const guarantee = policy.protection.incremental;
  const source = sender.dataset(work.dataset);
  const target = receiver.dataset(work.dataset);
  if (source === undefined || target === undefined) return;
  const known = (side: string, dataset: { readonly guid: bigint; readonly versions: readonly Version[] }) =>
    memory.isKnown(side, dataset.guid, dataset.versions);
  const confirmation = lacksConfirmation(target, common, guarantee);
  const completion = lacksCompletion(source, common, guarantee, jobId);
  // A completion that was lost here may have been lost there. Holds are not known where a pool went between two listings.
  const isUnsure = completion === 'certain' && guarantee !== 'guarantee_nothing' && !tellsHolds(target, common);
  if (isUnsure || confirmation === 'certain' || (confirmation === 'perhaps' && !known('receiver', target))) {
    await located(receiver.confirmed(work.dataset, common, guarantee, ctx), 'receiver', 'step');
    memory.remember('receiver', target.guid, target.versions);
  }
  if (completion === 'certain' || (completion === 'perhaps' && !known('sender', source))) {
    await located(sender.completed(work.dataset, common, [], guarantee, ctx), 'sender', 'step');
    memory.remember('sender', source.guid, source.versions);
  }
}
