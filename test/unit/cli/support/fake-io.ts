import type { CliIo, TerminalSize } from '../../../../core/cli/io.ts';
import { FakeClock } from '../../helper/support/fake-clock.ts';

/** A terminal, or two files, in memory. */
export class FakeIo implements CliIo {
  readonly clock: FakeClock;
  readonly env: Record<string, string | undefined> = {};
  size: TerminalSize | null;
  uid = 1000;
  canAsk = false;
  out = '';
  err = '';
  readonly #interruption = new AbortController();
  readonly interrupted = this.#interruption.signal;
  readonly #resizers = new Set<() => void>();
  readonly #keys = new Set<(key: string) => void>();

  constructor(size: TerminalSize | null = null, clock = new FakeClock()) {
    this.size = size;
    this.clock = clock;
  }

  readonly stdout = {
    write: (text: string): void => {
      this.out += text;
    },
    size: () => this.size,
  };

  readonly stderr = {
    write: (text: string): void => {
      this.err += text;
    },
    size: () => this.size,
  };

  onResize(listener: () => void): () => void {
    this.#resizers.add(listener);
    return () => this.#resizers.delete(listener);
  }

  onKey(listener: (key: string) => void): () => void {
    this.#keys.add(listener);
    return () => this.#keys.delete(listener);
  }

  /** What is typed when a secret is asked for. */
  secret: string | null = null;

  async readSecret(question: string): Promise<string | null> {
    this.err += question;
    return this.secret;
  }

  get listenerCount(): number {
    return this.#resizers.size + this.#keys.size;
  }

  interrupt(): void {
    this.#interruption.abort();
  }

  press(key: string): void {
    for (const listener of this.#keys) listener(key);
  }

  resize(size: TerminalSize): void {
    this.size = size;
    for (const listener of this.#resizers) listener();
  }

  /** What stands on the screen since the last frame began. */
  frame(): string {
    const start = this.out.lastIndexOf('\u001b[?2026h');
    return start < 0 ? '' : this.out.slice(start);
  }
}

export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
};
