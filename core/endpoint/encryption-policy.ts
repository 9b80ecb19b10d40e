/**
 * Whether a dataset may leave as the job would send it. Pure. Encrypted-only jobs never send a dataset that is not encrypted;
 * raw without that promise never sends an encrypted one. The planner asks at once, and the sender asks again before it sends:
 * the planner may be another machine.
 */
import { ProblemError } from '../api/problem.ts';
import type { SenderDataset } from './types.ts';

export interface EncryptionPolicy {
  /** Only encrypted data may leave. */
  readonly encryptedOnly: boolean;
  /** Encrypted data leaves as it is on disk. */
  readonly raw: boolean;
}

/** Why the policy refuses this dataset; null when it does not. */
export function refuseByEncryption(
  source: Pick<SenderDataset, 'dataset' | 'encrypted' | 'keyLoaded'>,
  policy: EncryptionPolicy,
): ProblemError | null {
  if (policy.encryptedOnly && !source.encrypted) {
    return new ProblemError('encrypted-requested-but-unencrypted', { name: source.dataset });
  }
  if (policy.raw && source.encrypted && !policy.encryptedOnly) {
    return new ProblemError('raw-policy-violated', { name: source.dataset });
  }
  if (policy.encryptedOnly && !policy.raw) {
    return new ProblemError('internal', { reason: `${source.dataset} would leave in clear text` });
  }
  if (source.encrypted && !policy.raw && source.keyLoaded === false) {
    return new ProblemError('key-not-loaded', { name: source.dataset, host: 'the sender' });
  }
  return null;
}
