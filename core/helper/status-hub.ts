/**
 * Gathers what the jobs say about themselves into one status with a revision, and tells listeners of changes: the whole new
 * status of the jobs that changed, a few times a second at most, however often the jobs change.
 */
import type { Clock } from '../api/clock.ts';
import type { StatusChanged } from '../api/contract.ts';
import type { DaemonStatus, JobStatus } from '../api/status.ts';

/** Time between two notifications at least. */
const CHANGE_INTERVAL_MS = 250;

export interface StatusSource {
  readonly name: string;
  status(): JobStatus;
}

export interface HubFacts {
  readonly version: string;
  readonly configFile: string;
  /** Commands that run, and those that the kernel would not let go. */
  readonly commands: () => DaemonStatus['commands'];
  /** What else concerns all jobs. */
  readonly whole: () => Pick<DaemonStatus, 'state' | 'paused' | 'conditions'>;
}

export class StatusHub {
  readonly #clock: Clock;
  readonly #facts: HubFacts;
  #sources: readonly StatusSource[];
  readonly #startedAtMs: number;
  readonly #listeners = new Set<(change: StatusChanged) => void>();
  readonly #dirty = new Set<string>();
  #configReadAtMs: number | null = null;
  #revision = 0;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #waiting = false;
  readonly #stopped = new AbortController();

  constructor(sources: readonly StatusSource[], facts: HubFacts, clock: Clock) {
    this.#sources = sources;
    this.#facts = facts;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
  }

  get version(): string {
    return this.#facts.version;
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  get configFile(): string {
    return this.#facts.configFile;
  }

  /** Everything as it is now. A listener registered at the same moment misses nothing that comes after. */
  status(): DaemonStatus {
    return {
      revision: this.#revision,
      version: this.#facts.version,
      startedAtMs: this.#startedAtMs,
      nowMs: this.#clock.nowMs(),
      configFile: this.#facts.configFile,
      ...(this.#configReadAtMs === null ? {} : { configReadAtMs: this.#configReadAtMs }),
      jobs: this.#sources.map((source) => source.status()),
      commands: this.#facts.commands(),
      ...this.#facts.whole(),
    };
  }

  /** Calls the listener with every change. Returns how to stop that. */
  listen(listener: (change: StatusChanged) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From now on these are the jobs. The gap in the revisions makes every client ask for the whole. */
  become(sources: readonly StatusSource[]): void {
    this.#sources = sources;
    this.#configReadAtMs = this.#clock.nowMs();
    this.#revision += 1;
    this.touch(null);
  }

  /** Says that the status of a job, or (null) only of the daemon itself, is another one now. Cheap. */
  touch(job: string | null): void {
    if (job !== null) this.#dirty.add(job);
    if (this.#waiting) return;
    this.#waiting = true;
    const sinceMs = this.#clock.monotonicMs() - this.#lastSentMs;
    void this.#clock.sleep(Math.max(0, CHANGE_INTERVAL_MS - sinceMs), this.#stopped.signal).then(
      () => this.#send(),
      // Stopped: nobody listens any more.
      () => {},
    );
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stopped.abort();
    this.#listeners.clear();
  }

  #send(): void {
    this.#waiting = false;
    this.#lastSentMs = this.#clock.monotonicMs();
    this.#revision += 1;
    const jobs = this.#sources.filter((source) => this.#dirty.has(source.name)).map((source) => source.status());
    this.#dirty.clear();
    const { commands, whole } = this.#facts;
    const nowMs = this.#clock.nowMs();
    const change = { revision: this.#revision, nowMs, jobs, commands: commands(), ...whole() };
    for (const listener of this.#listeners) listener(change);
  }
}
