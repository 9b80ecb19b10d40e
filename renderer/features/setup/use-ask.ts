import { useCallback, useRef, useState } from 'react';
import type { Method, Params, Reply } from '../../../core/api/contract.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import { useSession } from '../../session-context.ts';

export interface Asking<M extends Method> {
  readonly asking: boolean;
  readonly reply: Reply<M> | null;
  readonly problem: Problem | null;
  /** Resolves with the answer, or null where there was none or another question came after. */
  readonly ask: (params: Params<M>) => Promise<Reply<M> | null>;
  readonly forget: () => void;
}

/** One question to the daemon and its answer. Only the newest counts. */
export function useAsk<M extends Method>(method: M, timeoutMs: number): Asking<M> {
  const session = useSession();
  const newest = useRef(0);
  const [state, setState] = useState<Pick<Asking<M>, 'asking' | 'reply' | 'problem'>>({
    asking: false,
    reply: null,
    problem: null,
  });
  const ask = useCallback(
    async (params: Params<M>): Promise<Reply<M> | null> => {
      newest.current += 1;
      const asked = newest.current;
      // What was known stays in sight until something newer is: nothing jumps.
      setState((before) => ({ ...before, asking: true, problem: null }));
      try {
        const reply = await session.request(method, params, timeoutMs);
        if (asked !== newest.current) return null;
        setState({ asking: false, reply, problem: null });
        return reply;
      } catch (thrown) {
        if (asked === newest.current)
          setState({ asking: false, reply: null, problem: asProblemError(thrown).toProblem() });
        return null;
      }
    },
    [session, method, timeoutMs],
  );
  const forget = useCallback(() => {
    newest.current += 1;
    setState({ asking: false, reply: null, problem: null });
  }, []);
  return { ...state, ask, forget };
}
