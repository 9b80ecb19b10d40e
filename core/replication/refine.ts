/** Asks for creation and holds, which cheap listings do not tell, and only for datasets where they matter. */
import type { Ctx, Version } from '../zfs/types.ts';
import { lacksCompletion } from './completion.ts';
import { diffVersions } from './diff.ts';
import { rankForJob } from './rank.ts';
import { type AttemptContext, located, type Work } from './work.ts';

/** Creation and holds of the datasets that will have something to do, one process a side for all of them. */
export async function refineForSteps(context: AttemptContext, works: readonly Work[], ctx: Ctx): Promise<void> {
  const { sender, receiver, policy, memory } = context;
  const busy = works.map((work) => work.dataset).filter((dataset) => mayHaveWork(context, dataset));
  // Without guarantees there are no holds but those of other times: once looked at, they need no second look.
  const { initial, incremental } = policy.protection;
  const holdsNothing = initial === 'guarantee_nothing' && incremental === 'guarantee_nothing';
  const unknown = (side: 'sender' | 'receiver') =>
    busy.filter((name) => {
      const known = (side === 'sender' ? sender : receiver).dataset(name);
      if (known === undefined) return false;
      return known.remembered === true || !(holdsNothing && memory.holdsKnown(side, known.guid));
    });
  await Promise.all([
    // Creation decides whose turn it is, and of one there is no question.
    located(sender.refine(busy.length > 1 ? busy : unknown('sender'), ctx), 'sender', 'plan'),
    located(receiver.refine(unknown('receiver'), ctx), 'receiver', 'plan'),
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
