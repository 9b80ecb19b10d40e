/**
 * Whether a dataset may be sent at all, decided before any byte and without a process per dataset. Pure.
 * Encrypted-only jobs never send a dataset that is not encrypted; raw without that promise never sends an encrypted one.
 */
import { ProblemError } from '../api/problem.ts';
import { chainFlags } from '../endpoint/chain.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import type { SendPolicy } from './policy.ts';

/** Why the policy of the job refuses this dataset; null when it does not. */
export function refuseBySendPolicy(source: SenderDataset, policy: SendPolicy): ProblemError | null {
  if (policy.encrypted && !source.encrypted) {
    return new ProblemError('encrypted-requested-but-unencrypted', { name: source.dataset });
  }
  if (policy.flags.raw && source.encrypted && !policy.encrypted) {
    return new ProblemError('raw-policy-violated', { name: source.dataset });
  }
  if (source.encrypted && !policy.flags.raw && source.keyLoaded === false) {
    return new ProblemError('key-not-loaded', { name: source.dataset, host: 'the sender' });
  }
  return null;
}

/** Why this copy must not be continued with these flags and this key; null when it may. */
export function refuseByChain(
  source: SenderDataset,
  target: ReceiverDataset,
  policy: SendPolicy,
  receiverLabel: string,
): ProblemError | null {
  const now = chainFlags(policy.flags);
  if (target.chain !== null && target.chain !== now) {
    return new ProblemError('chain-flags-changed', {
      name: source.dataset,
      host: receiverLabel,
      before: target.chain,
      now,
    });
  }
  if (
    policy.flags.raw &&
    source.keyFingerprint !== null &&
    target.key !== null &&
    target.key !== source.keyFingerprint
  ) {
    return new ProblemError('encryption-root-changed', { name: target.localName, host: receiverLabel });
  }
  return null;
}
