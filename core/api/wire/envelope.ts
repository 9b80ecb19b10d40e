/**
 * The outer form of a JSON-RPC 2.0 message, checked before vscode-jsonrpc sees it: that library trusts the form of what it
 * reads, and e.g. a cancellation without parameters makes it throw outside any handler.
 */
import type { Message } from 'vscode-jsonrpc/node';
import { z } from 'zod';

const METHOD_CHARS_MAX = 64;
const CANCEL_METHOD = '$/cancelRequest';

const id = z.union([z.number().int(), z.string().max(64)]);
const version = z.literal('2.0');
/** Parameters are given by name only: an object. */
const params = z.record(z.string(), z.unknown());
/** Methods with "$/" are the library's own: none but cancelling is let in. */
const method = z
  .string()
  .max(METHOD_CHARS_MAX)
  .regex(/^[a-z]+([/-][a-z]+)*$/i);

const envelopeSchema = z.union([
  z.strictObject({ jsonrpc: version, method: z.literal(CANCEL_METHOD), params: z.strictObject({ id }) }),
  z.strictObject({ jsonrpc: version, id, method, params }),
  z.strictObject({ jsonrpc: version, method, params }),
  z.strictObject({ jsonrpc: version, id, result: z.unknown() }).refine((message) => message.result !== undefined),
  z.strictObject({
    jsonrpc: version,
    id,
    error: z.strictObject({ code: z.number().int(), message: z.string(), data: z.unknown().optional() }),
  }),
]);

/** Whether a parsed value has the form of one request, notification or response. */
export function isEnvelope(value: unknown): value is Message {
  return envelopeSchema.safeParse(value).success;
}
