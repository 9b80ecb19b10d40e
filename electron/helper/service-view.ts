/** The status as the shell knows it: followed over a connection that comes back, kept while it is away. */
import type { Clock } from '../../core/api/clock.ts';
import type { DaemonStatus } from '../../core/api/status.ts';
import type { Client } from '../../core/api/wire/client.ts';
import { followStatus } from '../../core/api/wire/follow.ts';
import type { HelperLink, LinkState } from './link.ts';

export class ServiceView {
  readonly #link: HelperLink;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** The last that is known; null: nothing yet. */
  status: DaemonStatus | null = null;
  /** The one before it on the same connection. */
  previous: DaemonStatus | null = null;

  /** @param changed is called after every change */
  constructor(link: HelperLink, clock: Clock, changed: () => void) {
    this.#link = link;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** How long the service has not answered; null while it does, and before the first try has ended. */
  get lostForMs(): number | null {
    const { state } = this.#link;
    return state.kind === 'lost' ? this.#clock.monotonicMs() - state.sinceMs : null;
  }

  /** Follows until aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = this.#link.onChange((state) => this.#linkChanged(state, signal));
    await this.#link.run(signal);
    stop();
  }

  #linkChanged(state: LinkState, signal: AbortSignal): void {
    this.previous = null;
    if (state.kind === 'connected') void this.#follow(state.client, signal);
    this.#changed();
  }

  async #follow(client: Client, signal: AbortSignal): Promise<void> {
    let first = true;
    const hear = (status: DaemonStatus): void => {
      this.previous = first ? null : this.status;
      first = false;
      this.status = status;
      this.#changed();
    };
    // Where it cannot be followed, the connection is of no use, and a new one is made.
    await followStatus(client, hear, signal).catch(() => client.close());
  }
}
