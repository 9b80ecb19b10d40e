/** How much a job may send a second: what is configured, what the hour of the day asks for, and what somebody has set for now. */
import type { BandwidthLimit, Config } from '../config/types.ts';

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

/** What is configured for each job, and the limit that somebody has set for now, for all of them. */
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

  /** What is configured from now on, by job; felt as what is set for now. Jobs that are not among them send no more. */
  configure(limits: ReadonlyMap<string, readonly BandwidthLimit[]>): void {
    this.#configured.clear();
    for (const [job, configured] of limits) this.#configured.set(job, configured);
  }

  /** What a job may send a second, asked again and again while it sends. */
  limitOf(job: string, configured: readonly BandwidthLimit[], nowMs: () => number): () => number | null {
    this.#configured.set(job, configured);
    return () => limitAt(this.#configured.get(job) ?? configured, this.#override, nowMs());
  }

  /** The limit of every job that sends, as it is at this moment. */
  all(nowMs: number): { job: string; bytesPerSecond: number | null }[] {
    return [...this.#configured].map(([job, limits]) => ({
      job,
      bytesPerSecond: limitAt(limits, this.#override, nowMs),
    }));
  }
}

/** The configured limits of every job that sends: its own, and that of the sink of this machine into which it sends. Pure. */
export function configuredLimits({ jobs }: Config): ReadonlyMap<string, readonly BandwidthLimit[]> {
  return new Map(
    jobs.flatMap((job) => {
      if (job.type !== 'push') return [];
      const { connect } = job;
      const sinks = jobs.flatMap((sink) =>
        connect.type === 'local' &&
        sink.type === 'sink' &&
        sink.serve.type === 'local' &&
        sink.serve.listenerName === connect.listenerName
          ? [sink.recv.bandwidthLimit]
          : [],
      );
      return [[job.name, [job.send.bandwidthLimit, ...sinks]]];
    }),
  );
}
