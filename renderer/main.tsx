import './no-html.ts';
import './without-eval.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { followWorld, windowTimers } from './app-state.ts';
import { followKept } from './kept.ts';
import { Session } from './session/session.ts';
import { SessionContext } from './session-context.ts';
import { transportOf } from './transport/choose.ts';

const session = new Session(transportOf(window), windowTimers);
followWorld(session);
followKept(session);
session.start();

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <SessionContext value={session}>
    <App />
  </SessionContext>,
);
