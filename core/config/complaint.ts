/** What is wrong with a configuration, and where. Complaints are collected; nothing stops at the first. */
import { configFault } from '../api/config-fault.ts';
import type { Place } from './types.ts';

export interface Complaint extends Place {
  /** A warning does not keep the configuration from being used. */
  readonly severity: 'error' | 'warning';
  /** The key as one would say it: `jobs[2] "laptop".send.encrypted`. Empty where the file as a whole is meant. */
  readonly path: string;
  /** A sentence without full stop. */
  readonly message: string;
  /** What may have been meant, or where to look; a sentence without full stop, or null. */
  readonly hint: string | null;
  /** The source line may hold a password and is not shown. */
  readonly secret: boolean;
}

export interface ComplaintOptions {
  readonly severity?: 'error' | 'warning';
  readonly hint?: string | null;
  readonly secret?: boolean;
}

/** A file that is wrong in more places than this is not worth a longer list. */
const MAX_COMPLAINTS = 200;

/** Collects complaints of all files of one configuration. */
export class Complaints {
  readonly #list: Complaint[] = [];
  #dropped = 0;

  add(place: Place, path: string, message: string, options: ComplaintOptions = {}): void {
    if (this.#list.length >= MAX_COMPLAINTS) {
      this.#dropped += 1;
      return;
    }
    const { file, line, column } = place;
    const { severity = 'error', hint = null, secret = false } = options;
    this.#list.push({ file, line, column, severity, path, message, hint, secret });
  }

  /** In the order of files as first met, then of lines. The last one says how many are not shown. */
  sorted(): readonly Complaint[] {
    const files = [...new Set(this.#list.map((complaint) => complaint.file))];
    const rank = new Map(files.map((file, index) => [file, index]));
    const sorted = this.#list.toSorted(
      (a, b) => (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
    );
    const last = sorted.at(-1);
    if (last === undefined || this.#dropped === 0) return sorted;
    const message = configFault('more', { count: `${this.#dropped}` });
    return [...sorted, { ...last, severity: 'error', path: '', message, hint: null, secret: true }];
  }
}
