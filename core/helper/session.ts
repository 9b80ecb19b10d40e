/**
 * One connection to the daemon. Whatever a client sends, only its own connection can suffer: requests are bounded in size
 * and in number, every reply is waited for before the client may pile up more, and an error is an answer, never a crash.
 */
import type { Duplex } from 'node:stream';
import {
  type CancellationToken,
  createMessageConnection,
  type Message,
  type MessageConnection,
  NullLogger,
  ResponseError,
} from 'vscode-jsonrpc/node';
import type { Clock } from '../api/clock.ts';
import {
  HEADER_BYTES_MAX,
  HEARTBEAT,
  HEARTBEAT_MS,
  type Method,
  PROBLEM_ERROR_CODE,
  REPLY_BYTES_MAX,
  REQUEST_BYTES_MAX,
  REQUESTS,
  STATUS_CHANGED,
  type StatusChanged,
} from '../api/contract.ts';
import { asProblemError, type Problem, ProblemError } from '../api/problem.ts';
import { BoundedMessageReader } from '../api/wire/reader.ts';
import { BoundedMessageWriter } from '../api/wire/writer.ts';
import type { Log } from '../monitoring/log.ts';
import type { Answer } from './door.ts';
import type { StatusHub } from './status-hub.ts';

/** Requests of one client at work at once, including replies that it has not read. */
const OPEN_REQUESTS_MAX = 64;
/** A client says who it is at once. */
const HELLO_DEADLINE_MS = 10_000;

export class Session {
  readonly #stream: Duplex;
  readonly #askDoor: Answer;
  readonly #hub: StatusHub;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #connection: MessageConnection;
  readonly #ended = new AbortController();
  #openRequests = 0;
  #greeted = false;
  #unlisten: (() => void) | null = null;
  /** A notification is on its way to the kernel. */
  #sending = false;
  /** A change came meanwhile and was left out. */
  #missed: StatusChanged | null = null;

  constructor(stream: Duplex, answer: Answer, hub: StatusHub, clock: Clock, log: Log) {
    this.#stream = stream;
    this.#askDoor = answer;
    this.#hub = hub;
    this.#clock = clock;
    this.#log = log;
    const reader = new BoundedMessageReader(stream, {
      headerBytesMax: HEADER_BYTES_MAX,
      messageBytesMax: REQUEST_BYTES_MAX,
    });
    const writer = new BoundedMessageWriter(stream, REPLY_BYTES_MAX);
    this.#connection = createMessageConnection(reader, writer, NullLogger, {
      messageStrategy: { handleMessage: (message, next) => this.#guard(message, next) },
    });
    this.#connection.onRequest((method, params, token) => this.#answer(method, params, token));
    this.#connection.onError(([error]) => {
      log.warn({ reason: error.message }, 'a connection was closed because of what it sent');
      stream.destroy();
    });
    this.#connection.onClose(() => this.#end());
    this.#connection.listen();
    // Whoever says nothing takes the place of somebody else.
    void clock.sleep(HELLO_DEADLINE_MS, this.#ended.signal).then(
      () => {
        if (!this.#greeted) stream.destroy();
      },
      () => {},
    );
  }

  /** Closes the connection and aborts what still works for it. */
  close(): void {
    this.#stream.destroy();
    this.#end();
  }

  #end(): void {
    this.#unlisten?.();
    this.#unlisten = null;
    this.#ended.abort();
    this.#connection.dispose();
  }

  async #guard(message: Message, next: (message: Message) => void | Promise<void>): Promise<void> {
    if (this.#openRequests >= OPEN_REQUESTS_MAX) {
      this.#log.warn({}, 'a connection was closed because it asked too much at once');
      this.#stream.destroy();
      return;
    }
    this.#openRequests += 1;
    try {
      // Ends after the reply was written. A reply that cannot be written any more concerns nobody.
      await next(message);
    } catch (error) {
      this.#log.debug({ err: error }, 'a reply could not be written');
    } finally {
      this.#openRequests -= 1;
    }
  }

  async #answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() => abort.abort());
    const signal = AbortSignal.any([abort.signal, this.#ended.signal]);
    try {
      if (token.isCancellationRequested) throw new ProblemError('command-aborted');
      return await this.#dispatch(method, params, signal);
    } catch (thrown) {
      const error = asProblemError(thrown);
      if (error.code === 'internal') this.#log.error({ method, err: error }, 'a request met a defect');
      return new ResponseError<Problem>(PROBLEM_ERROR_CODE, error.message, error.toProblem());
    } finally {
      cancelled.dispose();
    }
  }

  async #dispatch(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    if (!isMethod(method)) throw new ProblemError('request-invalid', { reason: `there is no "${method}"` });
    if (!this.#greeted && method !== 'hello') {
      throw new ProblemError('request-invalid', { reason: '"hello" must come first' });
    }
    const reply = await this.#askDoor(method, params, signal);
    if (method === 'hello' && !this.#greeted) {
      this.#greeted = true;
      void this.#beat();
    }
    if (method === 'watch') this.#unlisten ??= this.#hub.listen((change) => this.#notify(change));
    return reply;
  }

  /** Says from time to time that the daemon is there, until the connection ends. Never rejects. */
  async #beat(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#clock.sleep(HEARTBEAT_MS, this.#ended.signal).catch(() => {});
      // To a client that does not read, it would only pile up.
      if (!this.#sending && !this.#ended.signal.aborted) this.#send(HEARTBEAT, {});
    }
  }

  /**
   * A client that reads too slowly gets no backlog: changes are left out for it, and the revision of the next one shows it
   * the gap.
   */
  #notify(change: StatusChanged): void {
    if (this.#sending) {
      this.#missed = change;
      return;
    }
    this.#send(STATUS_CHANGED, change);
  }

  #send(method: string, params: object): void {
    this.#sending = true;
    this.#connection
      .sendNotification(method, params)
      .catch((error: unknown) => this.#log.debug({ err: error }, 'a notification could not be sent'))
      .finally(() => {
        this.#sending = false;
        const missed = this.#missed;
        this.#missed = null;
        if (missed !== null && !this.#ended.signal.aborted) this.#notify(missed);
      });
  }
}

function isMethod(method: string): method is Method {
  return Object.hasOwn(REQUESTS, method);
}
