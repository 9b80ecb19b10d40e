/**
 * The history of runs: in memory for whoever asks, and on disk for the next daemon. The disk may be full, slow or gone: then
 * the daemon goes on with what it has in memory, says so once, and writes everything as soon as it can again.
 */
import type { Reply } from '../api/contract.ts';
import type { HistoryEntry } from '../api/history.ts';
import type { RunEvent } from '../job/run-record.ts';
import type { Log } from '../monitoring/log.ts';
import {
  entryOfBegun,
  entryOfEnded,
  entryOfSkipped,
  type HistoryLimits,
  lineOf,
  placeOf,
  readLines,
  successesOf,
  trimmed,
  withoutRunning,
} from './history-lines.ts';
import type { StateFile } from './state-file.ts';

/** Some weeks of a job that runs every ten minutes; about 4 MB at most. */
export const HISTORY_LIMITS: HistoryLimits = { entriesMax: 5000, charsMax: 4 * 1024 * 1024 };
/** Part of the limits that is left after dropping, so that not every entry drops one. */
const KEPT_SHARE = 0.9;
/** What is read of a file at most, however long somebody made it. */
const READ_BYTES_MAX = 16 * 1024 * 1024;

export class History {
  /** Null where nothing must be written. */
  #file: StateFile | null;
  readonly #log: Log;
  readonly #limits: HistoryLimits;
  /** By id, oldest first. */
  readonly #entries = new Map<number, HistoryEntry>();
  readonly #lastOfJob = new Map<string, HistoryEntry>();
  readonly #lastRun = new Map<string, HistoryEntry>();
  /** By job, and by drive of a job. */
  readonly #lastSuccessMs = new Map<string, number>();
  /** Ids of the runs at work. */
  readonly #running = new Map<string, number>();
  #nextId = 1;
  #memoryChars = 0;
  #fileChars = 0;
  /** What is to be put behind the file. */
  #pending = '';
  /** The file is not what it should be: it is written anew. */
  #rewrite = false;
  #writing: Promise<void> | null = null;
  #fault: string | null = null;
  #onFault: () => void = () => {};
  #damagedLines = 0;

  private constructor(file: StateFile | null, log: Log, limits: HistoryLimits) {
    this.#file = file;
    this.#log = log;
    this.#limits = limits;
  }

  /** Reads what the daemons before have left. Without a file, the history lives as long as this process. Never rejects. */
  static async open(file: StateFile | null, log: Log, limits: HistoryLimits = HISTORY_LIMITS): Promise<History> {
    const history = new History(file, log, limits);
    await history.#read();
    return history;
  }

  /** Why the last entries are not on disk; null when they are. */
  get fault(): string | null {
    return this.#fault;
  }

  /** Lines that could not be read at the start. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /** Calls the listener whenever `fault` has come or gone. */
  onFault(listener: () => void): void {
    this.#onFault = listener;
  }

  /** Whether the last run of a job that came to an end failed; false when none is known. */
  lastRunFailed(job: string): boolean {
    const last = this.#lastRun.get(job);
    return last !== undefined && !last.success && (last.outcome === 'failed' || last.outcome === 'problems');
  }

  /** End of the last complete success of a job; null when none is known. */
  lastSuccessMs(job: string): number | null {
    return this.#lastSuccessMs.get(placeOf(job)) ?? null;
  }

  /** When a run of the job had last brought everything to one of its drives; null when it is not known. */
  driveSuccessMs(job: string, poolGuid: string): number | null {
    return this.#lastSuccessMs.get(placeOf(job, poolGuid)) ?? null;
  }

  /** Notes a turn in the life of a job. Cheap; the disk follows. */
  hear(job: string, event: RunEvent): void {
    if (event.kind === 'began') {
      const id = this.#nextId++;
      this.#running.set(job, id);
      this.#put(entryOfBegun(id, job, event));
    } else if (event.kind === 'ended') {
      const begun = this.#running.get(job);
      this.#running.delete(job);
      // A run may outlive its own entry, where other jobs have begun thousands meanwhile.
      const id = begun !== undefined && this.#entries.has(begun) ? begun : this.#nextId++;
      this.#put(entryOfEnded(id, job, event));
    } else {
      this.#put(this.#skip(job, event));
    }
  }

