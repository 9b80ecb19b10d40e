/**
 * Keeps one connection to the daemon and the newest whole status. Loses nothing silently: a gap in the revisions asks for the
 * whole again, a connection that ends or says nothing turns what is known into "as of", and it is tried again until it works.
 */
import { commonProtocol, PROTOCOLS, type StatusChanged } from '../../core/api/contract.ts';
import { applyChange } from '../../core/api/mirror.ts';
import { asProblemError, ProblemError } from '../../core/api/problem.ts';
import type { ShellMethod, ShellParams, ShellReply } from '../../core/api/shell-desk.ts';
import type { DaemonStatus } from '../../core/api/status.ts';
import type { OpenTransport, Transport } from '../transport/transport.ts';
import type { Asked, AskedParams, AskedReply } from './asked.ts';
import { connectionLost, visibleMessage } from './connection.ts';
import { RpcClient } from './rpc.ts';
import type { Timers } from './timers.ts';
import { type Link, NOTHING_HEARD, type View } from './view.ts';

/** Changes are shown at most five times a second. */
export const PUBLISH_INTERVAL_MS = 200;
/** After so much silence the daemon is asked whether it is still there. */
export const SILENCE_MS = 15_000;
/** How long an answer to a short question may take. */
export const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 10_000;
/** Longest name that `hello` takes. */
const CLIENT_NAME = 'window';

export class Session {
  readonly #open: OpenTransport;
  readonly #timers: Timers;
  readonly #listeners = new Set<(view: View) => void>();
  #view: View = NOTHING_HEARD;
  #shown: View = NOTHING_HEARD;
  #rpc: RpcClient | null = null;
  #transport: Transport | null = null;
  #asking = false;
  #retryMs = RETRY_FIRST_MS;
  #stopRetry: (() => void) | null = null;
  #stopPulse: (() => void) | null = null;
  #publishing = false;
  #lastPublishedMs = Number.NEGATIVE_INFINITY;
  #lastWordMs = 0;
  #ended = false;
  /** The shell can be asked; whether it reaches the daemon is another matter. */
  #openRpc: RpcClient | null = null;
  /** For the shell, as soon as it can be asked. */
  readonly #forShell: { readonly ask: (rpc: RpcClient) => Promise<void>; readonly reject: (error: unknown) => void }[] =
    [];
  #askingShell = 0;
  readonly #afterShell: (() => void)[] = [];
  #visible = true;

  constructor(open: OpenTransport, timers: Timers) {
    this.#open = open;
    this.#timers = timers;
  }

  /** What was published last. */
  get view(): View {
    return this.#shown;
  }

  /** Calls the listener with every published view. Returns how to stop that. */
  listen(listener: (view: View) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Time of this session, in which views are dated. */
  nowMs(): number {
    return this.#timers.nowMs();
  }

  /** Asks the daemon, or the shell, something. Rejects with a `ProblemError`, at once where there is no connection. */
  request<M extends Asked>(method: M, params: AskedParams<M>, timeoutMs = ANSWER_TIMEOUT_MS): Promise<AskedReply<M>> {
    if (this.#rpc === null || this.#view.link.kind !== 'live') {
      return Promise.reject(new ProblemError('daemon-unreachable', { socket: 'Snapferry' }));
    }
    return this.#rpc.request(method, params, timeoutMs);
  }

  /** Asks the shell alone, which also answers where there is no daemon. Rejects with a `ProblemError`. */
  askShell<M extends ShellMethod>(method: M, params: ShellParams<M>): Promise<ShellReply<M>> {
    const { promise, resolve, reject } = Promise.withResolvers<ShellReply<M>>();
    const ask = (rpc: RpcClient): Promise<void> =>
      rpc.request(method, params, ANSWER_TIMEOUT_MS).then((reply) => resolve(reply as ShellReply<M>), reject);
    this.#forShell.push({ ask, reject });
    this.start();
    if (this.#openRpc !== null) this.#askQueued(this.#openRpc);
    return promise;
  }

  #askQueued(rpc: RpcClient): void {
    for (const { ask } of this.#forShell.splice(0)) {
      this.#askingShell += 1;
      void ask(rpc).finally(() => {
        this.#askingShell -= 1;
        if (this.#askingShell === 0) for (const then of this.#afterShell.splice(0)) then();
      });
    }
  }

  /** Without a daemon the shell still has its own answers to give, before this connection is given up. */
  #whenShellAnswered(then: () => void): void {
    if (this.#askingShell === 0) then();
    else this.#afterShell.push(then);
  }

  /** Says to the shell whether a person can see this window, now and after every new connection. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#transport?.send(visibleMessage(visible));
  }

  /** Connects, also when a retry was due only later. */
  start(): void {
    this.#stopRetry?.();
    this.#stopRetry = null;
    if (this.#ended || this.#transport !== null) return;
    const transport: Transport = this.#open({
      opened: () => this.#opened(transport),
      message: (text) => {
        if (transport !== this.#transport) return;
        this.#lastWordMs = this.#timers.nowMs();
        this.#rpc?.receive(text);
      },
      closed: () => this.#lost(transport, new ProblemError('daemon-unreachable', { socket: 'Snapferry' })),
    });
    this.#transport = transport;
    this.#rpc = new RpcClient((text) => transport.send(text), this.#timers, {
      statusChanged: (change) => this.#changed(change),
      other: (method, params) => {
        const lost = connectionLost(method, params);
        if (lost !== null) this.#whenShellAnswered(() => this.#lost(transport, lost));
      },
    });
  }

