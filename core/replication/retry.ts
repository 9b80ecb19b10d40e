/** When to try again, and how long to wait. Decided structurally from the problem's code, never from its text. Pure. */
import type { RetryAdvice } from '../api/problem.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

export const DEFAULT_RETRY_POLICY: RetryPolicy = { fruitlessAttempts: 3, hardFailMs: 10 * 60_000 };

export interface RetryPolicy {
  /** Attempts in a row that move nothing, before the run gives up. */
  readonly fruitlessAttempts: number;
  /** Time without any progress while the peer is away, before the run gives up. */
  readonly hardFailMs: number;
}

export type NextAttempt =
  | { readonly kind: 'end' }
  /** The plan was out of date: plan anew without waiting. */
  | { readonly kind: 'at-once' }
  | { readonly kind: 'after'; readonly waitMs: number };

/**
 * What follows an attempt.
 * @param advices of every problem of the attempt; a run goes on while at least one can be helped by trying again
 * @param fruitless attempts in a row without progress, this one included
 * @param random in [0, 1): spreads many machines that lost the same NAS
 */
export function nextAttempt(
  advices: readonly RetryAdvice[],
  fruitless: number,
  policy: RetryPolicy,
  random: () => number,
): NextAttempt {
  const soon = advices.includes('soon');
  if (!soon && !advices.includes('replan')) return { kind: 'end' };
  if (fruitless >= policy.fruitlessAttempts) return { kind: 'end' };
  if (!soon) return { kind: 'at-once' };
  const ceilingMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(fruitless, 10));
  return { kind: 'after', waitMs: Math.round(ceilingMs * (0.5 + random() / 2)) };
}
