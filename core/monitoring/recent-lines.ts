/** The last lines of the log, for who asks what has just happened. */
import type { LogSink } from './log.ts';

const LINES_MAX = 300;
const LINE_CHARS_MAX = 4096;

/** Passes lines on, and keeps the last of them in memory. */
export class RecentLines implements LogSink {
  readonly #next: LogSink;
  #lines: string[] = [];

  constructor(next: LogSink) {
    this.#next = next;
  }

  write(line: string): void {
    this.#next.write(line);
    // One that is too long is no JSON any more once it is cut, and would be a puzzle.
    if (line.length > LINE_CHARS_MAX) return;
    this.#lines.push(line.trimEnd());
    if (this.#lines.length > LINES_MAX * 2) this.#lines = this.#lines.slice(-LINES_MAX);
  }

  /** Newest last. */
  get lines(): readonly string[] {
    return this.#lines.slice(-LINES_MAX);
  }
}
