/** The asking end of the contract over a transport: every reply and notification is checked before anything sees it. */
import { z } from 'zod';
import { REPLY_BYTES_MAX, STATUS_CHANGED, type StatusChanged, statusChangedParams } from '../../core/api/contract.ts';
import { ProblemError } from '../../core/api/problem.ts';
import { problemSchema } from '../../core/api/status.ts';
import { ASKED, type Asked, type AskedParams, type AskedReply } from './asked.ts';
import type { Timers } from './timers.ts';

const version = z.literal('2.0');
const id = z.number().int().nonnegative();
const envelopeSchema = z.union([
  z.strictObject({ jsonrpc: version, id, result: z.unknown() }),
  z.strictObject({
    jsonrpc: version,
    id: id.nullable(),
    error: z.strictObject({ code: z.number().int(), message: z.string(), data: z.unknown().optional() }),
  }),
  z.strictObject({ jsonrpc: version, method: z.string().max(64), params: z.unknown() }),
]);
type Envelope = z.infer<typeof envelopeSchema>;

interface Waiting {
  readonly method: Asked;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ProblemError) => void;
  readonly stopTimer: () => void;
}

/** Where a notification that is not of the daemon's contract goes. */
export type OtherNotification = (method: string, params: unknown) => void;

export interface RpcListeners {
  readonly statusChanged: (change: StatusChanged) => void;
  readonly other: OtherNotification;
}

/** What errors name as the other end: the window does not know the socket behind the shell. */
const OTHER_END = 'Snapferry';

/** Questions and answers on one connection. */
export class RpcClient {
  readonly #send: (text: string) => void;
  readonly #timers: Timers;
  readonly #listeners: RpcListeners;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #open = true;

  constructor(send: (text: string) => void, timers: Timers, listeners: RpcListeners) {
    this.#send = send;
    this.#timers = timers;
    this.#listeners = listeners;
  }

  /**
   * Asks and waits for the checked reply, at most `timeoutMs`. Rejects with the daemon's problem, with `daemon-unreachable` when
   * the connection ends or nothing comes in time, with `daemon-mismatch` for a reply that does not fit.
   */
  async request<M extends Asked>(method: M, params: AskedParams<M>, timeoutMs: number): Promise<AskedReply<M>> {
    if (!this.#open) throw unreachable();
    const key = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const stopTimer = this.#timers.after(timeoutMs, () => {
      this.#waiting.delete(key);
      reject(unreachable());
    });
    this.#waiting.set(key, { method, resolve, reject, stopTimer });
    this.#send(JSON.stringify({ jsonrpc: '2.0', id: key, method, params }));
    return parseReply(method, await promise);
  }

  /** Hears one message. What is not understood is left out: a missed change shows as a gap. */
  receive(text: string): void {
    if (text.length > REPLY_BYTES_MAX) return;
    const envelope = parseEnvelope(text);
    if (envelope === null) return;
    if ('method' in envelope) this.#notified(envelope.method, envelope.params);
    else this.#answered(envelope);
  }

  /** The connection has ended: whoever waits is told. */
  end(): void {
    this.#open = false;
    for (const waiting of this.#waiting.values()) {
      waiting.stopTimer();
      waiting.reject(unreachable());
    }
    this.#waiting.clear();
  }

  #notified(method: string, params: unknown): void {
    if (method !== STATUS_CHANGED) {
      this.#listeners.other(method, params);
      return;
    }
    const change = statusChangedParams.safeParse(params);
    if (change.success) this.#listeners.statusChanged(change.data);
  }

  #answered(envelope: Exclude<Envelope, { method: string }>): void {
    const waiting = envelope.id === null ? undefined : this.#waiting.get(envelope.id);
    if (waiting === undefined || envelope.id === null) return;
    this.#waiting.delete(envelope.id);
    waiting.stopTimer();
    if ('error' in envelope) waiting.reject(refusal(envelope.error));
    else waiting.resolve(envelope.result);
  }
}

function parseEnvelope(text: string): Envelope | null {
  try {
    return envelopeSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function parseReply<M extends Asked>(method: M, result: unknown): AskedReply<M>;
function parseReply(method: Asked, result: unknown): AskedReply<Asked> {
  const parsed = ASKED[method].reply.safeParse(result);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new ProblemError('daemon-mismatch', { reason: `its answer to "${method}" is wrong at "${place}"` });
}

function refusal(error: { readonly message: string; readonly data?: unknown }): ProblemError {
  const problem = problemSchema.safeParse(error.data);
  if (!problem.success) {
    return new ProblemError('daemon-mismatch', { reason: 'its refusal has no reason' }, { detail: error.message });
  }
  const { code, facts, detail, phase, side, dataset } = problem.data;
  const place = {
    ...(phase === undefined ? {} : { phase }),
    ...(side === undefined ? {} : { side }),
    ...(dataset === undefined ? {} : { dataset }),
  };
  return new ProblemError(code, facts, { detail, place });
}

function unreachable(): ProblemError {
  return new ProblemError('daemon-unreachable', { socket: OTHER_END });
}
