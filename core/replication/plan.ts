/**
 * What is to be done for one dataset. Pure: two surveys and a policy in, a verdict out. The same function serves the run, the
 * dry run and the simulation.
 */
import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { ReceiverDataset, SenderDataset, TransferStep } from '../endpoint/types.ts';
import type { Version } from '../zfs/types.ts';
import { type BaseRank, diffVersions, sortVersions } from './diff.ts';
import { groupPath } from './group.ts';
import type { ReplicationPolicy } from './policy.ts';
import { refuseByChain, refuseBySendPolicy } from './send-policy.ts';
import { judgeToken } from './token-verdict.ts';

export type DatasetPlan =
  | { readonly kind: 'problem'; readonly problem: ProblemError }
  /** Nothing to send, e.g. a stand-in. */
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'up-to-date'; readonly common: Version }
  | { readonly kind: 'steps'; readonly base: Version | null; readonly steps: readonly TransferStep[] }
  /** Partial state is of no use: discard it, list the dataset again, plan again. */
  | { readonly kind: 'abandon'; readonly reason: string; readonly discardedBytes: bigint; readonly token: string };

export interface PlanContext {
  readonly policy: ReplicationPolicy;
  readonly receiverLabel: string;
  readonly rank: BaseRank;
  /** A later attempt goes no further than the target of the attempt before: its guid. */
  readonly upTo?: bigint;
}

/** Plans one dataset. `target` is undefined where the receiver does not have it. */
export function planDataset(
  source: SenderDataset,
  target: ReceiverDataset | undefined,
  context: PlanContext,
): DatasetPlan {
  const { policy, rank, receiverLabel } = context;
  const problem = (error: ProblemError): DatasetPlan => ({ kind: 'problem', problem: error });

  if (source.isPlaceholder) {
    return target !== undefined && !isEmptyPlaceholder(target)
      ? problem(new ProblemError('placeholder-conflict', { name: source.dataset, host: receiverLabel }))
      : { kind: 'skip', reason: remark('send-stand-in') };
  }
  const refused = refuseBySendPolicy(source, policy.send);
  if (refused !== null) return problem(refused);
  if (source.versions.length === 0) {
    return problem(new ProblemError('no-sender-versions', { name: source.dataset }));
  }
  if (target !== undefined && !isEmptyPlaceholder(target)) {
    const chained = refuseByChain(source, target, policy.send, receiverLabel);
    if (chained !== null) return problem(chained);
    if (policy.send.encrypted && !target.encrypted && target.versions.some(({ type }) => type === 'snapshot')) {
      return problem(new ProblemError('received-unencrypted', { name: target.localName, host: receiverLabel }));
    }
  }

  if (target !== undefined && target.resumeToken !== null) {
    const verdict = judgeToken(source, target, target.resumeToken, policy.send, rank);
    switch (verdict.kind) {
      case 'error':
        return problem(verdict.problem);
      case 'abandon':
        return {
          kind: 'abandon',
          reason: verdict.reason,
          discardedBytes: verdict.discardedBytes,
          token: verdict.text,
        };
      case 'resume': {
        const after = sortVersions(source.versions, rank).filter(
          (version) =>
            version.type === 'snapshot' && version.createtxg > verdict.to.createtxg && policy.wants(version.name),
        );
        const first: TransferStep = {
          dataset: source.dataset,
          from: verdict.from,
          to: verdict.to,
          between: [],
          resume: { text: verdict.text, token: verdict.token },
        };
        const rest = groupPath(source, verdict.to, limit(after, verdict.to, source, context.upTo), policy.stepwise);
        // The step in flight is finished even when a later attempt was to stop before it: it costs least that way.
        return { kind: 'steps', base: verdict.from, steps: [first, ...rest] };
      }
    }
  }

  const difference = diffVersions(target?.versions ?? [], source.versions, rank);
  switch (difference.kind) {
    case 'no-sender-versions':
      return problem(new ProblemError('no-sender-versions', { name: source.dataset }));
    case 'diverged':
      return problem(
        new ProblemError(
          'diverged',
          { name: target?.localName ?? source.dataset, host: receiverLabel },
          {
            detail: [
              `last common: ${relname(difference.common)}`,
              `only on the sender: ${difference.senderOnly.map(relname).join(' ') || '-'}`,
              `only on the receiver: ${difference.receiverOnly.map(relname).join(' ') || '-'}`,
            ].join('\n'),
          },
        ),
      );
    case 'no-common-ancestor':
      return planInitial(source, target, difference.receiver, context);
    case 'up-to-date':
      return { kind: 'up-to-date', common: difference.common };
    case 'path': {
      const wanted = limit(
        difference.missing.filter((version) => policy.wants(version.name)),
        difference.base,
        source,
        context.upTo,
      );
      if (wanted.length === 0) return { kind: 'up-to-date', common: difference.base };
      return {
        kind: 'steps',
        base: difference.base,
        steps: groupPath(source, difference.base, wanted, policy.stepwise),
      };
    }
  }
}

