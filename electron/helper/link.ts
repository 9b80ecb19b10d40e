/** A connection to the daemon that comes back by itself. */
import type { Clock } from '../../core/api/clock.ts';
import { asProblemError, ProblemError } from '../../core/api/problem.ts';
import type { Client, Greeted } from '../../core/api/wire/client.ts';
import { closeWhenSilent } from '../../core/api/wire/silence.ts';

/** Rejects with `daemon-unreachable`, `socket-unusable` or `daemon-mismatch`. */
export type Connect = (signal: AbortSignal) => Promise<Greeted>;

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly client: Client }
  /** It is tried again; `sinceMs` by the monotonic clock. */
  | { readonly kind: 'lost'; readonly problem: ProblemError; readonly sinceMs: number };

/** Pauses between tries; the last one repeats. */
const RETRY_MS = [250, 500, 1000, 2000, 5000] as const;

export class HelperLink {
  readonly #connect: Connect;
  readonly #clock: Clock;
  readonly #listeners = new Set<(state: LinkState) => void>();
  #state: LinkState = { kind: 'connecting' };

  constructor(connect: Connect, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Calls the listener at every change. Returns how to stop that. */
  onChange(listener: (state: LinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The client; while the first connection is being made, when that is settled. Rejects with why the daemon cannot be asked. */
  client(): Promise<Client> {
    const { promise, resolve, reject } = Promise.withResolvers<Client>();
    const settle = (state: LinkState): boolean => {
      if (state.kind === 'connected') resolve(state.client);
      else if (state.kind === 'lost') reject(state.problem);
      return state.kind !== 'connecting';
    };
    if (!settle(this.#state)) {
      const stop = this.onChange((state) => {
        if (settle(state)) stop();
      });
    }
    return promise;
  }

  /** Connects, and again after every loss, until aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let tries = 0;
    while (!signal.aborted) {
      try {
        const greeted = await this.#connect(signal);
        tries = 0;
        await this.#hold(greeted, signal);
      } catch (thrown) {
        if (!signal.aborted) this.#lost(asProblemError(thrown));
      }
      const pauseMs = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0;
      tries += 1;
      await this.#clock.sleep(pauseMs, signal).catch(() => {});
    }
  }

  /** Resolves when aborted; rejects when the other end went away, or does not say anything any more. */
  async #hold({ client, daemon }: Greeted, signal: AbortSignal): Promise<void> {
    void closeWhenSilent(client, daemon.heartbeatMs, this.#clock);
    const close = (): void => client.close();
    signal.addEventListener('abort', close);
    try {
      if (signal.aborted) close();
      else this.#set({ kind: 'connected', client });
      await client.closed;
      if (!signal.aborted) throw new ProblemError('daemon-unreachable', { socket: client.label });
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  #lost(problem: ProblemError): void {
    const sinceMs = this.#state.kind === 'lost' ? this.#state.sinceMs : this.#clock.monotonicMs();
    this.#set({ kind: 'lost', problem, sinceMs });
  }

  #set(state: LinkState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
