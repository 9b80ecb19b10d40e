/** Whether a dataset may be sent at all, decided before any byte and without a process per dataset. Pure. */
import { ProblemError } from '../api/problem.ts';
import { chainFlags } from '../endpoint/chain.ts';
import { refuseByEncryption } from '../endpoint/encryption-policy.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import type { SendPolicy } from './policy.ts';

/** Why the policy of the job refuses this dataset; null when it does not. */
export function refuseBySendPolicy(source: SenderDataset, policy: SendPolicy): ProblemError | null {
  return refuseByEncryption(source, { encryptedOnly: policy.encrypted, raw: policy.flags.raw });
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