function planInitial(
  source: SenderDataset,
  target: ReceiverDataset | undefined,
  theirs: readonly Version[],
  context: PlanContext,
): DatasetPlan {
  const { policy, receiverLabel, rank } = context;
  const problem = (error: ProblemError): DatasetPlan => ({ kind: 'problem', problem: error });
  if (theirs.length > 0) {
    const detail = [
      `on the sender: ${sortVersions(source.versions, rank).map(relname).join(' ')}`,
      `on the receiver: ${theirs.map(relname).join(' ')}`,
    ].join('\n');
    return problem(new ProblemError('no-common-ancestor', { name: source.dataset, host: receiverLabel }, { detail }));
  }
  const all = sortVersions(source.versions, rank).filter((version) => version.type === 'snapshot');
  const wanted = limit(
    all.filter((version) => policy.wants(version.name)),
    null,
    source,
    context.upTo,
  );
  // Bookmarks alone, or only snapshots the filter leaves out: there is nothing to start a copy from.
  const oldest = wanted[0];
  const newest = wanted.at(-1);
  if (oldest === undefined || newest === undefined) {
    return problem(new ProblemError('no-sender-versions', { name: source.dataset }));
  }
  if (policy.initial === 'fail') {
    return problem(new ProblemError('initial-refused', { name: source.dataset, host: receiverLabel }));
  }
  if (target !== undefined) {
    const refused = refuseInitialInto(target, source, policy, receiverLabel);
    if (refused !== null) return problem(refused);
  }
  const start = policy.initial === 'all' ? oldest : newest;
  const full: TransferStep = { dataset: source.dataset, from: null, to: start, between: [], resume: null };
  const rest = policy.initial === 'all' ? groupPath(source, start, wanted.slice(1), policy.stepwise) : [];
  return { kind: 'steps', base: null, steps: [full, ...rest] };
}

/** Why a first full receive cannot go into a dataset that exists there; null when it can. */
function refuseInitialInto(
  target: ReceiverDataset,
  source: SenderDataset,
  policy: ReplicationPolicy,
  receiverLabel: string,
): ProblemError | null {
  const facts = { name: target.localName, host: receiverLabel };
  const rawEncrypted = source.encrypted && policy.send.flags.raw;
  if (target.placeholderFlag) {
    // zfs receive -F neither destroys an encrypted dataset nor puts an encrypted one in place of a plain one.
    return target.encrypted || rawEncrypted ? new ProblemError('placeholder-cannot-be-replaced', facts) : null;
  }
  if (target.ours && !target.hasChildren && !target.encrypted && !rawEncrypted) return null;
  return new ProblemError('destination-exists', facts);
}

/** The placeholder flag is set and nothing speaks against it. */
function isEmptyPlaceholder(target: ReceiverDataset): boolean {
  return (
    target.placeholderFlag &&
    target.resumeToken === null &&
    !target.versions.some((version) => version.type === 'snapshot')
  );
}

/**
 * The part of a path up to the target of the attempt before. Nothing is left of it where that target is reached already; the
 * whole path is where it is gone from the sender.
 */
function limit(
  path: readonly Version[],
  start: Version | null,
  source: SenderDataset,
  upTo: bigint | undefined,
): readonly Version[] {
  if (upTo === undefined) return path;
  const last = path.findIndex((version) => version.guid === upTo);
  if (last >= 0) return path.slice(0, last + 1);
  const target = source.versions.find((version) => version.guid === upTo);
  const reached = start !== null && target !== undefined && target.createtxg <= start.createtxg;
  return reached ? [] : path;
}

/** "@name" or "#name". */
export function relname(version: Pick<Version, 'type' | 'name'>): string {
  return `${version.type === 'snapshot' ? '@' : '#'}${version.name}`;
}
