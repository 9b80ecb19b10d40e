/** The status on a terminal, drawn anew when it changes, when the terminal changes, and every second for the ages in it. */
import type { DaemonStatus } from '../api/status.ts';
import { type CliIo, wantsColour } from './io.ts';
import { Screen } from './screen.ts';
import { paint, span, spread } from './text/spans.ts';
import { wrap } from './text/width.ts';
import { watchTexts } from './texts.ts';
import { renderStatus } from './view/status.ts';

const TICK_MS = 1000;

export class LiveView implements Disposable {
  readonly #io: CliIo;
  readonly #screen: Screen;
  readonly #hint: string;
  readonly #whole: boolean;
  readonly #stopResize: () => void;
  #status: DaemonStatus | null = null;
  #lostSinceMs: number | null = null;

  /** Takes the terminal over. `hint` stands at the bottom; `whole`: every job of the daemon will be shown. */
  constructor(io: CliIo, hint: string, whole = false) {
    this.#io = io;
    this.#hint = hint;
    this.#whole = whole;
    this.#screen = new Screen(io);
    this.#stopResize = io.onResize(() => {
      this.#screen.invalidate();
      this.#draw();
    });
  }

  show(status: DaemonStatus): void {
    this.#status = status;
    this.#lostSinceMs = null;
    this.#draw();
  }

  /** Says that what is shown is no longer known to be true. */
  lost(): void {
    this.#lostSinceMs ??= this.#io.clock.nowMs();
    this.#draw();
  }

  /** Keeps the ages true until aborted. Never rejects. */
  async tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#io.clock.sleep(TICK_MS, signal).catch(() => {});
      if (!signal.aborted) this.#draw();
    }
  }

  [Symbol.dispose](): void {
    this.#stopResize();
    this.#screen[Symbol.dispose]();
  }

  #draw(): void {
    const size = this.#io.stdout.size();
    if (size === null || this.#status === null) return;
    const nowMs = this.#io.clock.nowMs();
    const colour = wantsColour(this.#io, this.#io.stdout);
    const { width } = size;
    const banner =
      this.#lostSinceMs === null
        ? []
        : wrap(watchTexts.lost(this.#lostSinceMs, nowMs), width).map((text) =>
            paint([span(text, 'bad')], width, colour),
          );
    const foot = paint(spread([span('')], [span(this.#hint, 'dim')], width), width, colour);
    const height = Math.max(1, size.height - banner.length - 1);
    const body = renderStatus(this.#status, { width, height, nowMs, colour, whole: this.#whole });
    const filler = Array.from({ length: Math.max(0, height - body.length) }, () => '');
    this.#screen.draw([...banner, ...body, ...filler, foot].slice(0, size.height));
  }
}
