/** Asks for what may need an administrator's consent, and waits for it. */

import type { Method, Params, Reply } from '../contract.ts';
import { asProblemError, ProblemError } from '../problem.ts';
import { remark } from '../remark.ts';
import { type Client, parseReply, problemErrorOf } from './client.ts';

/**
 * As `client.request`; where an administrator has to agree, calls `onNeeded` with the `confirmation-needed` that says how, and
 * waits. Rejects with `consent-refused` where nobody agrees in time.
 */
export async function requestConfirmed<M extends Method>(
  client: Client,
  method: M,
  params: Params<M>,
  onNeeded: (problem: ProblemError) => void,
  signal?: AbortSignal,
): Promise<Reply<M>> {
  try {
    return await client.request(method, params, signal);
  } catch (thrown) {
    const needed = asProblemError(thrown);
    const { nonce } = needed.facts;
    if (needed.code !== 'confirmation-needed' || nonce === undefined) throw thrown;
    onNeeded(needed);
    const { state, result, problem } = await client.request('consent/wait', { nonce }, signal);
    if (state === 'done') return parseReply(method, result);
    if (problem !== null) throw problemErrorOf(problem);
    throw new ProblemError('consent-refused', {
      reason: remark(state === 'expired' ? 'consent-over' : 'consent-refused'),
    });
  }
}
