/**
 * The pauses that persons have asked for: of all jobs, or of single ones. They outlive the daemon. A file that cannot be read
 * means no pause: backups that go on are the smaller harm.
 */
import { z } from 'zod';
import type { Clock } from '../api/clock.ts';
import { type Held, type Pause, pauseSchema } from '../api/conditions.ts';
import type { PauseUntil } from '../api/control.ts';
import { jobName } from '../api/primitives.ts';
import { sleepUntilWall } from '../host/system-clock.ts';
import { isOver, pauseEnd } from '../job/pause-end.ts';
import type { Log } from '../monitoring/log.ts';
import type { StateFile } from './state-file.ts';

const FILE_BYTES_MAX = 1024 * 1024;

const fileSchema = z.strictObject({ all: pauseSchema.nullable(), jobs: z.array(z.tuple([jobName, pauseSchema])) });

export class Pauses {
  readonly #file: StateFile | null;
  readonly #clock: Clock;
  readonly #log: Log;
  /** By job; null stands for all of them. */
  readonly #pauses = new Map<string | null, Pause>();
  #onChange: () => void = () => {};
  #changed = new AbortController();
  #writing: Promise<boolean> = Promise.resolve(true);

  private constructor(file: StateFile | null, clock: Clock, log: Log) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never rejects. */
  static async open(file: StateFile | null, clock: Clock, log: Log): Promise<Pauses> {
    const pauses = new Pauses(file, clock, log);
    await pauses.#read();
    return pauses;
  }

  /** The pause of this job (null: of all jobs); null when there is none. */
  of(job: string | null): Pause | null {
    const pause = this.#pauses.get(job);
    return pause === undefined || isOver(pause, this.#clock.nowMs()) ? null : pause;
  }

  /** What holds this job back. */
  heldOf(job: string): readonly Held[] {
    const both = [this.of(job), this.of(null)].filter((pause) => pause !== null);
    return both.map((pause) => ({ reason: 'paused', ...pause }));
  }

  /** Calls the listener whenever a pause has begun, changed or ended. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Begins a pause, or changes its end. `kept`: it is on disk. */
  async set(job: string | null, until: PauseUntil): Promise<{ readonly pause: Pause; readonly kept: boolean }> {
    const nowMs = this.#clock.nowMs();
    const pause = { sinceMs: this.of(job)?.sinceMs ?? nowMs, untilMs: pauseEnd(until, nowMs) };
    this.#pauses.set(job, pause);
    return { pause, kept: await this.#note() };
  }

  /** Ends the pause of this job; null ends every pause. `done`: there was one. */
  async clear(job: string | null): Promise<{ readonly done: boolean; readonly kept: boolean }> {
    const ended = job === null ? [...this.#pauses.keys()] : [job];
    const done = ended.some((one) => this.of(one) !== null);
    for (const one of ended) this.#pauses.delete(one);
    return { done, kept: await this.#note() };
  }

  /** Ends every pause when its time is over, until aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = AbortSignal.any([signal, this.#changed.signal]);
      const ends = [...this.#pauses.values()].flatMap(({ untilMs }) => (untilMs === null ? [] : [untilMs]));
      if (ends.length === 0) await aborted(changed);
      else await sleepUntilWall(this.#clock, Math.min(...ends), changed).catch(() => {});
      await this.#endOver();
    }
  }

  /** Resolves when what was asked for is on disk, or cannot be put there. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #endOver(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const over = [...this.#pauses].filter(([, pause]) => isOver(pause, nowMs));
    for (const [job] of over) this.#pauses.delete(job);
    if (over.length > 0) await this.#note();
  }

  async #note(): Promise<boolean> {
    this.#changed.abort();
    this.#changed = new AbortController();
    this.#onChange();
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<boolean> {
    if (this.#file === null) return false;
    const jobs = [...this.#pauses].flatMap(([job, pause]) => (job === null ? [] : [[job, pause] as const]));
    const text = `${JSON.stringify({ all: this.#pauses.get(null) ?? null, jobs })}\n`;
    try {
      await this.#file.replace(text);
      return true;
    } catch (thrown) {
      this.#log.warn({ err: thrown }, 'the pauses could not be kept on disk: a new daemon will not know them');
      return false;
    }
  }

  async #read(): Promise<void> {
    try {
      const found = (await this.#file?.read(FILE_BYTES_MAX)) ?? null;
      if (found === null) return;
      const { all, jobs } = fileSchema.parse(JSON.parse(found.text));
      if (all !== null) this.#pauses.set(null, all);
      for (const [job, pause] of jobs) this.#pauses.set(job, pause);
    } catch (thrown) {
      this.#log.warn({ err: thrown }, 'the pauses of the daemon before could not be read; nothing is paused');
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
