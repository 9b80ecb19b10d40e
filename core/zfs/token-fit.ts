/**
 * Whether a resume token asks for the very step at hand. Pure. A token can ask for any snapshot the sender may read and for
 * any flags, so nothing is sent for one that says anything else than the plan.
 */

import { ProblemError } from '../api/problem.ts';
import { type RemarkCode, remark } from '../api/remark.ts';
import type { ResumeToken } from './token.ts';

export interface TokenRequest {
  readonly dataset: string;
  /** Absent: a full send. */
  readonly from?: { readonly guid: bigint };
  readonly to: { readonly guid: bigint };
  readonly encryptedDataset: boolean;
  /** The job promises that only encrypted data leaves. */
  readonly encryptedPolicy: boolean;
}

export type TokenMisfit =
  | 'dataset'
  | 'from-presence'
  | 'from-guid'
  | 'to-guid'
  | 'encryption-not-set'
  | 'encryption-set'
  | 'redacted'
  | 'saved';

const SENTENCES: Readonly<Record<TokenMisfit, RemarkCode>> = {
  dataset: 'token-dataset',
  'from-presence': 'token-full',
  'from-guid': 'token-from',
  'to-guid': 'token-to',
  'encryption-not-set': 'token-clear-text',
  'encryption-set': 'token-raw',
  redacted: 'token-redacted',
  saved: 'token-saved',
};

/** The first thing in which the token differs from the request; null when it fits. */
export function tokenMisfit(token: ResumeToken, request: TokenRequest): TokenMisfit | null {
  if (token.toName.slice(0, token.toName.indexOf('@')) !== request.dataset) return 'dataset';
  if ((token.fromGuid === null) !== (request.from === undefined)) return 'from-presence';
  if (request.from !== undefined && token.fromGuid !== request.from.guid) return 'from-guid';
  if (token.toGuid !== request.to.guid) return 'to-guid';
  if (request.encryptedDataset && request.encryptedPolicy && !token.rawOk) return 'encryption-not-set';
  if (request.encryptedDataset && !request.encryptedPolicy && token.rawOk) return 'encryption-set';
  if (token.redacted) return 'redacted';
  if (token.savedOk) return 'saved';
  return null;
}

/** @throws ProblemError `token-mismatch` with the reason */
export function checkTokenFits(token: ResumeToken, request: TokenRequest): void {
  const misfit = tokenMisfit(token, request);
  if (misfit !== null) {
    throw new ProblemError('token-mismatch', { name: request.dataset, reason: remark(SENTENCES[misfit]) });
  }
}
