/** How long a daemon takes to tell its status, and what its other jobs do meanwhile. */
import { systemClock } from '../../../../core/host/system-clock.ts';
import type { Daemon } from '../../torture/daemon.ts';
import { NAS_JOB } from './household.ts';

const EVERY_MS = 100;

/** Of round trips over the socket. */
export interface RoundTrips {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

export interface Measured {
  readonly status: RoundTrips;
  /** Runs to the NAS that have ended, and those of them that failed. */
  readonly nasRuns: number;
  readonly nasFailures: number;
}

/** Pure. */
export function roundTripsOf(timesMs: readonly number[]): RoundTrips {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
  return { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}

export class Meter {
  readonly #daemon: Daemon;
  readonly #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();
  #timesMs: number[] = [];
  /** By when they began. */
  #nas = new Map<number, boolean>();

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  begin(): void {
    this.#over = this.#measure();
  }

  /** What was measured since the last time. */
  cut(): Measured {
    const runs = [...this.#nas.values()];
    const measured = {
      status: roundTripsOf(this.#timesMs),
      nasRuns: runs.length,
      nasFailures: runs.filter((failed) => failed).length,
    };
    this.#timesMs = [];
    this.#nas = new Map();
    return measured;
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#over;
  }

  async #measure(): Promise<void> {
    const { signal } = this.#stop;
    let known: number | null = null;
    while (!signal.aborted) {
      const beganMs = performance.now();
      // A daemon that was killed tells nothing.
      const status = await this.#daemon.status().catch(() => null);
      if (status !== null) {
        this.#timesMs.push(performance.now() - beganMs);
        const nas = status.jobs.find(({ name }) => name === NAS_JOB);
        const atMs = nas?.stage === 'idle' ? (nas.lastWake?.atMs ?? null) : null;
        if (nas !== undefined && atMs !== null && atMs !== known) {
          if (known !== null) this.#nas.set(atMs, nas.lastRunFailed === true);
          known = atMs;
        }
      }
      await systemClock.sleep(EVERY_MS, signal).catch(() => undefined);
    }
  }
}
