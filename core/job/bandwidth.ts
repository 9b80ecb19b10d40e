/** How much a job may send a second: what is configured, what the hour of the day asks for, and what somebody has set for now. */
import type { BandwidthLimit } from '../config/types.ts';

/** The lowest of all that apply at this moment, by the clock of this machine; null is no limit. Pure. */
export function limitAt(configured: readonly BandwidthLimit[], override: number | null, nowMs: number): number | null {
  const limits = configured.flatMap(({ maxBytesPerSecond, quietHours }) => [
    maxBytesPerSecond,
    quietHours !== null && isWithin(quietHours, nowMs) ? quietHours.maxBytesPerSecond : null,
  ]);
  const set = [...limits, override].filter((limit) => limit !== null);
  return set.length === 0 ? null : Math.min(...set);
}

/** Hours that end before they begin go over midnight. */
function isWithin({ fromMinute, toMinute }: NonNullable<BandwidthLimit['quietHours']>, nowMs: number): boolean {
  const now = new Date(nowMs);
  const minute = now.getHours() * 60 + now.getMinutes();
  return fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

/** The limit that somebody has set for now, for all jobs, until the daemon ends or begins anew. */
export class Throttle {
  #override: number | null = null;
  readonly #configured = new Map<string, readonly BandwidthLimit[]>();

  get bytesPerSecond(): number | null {
    return this.#override;
  }

  /** Null: what is configured is all. Felt at once by transfers whose bytes pass through this process, by others from the next. */
  set(bytesPerSecond: number | null): void {
    this.#override = bytesPerSecond;
  }

  /** What a job may send a second, asked again and again while it sends. */
  limitOf(job: string, configured: readonly BandwidthLimit[], nowMs: () => number): () => number | null {
    this.#configured.set(job, configured);
    return () => limitAt(configured, this.#override, nowMs());
  }

  /** The limit of every job that sends, as it is at this moment. */
  all(nowMs: number): { job: string; bytesPerSecond: number | null }[] {
    return [...this.#configured].map(([job, limits]) => ({
      job,
      bytesPerSecond: limitAt(limits, this.#override, nowMs),
    }));
  }
}
