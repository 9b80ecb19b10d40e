/** What the window knows, and how surely. */
import type { Problem } from '../../core/api/problem.ts';
import type { DaemonStatus } from '../../core/api/status.ts';

/** How the window stands with the daemon. */
export type Link =
  /** Nothing has been heard yet. */
  | { readonly kind: 'connecting' }
  /** The status is whole, and every change arrives. */
  | { readonly kind: 'live' }
  /** What is shown, if anything, is from before `sinceMs` (the session's own time). */
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly problem: Problem };

/** The daemon's status and when it was heard, in the session's own time. */
export interface Heard {
  readonly status: DaemonStatus;
  readonly atMs: number;
}

export interface View {
  readonly link: Link;
  /** Null until the first whole status has come. */
  readonly heard: Heard | null;
}

export const NOTHING_HEARD: View = { link: { kind: 'connecting' }, heard: null };

/** The daemon's time now, by its own clock: what it said last, and how long ago that was. */
export function daemonNowMs(heard: Heard, sessionNowMs: number): number {
  return heard.status.nowMs + Math.max(0, sessionNowMs - heard.atMs);
}
