/**
 * Carries the contract between one page and the daemon: what the page asks is checked and asked over a connection of its own,
 * with the rights of the socket and no more; replies, errors and changes of the status go back as they are. What it asks the shell
 * itself is answered here.
 */
import { type Method, type Params, PROBLEM_ERROR_CODE, STATUS_CHANGED } from '../../core/api/contract.ts';
import { asProblemError, type Problem } from '../../core/api/problem.ts';
import { SHELL_CONNECTION, type ShellConnection } from '../../core/api/shell.ts';
import type { Client } from '../../core/api/wire/client.ts';
import type { Desk } from '../shell/desk.ts';
import type { HelperLink, LinkState } from './link.ts';
import { type MessageId, readPageMessage } from './page-message.ts';

/** Requests of one page at work at once; the daemon takes no more on one connection either. */
const OPEN_REQUESTS_MAX = 64;

export interface Page {
  /** Resolves when the text was handed on, so that a page that reads slowly gets no backlog of changes. */
  send(text: string): Promise<void>;
  /** Ends the connection because of what came over it. */
  refuse(reason: string): void;
  /** The page can, or cannot, be seen by a person. */
  visible(visible: boolean): void;
}

export class PageBridge {
  readonly #page: Page;
  readonly #link: HelperLink;
  readonly #desk: Desk;
  readonly #open = new Map<MessageId, AbortController>();
  readonly #stopLink: () => void;
  #stopClient: () => void = () => {};
  /** A change is on its way to the page. */
  #sending = false;
  /** The newest change that came meanwhile; what is left out shows as a gap in the revisions. */
  #missed: unknown = null;

  constructor(page: Page, link: HelperLink, desk: Desk) {
    this.#page = page;
    this.#link = link;
    this.#desk = desk;
    this.#stopLink = link.onChange((state) => this.#linkChanged(state));
    if (link.state.kind !== 'connecting') this.#linkChanged(link.state);
  }

  /** Takes one text from the page. */
  receive(text: string): void {
    const message = readPageMessage(text);
    switch (message.kind) {
      case 'garbage':
        this.#page.refuse('not a JSON-RPC request');
        break;
      case 'refused':
        this.#fail(message.id, message.problem);
        break;
      case 'cancel':
        this.#open.get(message.id)?.abort();
        break;
      case 'visible':
        this.#page.visible(message.visible);
        break;
      case 'request':
        this.#ask(message.id, (signal) =>
          this.#link
            .client()
            // The parameters were read by the schema of this very method.
            .then((client) => client.request(message.method, message.params as Params<Method>, signal)),
        );
        break;
      case 'shell-request':
        this.#ask(message.id, () => this.#desk.answer(message.method, message.params));
        break;
    }
  }

  /** Aborts what still works for the page. */
  close(): void {
    this.#stopLink();
    this.#stopClient();
    for (const abort of this.#open.values()) abort.abort();
    this.#open.clear();
  }

  #ask(id: MessageId, answer: (signal: AbortSignal) => Promise<unknown>): void {
    if (this.#open.has(id) || this.#open.size >= OPEN_REQUESTS_MAX) {
      this.#page.refuse(this.#open.has(id) ? 'a request with this id is at work' : 'too many requests at once');
      return;
    }
    const abort = new AbortController();
    this.#open.set(id, abort);
    void answer(abort.signal)
      .then(
        (result) => this.#reply(id, { result }),
        (thrown: unknown) => this.#fail(id, asProblemError(thrown).toProblem()),
      )
      .finally(() => {
        if (this.#open.get(id) === abort) this.#open.delete(id);
      });
  }

  #fail(id: MessageId, problem: Problem): void {
    const message = `${problem.code}: ${problem.happened}`;
    this.#reply(id, { error: { code: PROBLEM_ERROR_CODE, message, data: problem } });
  }

  #reply(id: MessageId, outcome: { readonly result: unknown } | { readonly error: unknown }): void {
    void this.#page.send(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
  }

  #linkChanged(state: LinkState): void {
    this.#stopClient();
    if (state.kind === 'connected') this.#stopClient = this.#forwardChanges(state.client);
    const params: ShellConnection | null =
      state.kind === 'connecting'
        ? null
        : state.kind === 'connected'
          ? { state: 'connected', problem: null }
          : { state: 'lost', problem: state.problem.toProblem() };
    if (params !== null) void this.#page.send(notification(SHELL_CONNECTION, params));
  }

  #forwardChanges(client: Client): () => void {
    return client.onStatusChanged((change) => this.#notify(change));
  }

  #notify(change: unknown): void {
    if (this.#sending) {
      this.#missed = change;
      return;
    }
    this.#sending = true;
    void this.#page.send(notification(STATUS_CHANGED, change)).finally(() => {
      this.#sending = false;
      const missed = this.#missed;
      this.#missed = null;
      if (missed !== null) this.#notify(missed);
    });
  }
}

function notification(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}
