import { useRef } from 'react';
import type { Progress } from '../model/progress.ts';
import { forward, steadyEnd, steadyRate } from '../text/steady.ts';

interface Shown {
  readonly key: string;
  readonly fraction: number | null;
  readonly rate: number | null;
  readonly endMs: number | null;
}

export interface SteadyProgress {
  readonly fraction: number | null;
  readonly bytesPerSecond: number | null;
  readonly remainingMs: number | null;
}

/** The figures of a progress as they are shown: never back, never twitching, as long as `key` names the same transfer. */
export function useSteady(key: string, progress: Progress, nowMs: number): SteadyProgress {
  const shown = useRef<Shown | null>(null);
  const before = shown.current?.key === key ? shown.current : null;
  const next: Shown = {
    key,
    // Where the whole is not known there is no part of it, whatever was shown before.
    fraction: progress.fraction === null ? null : forward(before?.fraction ?? null, progress.fraction),
    rate: steadyRate(before?.rate ?? null, progress.bytesPerSecond),
    endMs: steadyEnd(before?.endMs ?? null, nowMs, progress.remainingMs),
  };
  shown.current = next;
  return {
    fraction: next.fraction,
    bytesPerSecond: next.rate,
    remainingMs: next.endMs === null ? null : Math.max(0, next.endMs - nowMs),
  };
}
