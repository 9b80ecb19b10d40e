import { useCallback, useState } from 'react';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import { useSession } from '../../session-context.ts';

const TIMEOUT_MS = 30_000;

interface Told {
  /** Null until it has been asked for. */
  readonly text: string | null;
  readonly problem: Problem | null;
  readonly loading: boolean;
}

/** The bundle of the service, as it was when a person last asked for it. */
export function useDiagnostics() {
  const session = useSession();
  const [told, setTold] = useState<Told>({ text: null, problem: null, loading: false });
  const load = useCallback(() => {
    setTold((before) => ({ ...before, loading: true, problem: null }));
    session.request('diagnostics', {}, TIMEOUT_MS).then(
      ({ text }) => setTold({ text, problem: null, loading: false }),
      (thrown: unknown) => setTold({ text: null, problem: asProblemError(thrown).toProblem(), loading: false }),
    );
  }, [session]);
  return { ...told, load };
}
