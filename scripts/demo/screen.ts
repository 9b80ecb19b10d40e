/** What the demonstration shows while it goes on: lines that stay, and below them a status that is drawn anew. */
import type { DaemonStatus } from '../../core/api/status.ts';
import { changeLines } from '../../core/cli/view/changes.ts';
import { renderStatus } from '../../core/cli/view/status.ts';

const REDRAW_MS = 250;
const WIDTH_MAX = 110;

export class DemoScreen {
  readonly #out: NodeJS.WriteStream;
  readonly #live: boolean;
  /** Lines of the status that is on show and can be drawn over. */
  #drawn = 0;
  #drawnAtMs = 0;
  #previous: DaemonStatus | null = null;
  #showing = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#live = out.isTTY === true;
  }

  title(text: string): void {
    this.lines([this.#bold(text), '']);
  }

  heading(text: string): void {
    this.lines(['', this.#bold(text)]);
    this.#showing = true;
  }

  /** Lines that stay. */
  lines(lines: readonly string[]): void {
    this.#erase();
    for (const line of lines) this.#out.write(`${line}\n`);
  }

  note(text: string): void {
    this.lines([this.#bold(`  >> ${text}`)]);
  }

  /** A piece of work with its name before and its time after. */
  async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    this.lines([`  ...    ${what}`]);
    const result = await work();
    this.lines([`  done   ${what} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`]);
    return result;
  }

  /** The status as it changes. */
  show(status: DaemonStatus): void {
    const previous = this.#previous;
    this.#previous = status;
    if (!this.#showing) return;
    if (!this.#live) {
      for (const line of changeLines(previous, status)) this.#out.write(`  ${line}\n`);
      return;
    }
    const nowMs = performance.now();
    if (nowMs - this.#drawnAtMs < REDRAW_MS) return;
    this.#drawnAtMs = nowMs;
    this.#draw(status);
  }

  /** The last status stays as it is. */
  settle(): void {
    if (this.#live && this.#previous !== null) this.#draw(this.#previous);
    this.#drawn = 0;
    this.#showing = false;
  }

  keepShowing(status: DaemonStatus | null): void {
    this.#showing = true;
    if (status !== null) this.show(status);
  }

  failure(error: unknown): void {
    this.settle();
    this.lines(['', `FAILED: ${error instanceof Error ? error.message : String(error)}`]);
  }

  end(): void {
    this.settle();
  }

  #draw(status: DaemonStatus): void {
    this.#erase();
    const width = Math.min(this.#out.columns ?? 80, WIDTH_MAX);
    const height = Math.max(5, (this.#out.rows ?? 24) - 2);
    const lines = renderStatus(status, { width, height, nowMs: status.nowMs, colour: this.#colour, whole: true });
    for (const line of lines) this.#out.write(`${line}\n`);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  get #colour(): boolean {
    return this.#live && process.env.NO_COLOR === undefined;
  }

  #bold(text: string): string {
    return this.#colour ? `\u001b[1m${text}\u001b[0m` : text;
  }
}
