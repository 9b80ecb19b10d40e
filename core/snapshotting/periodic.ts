/**
 * The rhythm of periodic snapshots as a state machine over plain data. Start of planning to start of planning is one interval;
 * what was missed is not made up: one run, and the next an interval after it.
 */
import { invariant } from '../api/problem.ts';

export type PeriodicState =
  /** Looking for the rhythm, then (with a time) waiting for it. */
  | { readonly name: 'sync-up'; readonly startedMs: number; readonly wakeMs: number | null }
  | { readonly name: 'sync-up-error' | 'waiting' | 'error-wait'; readonly startedMs: number; readonly wakeMs: number }
  | { readonly name: 'planning' | 'snapshotting'; readonly startedMs: number }
  | { readonly name: 'stopped' };

export type PeriodicEvent =
  | { readonly type: 'sync-point'; readonly atMs: number }
  /** Finding the sync point, or listing the datasets, did not work. */
  | { readonly type: 'failed' }
  | { readonly type: 'due'; readonly nowMs: number }
  | { readonly type: 'listed' }
  | { readonly type: 'taken'; readonly anyError: boolean }
  | { readonly type: 'stop' };

/** A clock that goes back by less than this is set right by a time server; by more, somebody or something moved it. */
const SLEW_MS = 60_000;

export function startPeriodic(nowMs: number): PeriodicState {
  return { name: 'sync-up', startedMs: nowMs, wakeMs: null };
}

/** The state after an event. An event that cannot happen in a state is a defect (`internal`). */
export function advance(state: PeriodicState, event: PeriodicEvent, intervalMs: number): PeriodicState {
  if (event.type === 'stop' || state.name === 'stopped') return { name: 'stopped' };
  const { startedMs } = state;
  const wait = (name: 'sync-up-error' | 'waiting' | 'error-wait'): PeriodicState => ({
    name,
    startedMs,
    wakeMs: startedMs + intervalMs,
  });
  switch (event.type) {
    case 'sync-point':
      invariant(state.name === 'sync-up', `a sync point while ${state.name}`);
      return { name: 'sync-up', startedMs, wakeMs: event.atMs };
    case 'failed':
      invariant(state.name === 'sync-up' || state.name === 'planning', `a failed listing while ${state.name}`);
      return wait(state.name === 'sync-up' ? 'sync-up-error' : 'error-wait');
    case 'due':
      invariant('wakeMs' in state && state.wakeMs !== null, `woken while ${state.name}`);
      return { name: 'planning', startedMs: event.nowMs };
    case 'listed':
      invariant(state.name === 'planning', `a listing while ${state.name}`);
      return { name: 'snapshotting', startedMs };
    case 'taken':
      invariant(state.name === 'snapshotting', `snapshots taken while ${state.name}`);
      return wait(event.anyError ? 'error-wait' : 'waiting');
  }
}

/**
 * Milliseconds until a wait of at most one interval is over. A clock that was set back must not make the wait longer than
 * the interval: then it is over at once.
 */
export function remainingMs(wakeMs: number, nowMs: number, intervalMs: number): number {
  const left = wakeMs - nowMs;
  return left > intervalMs + SLEW_MS ? 0 : left;
}
