import { useCallback, useEffect, useRef, useState } from 'react';
import type { ConfigChange } from '../../../core/api/config.ts';
import type { Reply } from '../../../core/api/contract.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import { useApp } from '../../app-state.ts';
import { useActions, useSession } from '../../session-context.ts';

/** So long after the last key the text is looked at. */
const TYPING_MS = 400;
/** Reading a configuration with what it includes is quick; a busy machine may not be. */
const CONFIG_TIMEOUT_MS = 30_000;

export type ConfigFile = Reply<'config/get'>;
export type ConfigPreview = Reply<'config/validate'>;

export interface Looked {
  /** What was looked at. */
  readonly change: ConfigChange;
  readonly preview: ConfigPreview | null;
  readonly problem: Problem | null;
}

export interface ConfigFileState {
  /** Null while it is not known. */
  readonly file: ConfigFile | null;
  readonly problem: Problem | null;
  readonly load: () => void;
}

/** The configuration as it stands; asked for again when the daemon has begun anew, as after every change. */
export function useConfigFile(): ConfigFileState {
  const session = useSession();
  const readAtMs = useApp(({ view }) =>
    view.link.kind === 'live' ? (view.heard?.status.configReadAtMs ?? view.heard?.status.startedAtMs ?? null) : null,
  );
  const [file, setFile] = useState<ConfigFile | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = useCallback(() => {
    session.request('config/get', {}, CONFIG_TIMEOUT_MS).then(
      (reply) => {
        setFile(reply);
        setProblem(null);
      },
      (thrown: unknown) => setProblem(asProblemError(thrown).toProblem()),
    );
  }, [session]);
  useEffect(() => {
    if (readAtMs !== null) load();
  }, [readAtMs, load]);
  return { file, problem, load };
}

/** What a change would mean; looked at a moment after it was last touched. Null while nothing has been looked at. */
export function useLook(change: ConfigChange | null, digest: string | null): Looked | null {
  const session = useSession();
  const [looked, setLooked] = useState<Looked | null>(null);
  const key = JSON.stringify(change);
  const newest = useRef(key);
  newest.current = key;
  useEffect(() => {
    const wanted = JSON.parse(key) as ConfigChange | null;
    if (wanted === null || digest === null) {
      setLooked(null);
      return;
    }
    const timer = setTimeout(() => {
      session.request('config/validate', { digest, change: wanted }, CONFIG_TIMEOUT_MS).then(
        (preview) => {
          if (newest.current === key) setLooked({ change: wanted, preview, problem: null });
        },
        (thrown: unknown) => {
          if (newest.current !== key) return;
          setLooked({ change: wanted, preview: null, problem: asProblemError(thrown).toProblem() });
        },
      );
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [session, key, digest]);
  // What was found of another text says nothing of this one.
  return looked !== null && JSON.stringify(looked.change) === key ? looked : null;
}

export function useSave() {
  const actions = useActions();
  return actions.saveConfig;
}
