/** Which conditions of the machine hold a job back, and which runs keep the machine awake. Pure. */
import type { Conditions, Held } from '../api/conditions.ts';
import type { JobReport } from '../api/status.ts';
import type { WaitFor } from '../config/types.ts';

/** After the machine has woken up, networks and drives need a moment; nothing is late by so little. */
export const WAKE_GRACE_MS = 30_000;

/** Since when the machine has been as it is. */
export interface ConditionsSince {
  readonly powerMs: number;
  readonly networkMs: number;
}

/** What is not known holds nothing back: a backup that is made is the smaller harm. */
export function heldByConditions(
  waitFor: readonly WaitFor[],
  { power, network, wokeAtMs }: Conditions,
  since: ConditionsSince,
  nowMs: number,
): readonly Held[] {
  const held: Held[] = [];
  if (waitFor.includes('mains') && power === 'battery') {
    held.push({ reason: 'on-battery', sinceMs: since.powerMs, untilMs: null });
  }
  if (waitFor.includes('unmetered') && network === 'metered') {
    held.push({ reason: 'metered', sinceMs: since.networkMs, untilMs: null });
  }
  // A clock that was set back must not make the grace a long one.
  if (wokeAtMs !== null && nowMs >= wokeAtMs && nowMs - wokeAtMs < WAKE_GRACE_MS) {
    held.push({ reason: 'just-woke', sinceMs: wokeAtMs, untilMs: wokeAtMs + WAKE_GRACE_MS });
  }
  return held;
}

/** Whether the machine should not fall asleep now: somebody has asked for this run, or it is the first copy of a dataset. */
export function keepsAwake({ stage, lastWake, replication }: JobReport): boolean {
  if (stage === 'idle' || stage === 'refused' || replication?.waiting != null) return false;
  if (lastWake?.reason === 'run') return true;
  const datasets = replication?.attempts.at(-1)?.datasets ?? [];
  return datasets.some(({ state, steps, currentStep }) => state === 'stepping' && steps[currentStep]?.kind === 'full');
}
