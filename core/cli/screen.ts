/**
 * A terminal that is drawn on again and again: the alternate screen, see ctlseqs of xterm. What was there before comes back
 * when it is left.
 */
import type { CliIo } from './io.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
/** Synchronized update: terminals that know it show a frame at once; others ignore it. */
const FRAME_BEGIN = '\u001b[?2026h\u001b[H';
const FRAME_END = '\u001b[J\u001b[?2026l';
const CLEAR_LINE_REST = '\u001b[K';

export class Screen implements Disposable {
  readonly #io: CliIo;
  #last = '';
  #open = true;

  constructor(io: CliIo) {
    this.#io = io;
    io.stdout.write(ENTER);
  }

  /** Shows these lines and nothing else; they fit the terminal. The same frame is not drawn twice. */
  draw(lines: readonly string[]): void {
    const frame = lines.map((line) => line + CLEAR_LINE_REST).join('\r\n');
    if (!this.#open || frame === this.#last) return;
    this.#last = frame;
    this.#io.stdout.write(FRAME_BEGIN + frame + FRAME_END);
  }

  /** After the terminal was disturbed, the next frame is drawn in any case. */
  invalidate(): void {
    this.#last = '';
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#io.stdout.write(LEAVE);
  }
}
