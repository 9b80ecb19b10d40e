/**
 * Sends that have not started. The engine sees only the request; what starts the command stays in this folder and with
 * transports, which put a connection where a command would stand.
 */
import { invariant } from '../api/problem.ts';
import type { PipeEnd } from '../host/types.ts';
import type { Ctx, OutgoingStream, SendRequest } from './types.ts';

/** Says which command makes the stream; starts nothing. */
export type ResolveSource = (ctx?: Ctx) => Promise<PipeEnd>;

const sources = new WeakMap<OutgoingStream, ResolveSource>();

export function makeOutgoing(request: SendRequest, source: ResolveSource): OutgoingStream {
  const stream: OutgoingStream = { request };
  sources.set(stream, source);
  return stream;
}

/** @throws ProblemError `internal` when the stream was not made by `makeOutgoing` */
export function sourceOf(stream: OutgoingStream): ResolveSource {
  const source = sources.get(stream);
  invariant(source !== undefined, 'a stream without a source');
  return source;
}
