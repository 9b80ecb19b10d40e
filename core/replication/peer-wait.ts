/** What a run does while a peer does not answer: wake it up, wait, or give up. Pure. Times are monotonic milliseconds. */
import type { ProblemCode, ProblemFacts } from '../api/problem.ts';

/** A machine that comes up is asked this often, whatever the back-off says. */
export const WAKING_PAUSE_MS = 5_000;

export interface PeerFacts {
  readonly nowMs: number;
  /** When the run gives up on a peer that nobody has woken. */
  readonly untilMs: number;
  /** Pause that the back-off asks for. */
  readonly pauseMs: number;
  /** Nobody answered the last time, neither with a refusal. */
  readonly silent: boolean;
  /** Time that a woken machine gets; null where this run wakes none. */
  readonly wakeMs: number | null;
  /** When this run sent its packets; null before. */
  readonly wokenAtMs: number | null;
}

export type PeerStep =
  /** Send packets, and decide anew. Never comes again once `wokenAtMs` is set. */
  | { readonly kind: 'wake' }
  /** `wakingUntilMs` is null when the machine was not woken, or has had its time. */
  | {
      readonly kind: 'wait';
      readonly pauseMs: number;
      readonly untilMs: number;
      readonly wakingUntilMs: number | null;
    }
  | { readonly kind: 'give-up' };

/** The next step of a run whose peer does not answer. A machine that was woken gets its time even where that takes longer. */
export function nextPeerStep({ nowMs, untilMs, pauseMs, silent, wakeMs, wokenAtMs }: PeerFacts): PeerStep {
  const wokenUntilMs = wakeMs === null || wokenAtMs === null ? null : wokenAtMs + wakeMs;
  const endMs = Math.max(untilMs, wokenUntilMs ?? untilMs);
  if (nowMs >= endMs) return { kind: 'give-up' };
  if (wakeMs !== null && wokenAtMs === null && silent) return { kind: 'wake' };
  const waking = wokenUntilMs !== null && nowMs < wokenUntilMs;
  const longestMs = waking ? Math.min(pauseMs, WAKING_PAUSE_MS) : pauseMs;
  return {
    kind: 'wait',
    pauseMs: Math.min(longestMs, endMs - nowMs),
    untilMs: endMs,
    wakingUntilMs: waking ? wokenUntilMs : null,
  };
}

/** Whether a problem says that just now nobody answered: a refused port or a failure of before say nothing of the kind. */
export function isSilence({ code, facts }: { readonly code: ProblemCode; readonly facts: ProblemFacts }): boolean {
  return code === 'host-unreachable' && facts.answer === undefined;
}
