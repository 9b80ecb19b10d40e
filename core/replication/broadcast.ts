/** Wakes everybody who waits for "something changed"; each looks again for itself. No wake-up is lost. */
import { ProblemError } from '../api/problem.ts';

export class Broadcast {
  #waiters = new Set<() => void>();

  notify(): void {
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const wake of waiters) wake();
  }

  /** Resolves when `condition` holds; looks after every notification. Rejects with `command-aborted`. */
  async until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!condition()) {
      if (signal?.aborted) throw new ProblemError('command-aborted');
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal?.removeEventListener('abort', wake);
          this.#waiters.delete(wake);
          resolve();
        };
        this.#waiters.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    }
  }
}
