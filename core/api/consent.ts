/**
 * How an administrator agrees to one request. Over the socket of a user, a change or a destruction is not carried out but
 * kept, under a nonce that is good for one use and a short time; `confirmation-needed` tells it. Root redeems it, over the
 * socket of root, together with the digest of exactly what was shown: that request is then carried out, and no other.
 */
import { z } from 'zod';
import { name, timeMs } from './primitives.ts';
import { problemSchema } from './status.ts';

export const nonceSchema = z.string().regex(/^[0-9a-f]{32}$/);
/** SHA-256 over method, parameters and the user who asked. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);
const uid = z.number().int().min(0).max(0xffff_fffe);

/** Of `consent/show` and of `consent/wait`. */
export const consentNumberParams = z.strictObject({ nonce: nonceSchema });
export const consentShowReply = z.object({
  /** Who asks. */
  uid,
  user: name,
  method: z.string().max(64),
  /** What would be done, a sentence first; the rest is detail. */
  what: z.array(z.string().max(4096)).max(1000),
  digest: digestSchema,
  untilMs: timeMs,
});

export const consentRedeemParams = z.strictObject({
  nonce: nonceSchema,
  /** Of what was shown; the request must still be that one. */
  digest: digestSchema,
  /** False: it is not to be done. */
  agree: z.boolean(),
  /** Who has started the program that confirms, as pkexec says: it must be who asks. Null: root at a terminal. */
  startedBy: uid.nullable(),
});

/** What became of a request that needed consent. */
export const consentOutcomeSchema = z.object({
  state: z.enum(['done', 'failed', 'refused', 'expired']),
  /** The reply to the request; null unless done. */
  result: z.unknown(),
  /** What went wrong; null unless failed. */
  problem: problemSchema.nullable(),
});

export type ConsentShown = z.infer<typeof consentShowReply>;
export type ConsentOutcome = z.infer<typeof consentOutcomeSchema>;

/** Who is at the other end, as `hello` tells. */
export const callerSchema = z.object({
  uid,
  user: name,
  /** What this one asks for is done without further consent. */
  administrator: z.boolean(),
});