  /** Ends for good. */
  stop(): void {
    this.#ended = true;
    this.#stopRetry?.();
    this.#stopPulse?.();
    this.#listeners.clear();
    this.#rpc?.end();
    this.#transport?.close();
  }

  async #opened(transport: Transport): Promise<void> {
    const rpc = this.#rpc;
    if (transport !== this.#transport || rpc === null) return;
    transport.send(visibleMessage(this.#visible));
    this.#openRpc = rpc;
    this.#askQueued(rpc);
    try {
      const hello = await rpc.request('hello', { protocols: PROTOCOLS, client: CLIENT_NAME }, ANSWER_TIMEOUT_MS);
      if (commonProtocol(PROTOCOLS, hello.protocols) === null) {
        throw new ProblemError('daemon-mismatch', { reason: `it speaks protocol ${hello.protocol}` });
      }
      await this.#watch(transport, rpc);
    } catch (thrown) {
      this.#whenShellAnswered(() => this.#lost(transport, asProblemError(thrown)));
    }
  }

  async #watch(transport: Transport, rpc: RpcClient): Promise<void> {
    this.#asking = true;
    try {
      const status = await rpc.request('watch', {}, ANSWER_TIMEOUT_MS);
      if (transport !== this.#transport) return;
      this.#retryMs = RETRY_FIRST_MS;
      this.#become({ kind: 'live' }, status);
      this.#pulse(transport, rpc);
    } finally {
      if (transport === this.#transport) this.#asking = false;
    }
  }

  #changed(change: StatusChanged): void {
    const status = this.#view.heard?.status ?? null;
    const [rpc, transport] = [this.#rpc, this.#transport];
    // While the whole is on its way, its revision decides what is new.
    if (this.#asking || status === null || rpc === null || transport === null || this.#view.link.kind !== 'live')
      return;
    const next = applyChange(status, change);
    if (next === status) return;
    if (next !== null) {
      this.#become(this.#view.link, next);
      return;
    }
    void this.#watch(transport, rpc).catch((thrown: unknown) => this.#lost(transport, asProblemError(thrown)));
  }

  /** A daemon that has nothing to say is silent; so from time to time it is asked. */
  #pulse(transport: Transport, rpc: RpcClient): void {
    this.#stopPulse?.();
    this.#stopPulse = this.#timers.after(SILENCE_MS, () => {
      if (transport !== this.#transport) return;
      if (this.#timers.nowMs() - this.#lastWordMs < SILENCE_MS) {
        this.#pulse(transport, rpc);
        return;
      }
      rpc.request('history', { job: null, beforeId: null, limit: 1 }, ANSWER_TIMEOUT_MS).then(
        () => this.#pulse(transport, rpc),
        (thrown: unknown) => this.#lost(transport, asProblemError(thrown)),
      );
    });
  }

  #lost(transport: Transport, error: ProblemError): void {
    if (transport !== this.#transport || this.#ended) return;
    const rpc = this.#rpc;
    this.#transport = null;
    this.#rpc = null;
    this.#openRpc = null;
    for (const { reject } of this.#forShell.splice(0)) reject(error);
    this.#asking = false;
    this.#stopPulse?.();
    rpc?.end();
    transport.close();
    const { link, heard } = this.#view;
    const sinceMs = link.kind === 'lost' ? link.sinceMs : this.#timers.nowMs();
    this.#view = { link: { kind: 'lost', sinceMs, problem: error.toProblem() }, heard };
    this.#publish();
    this.#stopRetry = this.#timers.after(this.#retryMs, () => this.start());
    this.#retryMs = Math.min(RETRY_MOST_MS, this.#retryMs * 2);
  }

  #become(link: Link, status: DaemonStatus): void {
    const turned = this.#view.link.kind !== link.kind;
    this.#view = { link, heard: { status, atMs: this.#timers.nowMs() } };
    if (turned) this.#publish();
    else this.#publishSoon();
  }

  #publishSoon(): void {
    if (this.#publishing) return;
    const waitMs = this.#lastPublishedMs + PUBLISH_INTERVAL_MS - this.#timers.nowMs();
    if (waitMs <= 0) {
      this.#publish();
      return;
    }
    this.#publishing = true;
    this.#timers.after(waitMs, () => {
      this.#publishing = false;
      if (this.#shown !== this.#view) this.#publish();
    });
  }

  #publish(): void {
    if (this.#ended) return;
    this.#lastPublishedMs = this.#timers.nowMs();
    this.#shown = this.#view;
    for (const listener of this.#listeners) listener(this.#view);
  }
}
