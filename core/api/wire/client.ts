/** The asking end of the contract over any byte stream. Who it is that answers is for the caller to make sure of. */
import type { Duplex } from 'node:stream';
import {
  CancellationTokenSource,
  createMessageConnection,
  NullLogger,
  ParameterStructures,
  ResponseError,
} from 'vscode-jsonrpc/node';
import {
  commonProtocol,
  HEADER_BYTES_MAX,
  type Method,
  type Params,
  PROTOCOLS,
  REPLY_BYTES_MAX,
  REQUEST_BYTES_MAX,
  REQUESTS,
  type Reply,
  STATUS_CHANGED,
  type StatusChanged,
  statusChangedParams,
} from '../contract.ts';
import { asProblemError, type Problem, ProblemError } from '../problem.ts';
import { remark } from '../remark.ts';
import { problemSchema } from '../status.ts';
import { BoundedMessageReader } from './reader.ts';
import { BoundedMessageWriter } from './writer.ts';

export interface Client {
  /** Names the daemon in errors: the path of its socket. */
  readonly label: string;
  /**
   * Asks and waits for the checked reply. Rejects with the daemon's problem, with `daemon-unreachable` when the connection
   * ends first, with `daemon-mismatch` for a reply that does not fit, with `command-aborted` when the signal is aborted.
   */
  request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Reply<M>>;
  /** Changes that follow a `watch`. Returns how to stop listening. */
  onStatusChanged(listener: (change: StatusChanged) => void): () => void;
  /** Calls the listener whenever the daemon says anything at all. Returns how to stop listening. */
  onWord(listener: () => void): () => void;
  /** Settles when the connection has ended, from either side. Never rejects. */
  readonly closed: Promise<void>;
  close(): void;
}

/** What the daemon said about itself, and the way to ask more. */
export interface Greeted {
  readonly client: Client;
  readonly daemon: Reply<'hello'>;
}

/** Speaks to the daemon at the other end of `stream`. `label` names it in errors: the path of the socket. */
export function createClient(stream: Duplex, label: string): Client {
  const reader = new BoundedMessageReader(stream, {
    headerBytesMax: HEADER_BYTES_MAX,
    messageBytesMax: REPLY_BYTES_MAX,
  });
  const hearers = new Set<() => void>();
  const writer = new BoundedMessageWriter(stream, REQUEST_BYTES_MAX);
  const connection = createMessageConnection(reader, writer, NullLogger, {
    messageStrategy: {
      handleMessage: (message, next) => {
        for (const hear of hearers) hear();
        return next(message);
      },
    },
  });
  const listeners = new Set<(change: StatusChanged) => void>();
  let open = true;

  const closed = new Promise<void>((resolve) => {
    connection.onClose(() => {
      open = false;
      // Disposing is what rejects the requests that still wait.
      connection.dispose();
      resolve();
    });
  });
  // The stream is closed after any error; what matters is said through the requests that then fail.
  connection.onError(() => stream.destroy());
  connection.onNotification(STATUS_CHANGED, (params: unknown) => {
    const change = statusChangedParams.safeParse(params);
    // A change that cannot be read is left out: the next one shows a gap, and the whole is asked for again.
    if (change.success) for (const listener of listeners) listener(change.data);
  });
  connection.listen();

  async function request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Reply<M>> {
    if (signal?.aborted) throw new ProblemError('command-aborted');
    if (!open) throw new ProblemError('daemon-unreachable', { socket: label });
    const source = new CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      const result: unknown = await connection.sendRequest(method, ParameterStructures.byName, params, source.token);
      return parseReply(method, result);
    } catch (thrown) {
      throw replyError(thrown, open, label);
    } finally {
      signal?.removeEventListener('abort', cancel);
      source.dispose();
    }
  }

  return {
    label,
    request,
    onStatusChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onWord: (listener) => {
      hearers.add(listener);
      return () => hearers.delete(listener);
    },
    closed,
    close: () => stream.destroy(),
  };
}

/** Makes sure that both ends speak the same protocol; everything else is refused before this. */
export async function greet(client: Client, name: string, signal?: AbortSignal): Promise<Greeted> {
  const daemon = await client.request('hello', { protocols: PROTOCOLS, client: name }, signal).catch((thrown) => {
    const { code, facts } = asProblemError(thrown);
    // A daemon that does not even take the greeting is of another age.
    if (code === 'request-invalid') throw new ProblemError('daemon-mismatch', { reason: facts.reason ?? '' });
    throw thrown;
  });
  if (daemon.protocol !== commonProtocol(PROTOCOLS, daemon.protocols)) {
    throw new ProblemError('daemon-mismatch', {
      reason: remark('speaks-protocol', { protocol: `${daemon.protocol}` }),
    });
  }
  return { client, daemon };
}

/** Checks a reply. Throws `daemon-mismatch`. */
export function parseReply<M extends Method>(method: M, result: unknown): Reply<M>;
export function parseReply(method: Method, result: unknown): Reply<Method> {
  const parsed = REQUESTS[method].reply.safeParse(result);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProblemError('daemon-mismatch', {
    reason: remark('answer-wrong', { method, where: issue?.path.join('.') ?? '' }),
  });
}

/** A problem that has travelled, as an error again. */
export function problemErrorOf({ code, facts, detail, phase, side, dataset }: Problem): ProblemError {
  const place = {
    ...(phase === undefined ? {} : { phase }),
    ...(side === undefined ? {} : { side }),
    ...(dataset === undefined ? {} : { dataset }),
  };
  return new ProblemError(code, facts, { detail, place });
}

function replyError(thrown: unknown, open: boolean, label: string): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  if (thrown instanceof ResponseError) {
    const problem = problemSchema.safeParse(thrown.data);
    if (problem.success) return problemErrorOf(problem.data);
    if (open) return new ProblemError('daemon-mismatch', { reason: remark('refusal-bare') }, { cause: thrown });
  }
  if (!open) return new ProblemError('daemon-unreachable', { socket: label }, { cause: thrown });
  return asProblemError(thrown);
}
