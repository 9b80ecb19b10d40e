/** What a page may say, one JSON-RPC message per text, checked against the contract before any of it reaches the daemon. Pure. */
import { z } from 'zod';
import { type Method, REQUESTS } from '../../core/api/contract.ts';
import { type Problem, ProblemError } from '../../core/api/problem.ts';
import { SHELL_VISIBLE, shellVisibleParams } from '../../core/api/shell.ts';
import { isShellMethod, SHELL_REQUESTS, type ShellMethod } from '../../core/api/shell-desk.ts';

export type MessageId = number | string;

export type PageMessage =
  | { readonly kind: 'request'; readonly id: MessageId; readonly method: Method; readonly params: unknown }
  /** One that the shell answers itself. */
  | { readonly kind: 'shell-request'; readonly id: MessageId; readonly method: ShellMethod; readonly params: unknown }
  /** It has the form of a request, and is none of the contract. */
  | { readonly kind: 'refused'; readonly id: MessageId; readonly problem: Problem }
  | { readonly kind: 'cancel'; readonly id: MessageId }
  | { readonly kind: 'visible'; readonly visible: boolean }
  /** Nothing that can be answered: the page is not what it should be. */
  | { readonly kind: 'garbage' };

const version = z.literal('2.0');
const id = z.union([z.number().int(), z.string().max(64)]);
const params = z.record(z.string().max(64), z.unknown());

const envelopeSchema = z.union([
  z.strictObject({ jsonrpc: version, method: z.literal('$/cancelRequest'), params: z.strictObject({ id }) }),
  z.strictObject({ jsonrpc: version, method: z.literal(SHELL_VISIBLE), params: shellVisibleParams }),
  z.strictObject({ jsonrpc: version, id, method: z.string().max(64), params }),
]);

const GARBAGE: PageMessage = { kind: 'garbage' };

export function readPageMessage(text: string): PageMessage {
  const envelope = envelopeSchema.safeParse(parseJson(text));
  if (!envelope.success) return GARBAGE;
  const message = envelope.data;
  if (!('id' in message)) {
    return message.method === SHELL_VISIBLE
      ? { kind: 'visible', visible: message.params.visible }
      : { kind: 'cancel', id: message.params.id };
  }
  const { id: messageId, method } = message;
  if (isMethod(method)) {
    const checked = REQUESTS[method].params.safeParse(message.params);
    if (checked.success) return { kind: 'request', id: messageId, method, params: checked.data };
    return misfit(messageId, method, checked.error);
  }
  if (isShellMethod(method)) {
    const checked = SHELL_REQUESTS[method].params.safeParse(message.params);
    if (checked.success) return { kind: 'shell-request', id: messageId, method, params: checked.data };
    return misfit(messageId, method, checked.error);
  }
  return refused(messageId, `there is no "${method}"`);
}

function misfit(messageId: MessageId, method: string, error: z.ZodError): PageMessage {
  const place = error.issues[0]?.path.join('.') ?? '';
  return refused(messageId, `"${method}" does not fit at ${place === '' ? 'its parameters' : `"${place}"`}`);
}

function refused(messageId: MessageId, reason: string): PageMessage {
  return { kind: 'refused', id: messageId, problem: new ProblemError('request-invalid', { reason }).toProblem() };
}

function isMethod(method: string): method is Method {
  return Object.hasOwn(REQUESTS, method);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
