import { createContext, useContext, useMemo } from 'react';
import { type Actions, actionsOf } from './actions.ts';
import { useTexts } from './app-state.ts';
import type { Session } from './session/session.ts';

export const SessionContext = createContext<Session | null>(null);

/** The session of this window. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('there is no session around this component');
  return session;
}

export function useActions(): Actions {
  const session = useSession();
  const texts = useTexts();
  return useMemo(() => actionsOf(session, texts), [session, texts]);
}