  /** The newest entries first. */
  page(job: string | null, beforeId: number | null, limit: number): Reply<'history'> {
    const fits = (entry: HistoryEntry) =>
      (job === null || entry.job === job) && (beforeId === null || entry.id < beforeId);
    const found = [...this.#entries.values()].filter(fits).reverse();
    return { entries: found.slice(0, limit), more: found.length > limit };
  }

  /** Resolves when what was noted is on disk, or cannot be put there. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #skip(job: string, event: Extract<RunEvent, { kind: 'skipped' }>): HistoryEntry {
    const last = this.#lastOfJob.get(job);
    const before = last !== undefined && this.#entries.has(last.id) ? last : null;
    const entry = entryOfSkipped(this.#nextId, job, event, before);
    if (entry.id === this.#nextId) this.#nextId += 1;
    return entry;
  }

  async #read(): Promise<void> {
    if (this.#file === null) return;
    try {
      const found = await this.#file.read(READ_BYTES_MAX);
      if (found === null) return;
      const { entries, damaged } = readLines(found.text, found.cut);
      this.#damagedLines = damaged;
      this.#fileChars = found.text.length;
      // What comes next must not become part of a line that was cut off.
      if (found.text !== '' && !found.text.endsWith('\n')) this.#pending = '\n';
      for (const entry of withoutRunning(entries)) this.#keep(entry);
      this.#nextId = (entries.at(-1)?.id ?? 0) + 1;
      if (damaged > 0) this.#log.warn({ lines: damaged }, 'lines of the history are damaged and were left out');
      this.#trim();
    } catch (thrown) {
      // What cannot be read may well be written to: that would give old numbers to new runs.
      this.#file = null;
      this.#failed(thrown);
    }
  }

  #put(entry: HistoryEntry): void {
    this.#keep(entry);
    this.#pending += lineOf(entry);
    this.#trim();
    this.#write();
  }

  #keep(entry: HistoryEntry): void {
    const before = this.#entries.get(entry.id);
    this.#memoryChars += lineOf(entry).length - (before === undefined ? 0 : lineOf(before).length);
    this.#entries.set(entry.id, entry);
    this.#lastOfJob.set(entry.job, entry);
    if (entry.outcome !== 'running' && entry.outcome !== 'skipped') this.#lastRun.set(entry.job, entry);
    for (const { place, atMs } of successesOf(entry)) this.#lastSuccessMs.set(place, atMs);
  }

  #trim(): void {
    const { entriesMax, charsMax } = this.#limits;
    if (this.#entries.size > entriesMax || this.#memoryChars > charsMax) {
      const share = { entriesMax: Math.floor(entriesMax * KEPT_SHARE), charsMax: Math.floor(charsMax * KEPT_SHARE) };
      const kept = trimmed([...this.#entries.values()], share);
      this.#entries.clear();
      this.#memoryChars = 0;
      for (const entry of kept) {
        this.#entries.set(entry.id, entry);
        this.#memoryChars += lineOf(entry).length;
      }
      this.#rewrite = true;
    }
    // Lines that a newer one with the same id has made void count too.
    if (this.#fileChars + this.#pending.length > charsMax) this.#rewrite = true;
  }

  #write(): void {
    if (this.#file === null || this.#writing !== null) return;
    this.#writing = this.#writeAll(this.#file).finally(() => {
      this.#writing = null;
    });
  }

  async #writeAll(file: StateFile): Promise<void> {
    while (this.#rewrite || this.#pending !== '') {
      const anew = this.#rewrite;
      const text = anew ? [...this.#entries.values()].map(lineOf).join('') : this.#pending;
      this.#pending = '';
      this.#rewrite = false;
      try {
        await (anew ? file.replace(text) : file.append(text));
        this.#fileChars = (anew ? 0 : this.#fileChars) + text.length;
      } catch (thrown) {
        // Nobody knows how much of it was written. The next entry tries again, with everything.
        this.#rewrite = true;
        this.#pending = '';
        this.#failed(thrown);
        return;
      }
      this.#recovered();
    }
  }

  #failed(thrown: unknown): void {
    const before = this.#fault;
    this.#fault = thrown instanceof Error ? thrown.message : String(thrown);
    if (before !== null) return;
    this.#log.warn({ reason: this.#fault }, 'the history of the runs cannot be kept on disk');
    this.#onFault();
  }

  #recovered(): void {
    if (this.#fault === null) return;
    this.#fault = null;
    this.#log.info({}, 'the history of the runs is kept on disk again');
    this.#onFault();
  }
}
