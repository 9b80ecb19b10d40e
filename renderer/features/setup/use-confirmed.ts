import { useCallback, useState } from 'react';
import { type Method, type Params, REQUESTS, type Reply } from '../../../core/api/contract.ts';
import { asProblemError, type Problem, ProblemError } from '../../../core/api/problem.ts';
import { remark } from '../../../core/api/remark.ts';
import { say, useTexts } from '../../app-state.ts';
import type { Session } from '../../session/session.ts';
import { useSession } from '../../session-context.ts';

/** Longer than anything waits for an administrator, and for what they agreed to. */
const CONSENT_TIMEOUT_MS = 30 * 60_000;

export interface Confirmed<M extends Method> {
  readonly state: 'idle' | 'asking' | 'waiting';
  readonly reply: Reply<M> | null;
  readonly problem: Problem | null;
  /** Resolves with the answer, or null where there was none. Nothing of the parameters is kept. */
  readonly ask: (params: Params<M>) => Promise<Reply<M> | null>;
}

/** One request that an administrator may have to agree to, and what came of it. */
export function useConfirmed<M extends Method>(method: M, timeoutMs: number): Confirmed<M> {
  const session = useSession();
  const { t } = useTexts();
  const [now, setNow] = useState<Omit<Confirmed<M>, 'ask'>>({ state: 'idle', reply: null, problem: null });
  const ask = useCallback(
    async (params: Params<M>): Promise<Reply<M> | null> => {
      setNow({ state: 'asking', reply: null, problem: null });
      try {
        const reply = await confirmed(session, method, params, timeoutMs, (problem) => {
          say(t('consent.needed'), problem);
          setNow({ state: 'waiting', reply: null, problem: null });
        });
        setNow({ state: 'idle', reply, problem: null });
        return reply;
      } catch (thrown) {
        setNow({ state: 'idle', reply: null, problem: asProblemError(thrown).toProblem() });
        return null;
      }
    },
    [session, method, timeoutMs, t],
  );
  return { ...now, ask };
}

async function confirmed<M extends Method>(
  session: Session,
  method: M,
  params: Params<M>,
  timeoutMs: number,
  onNeeded: (problem: Problem) => void,
): Promise<Reply<M>> {
  try {
    return await session.request(method, params, timeoutMs);
  } catch (thrown) {
    const needed = asProblemError(thrown);
    const { nonce } = needed.facts;
    if (needed.code !== 'confirmation-needed' || nonce === undefined) throw thrown;
    onNeeded(needed.toProblem());
    const { state, result, problem } = await session.request('consent/wait', { nonce }, CONSENT_TIMEOUT_MS);
    if (state === 'done') return REQUESTS[method].reply.parse(result) as Reply<M>;
    if (problem !== null) throw new ProblemError(problem.code, problem.facts, { detail: problem.detail });
    throw new ProblemError('consent-refused', {
      reason: remark(state === 'expired' ? 'consent-over' : 'consent-refused'),
    });
  }
}
