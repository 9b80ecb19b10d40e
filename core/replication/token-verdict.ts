/**
 * What to do with partial state on the receiver. Pure. The token comes from the other side: it is compared with what the
 * sender really has before anything is sent for it.
 */
import { ProblemError } from '../api/problem.ts';
import { type RemarkCode, remark } from '../api/remark.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import { decodeResumeToken, type ResumeToken } from '../zfs/token.ts';
import type { Version } from '../zfs/types.ts';
import { type BaseRank, sortVersions } from './diff.ts';
import type { SendPolicy } from './policy.ts';

export type TokenVerdict =
  | {
      readonly kind: 'resume';
      readonly from: Version | null;
      readonly to: Version;
      readonly text: string;
      readonly token: ResumeToken;
    }
  /** The state is of no use any more: discard it and plan as if it were not there. */
  | { readonly kind: 'abandon'; readonly reason: string; readonly discardedBytes: bigint; readonly text: string }
  /** Never discarded by itself. */
  | { readonly kind: 'error'; readonly problem: ProblemError };

/** @param target must have a resume token */
export function judgeToken(
  source: SenderDataset,
  target: ReceiverDataset,
  text: string,
  policy: SendPolicy,
  rank: BaseRank,
): TokenVerdict {
  let token: ResumeToken;
  try {
    token = decodeResumeToken(text);
  } catch {
    return { kind: 'error', problem: new ProblemError('token-corrupt', { name: target.localName }) };
  }
  const mismatch = (reason: string): TokenVerdict => ({
    kind: 'error',
    problem: new ProblemError('token-mismatch', { name: target.localName, reason }),
  });
  const abandon = (why: RemarkCode): TokenVerdict => ({
    kind: 'abandon',
    reason: remark(why),
    discardedBytes: token.bytes ?? 0n,
    text,
  });
  if (token.savedOk) return mismatch('it is a token of a saved send');
  if (token.redacted) return mismatch('it is a token of a redacted send');

  const sorted = sortVersions(source.versions, rank);
  const to = sorted.findLast((version) => version.type === 'snapshot' && version.guid === token.toGuid);
  const fromGuid = token.fromGuid;
  const from = fromGuid === null ? null : (sorted.findLast((version) => version.guid === fromGuid) ?? undefined);
  const belongsToOther = tokenDataset(token) !== source.dataset && to === undefined;
  if (belongsToOther) return abandon('partial-of-other');
  // Never thrown away by itself, not even when it is of no use: somebody should know how it came to be there.
  if (source.encrypted && policy.encrypted && !token.rawOk) {
    return mismatch('this job promises encryption, and the token asks for a stream in clear text');
  }
  if (source.encrypted && !policy.encrypted && token.rawOk) {
    return mismatch('this job sends in clear text, and the token asks for a raw stream');
  }
  if (to === undefined) return abandon('partial-target-gone');
  if (from === undefined) return abandon('partial-base-gone');
  if (from !== null && from.guid === to.guid) return mismatch('it starts and ends at the same snapshot');
  // After a rename the token still names the old dataset, and zfs would look for it there.
  if (tokenDataset(token) !== source.dataset) return abandon('partial-renamed');

  const newest = sortVersions(target.versions.filter((version) => version.type === 'snapshot')).at(-1);
  if (from === null && newest !== undefined) return abandon('partial-receiver-ahead');
  if (from !== null && newest?.guid !== from.guid) return abandon('partial-base-not-newest');
  return { kind: 'resume', from, to, text, token };
}

/** The dataset a token names; empty when it names none. */
function tokenDataset(token: ResumeToken): string {
  const at = token.toName.indexOf('@');
  return at < 0 ? '' : token.toName.slice(0, at);
}
