/** What the whole window shares: what is known of the daemon, where one is, and how it looks. */
import { useSyncExternalStore } from 'react';
import { create } from 'zustand';
import type { Problem } from '../core/api/problem.ts';
import type { Kept } from '../core/api/shell-desk.ts';
import { isLanguage, type Language, pickLanguage } from './i18n/language.ts';
import { type Translator, translator } from './i18n/translator.ts';
import { parseRoute, type Route, routeHash } from './model/route.ts';
import type { Session } from './session/session.ts';
import { browserTimers } from './session/timers.ts';
import { daemonNowMs, NOTHING_HEARD, type View } from './session/view.ts';
import { store, stored } from './stored.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What is said once, in a corner. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly problem: Problem | null;
}

interface AppState {
  readonly view: View;
  /** Time of the session; moves on once a second. */
  readonly nowMs: number;
  readonly route: Route;
  readonly theme: Theme;
  /** Null: the desktop's. */
  readonly language: Language | null;
  readonly notices: readonly Notice[];
  readonly paletteOpen: boolean;
}

const THEME_KEY = 'theme';
const LANGUAGE_KEY = 'language';
const NOTICES_MAX = 4;

function storedLanguage(): Language | null {
  const asked = new URLSearchParams(location.search).get('lang') ?? stored(LANGUAGE_KEY);
  return isLanguage(asked) ? asked : null;
}

const storedTheme = (): Theme => THEMES.find((theme) => theme === stored(THEME_KEY)) ?? 'system';

const useApp = create<AppState>()(() => ({
  view: NOTHING_HEARD,
  nowMs: 0,
  route: parseRoute(location.hash),
  theme: storedTheme(),
  language: storedLanguage(),
  notices: [],
  paletteOpen: false,
}));

export { useApp };

/** Lets the store follow a session, the address and the time. Returns how to stop. */
export function followWorld(session: Session): () => void {
  const hear = (view: View): void => useApp.setState({ view, nowMs: session.nowMs() });
  const move = (): void => useApp.setState({ route: parseRoute(location.hash) });
  const stop = session.listen(hear);
  const timer = setInterval(() => useApp.setState({ nowMs: session.nowMs() }), 1000);
  const see = (): void => session.setVisible(document.visibilityState === 'visible');
  see();
  addEventListener('hashchange', move);
  document.addEventListener('visibilitychange', see);
  return () => {
    stop();
    clearInterval(timer);
    removeEventListener('hashchange', move);
    document.removeEventListener('visibilitychange', see);
  };
}

export function goTo(route: Route): void {
  location.hash = routeHash(route);
}

export function setTheme(theme: Theme): void {
  store(THEME_KEY, theme === 'system' ? null : theme);
  useApp.setState({ theme });
}

export function setLanguage(language: Language | null): void {
  store(LANGUAGE_KEY, language);
  useApp.setState({ language });
}

/** What an earlier window had chosen, and was stored here just now. */
export function applyTheme(news: Kept): void {
  if (news.theme !== undefined) useApp.setState({ theme: storedTheme() });
  if (news.language !== undefined) useApp.setState({ language: storedLanguage() });
}

export function setPaletteOpen(paletteOpen: boolean): void {
  useApp.setState({ paletteOpen });
}

let noticeId = 0;

/** Says something once; it stays until it is dismissed or enough others have come. */
export function say(text: string, problem: Problem | null = null): void {
  noticeId += 1;
  const notice = { id: noticeId, text, problem };
  useApp.setState(({ notices }) => ({ notices: [...notices.slice(1 - NOTICES_MAX), notice] }));
}

export function unsay(id: number): void {
  useApp.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

function subscribeLanguages(changed: () => void): () => void {
  addEventListener('languagechange', changed);
  return () => removeEventListener('languagechange', changed);
}

/** The texts of the language in use. */
export function useTexts(): Translator {
  const chosen = useApp((state) => state.language);
  const wanted = useSyncExternalStore(subscribeLanguages, () => navigator.languages.join(' '));
  const tags = wanted.split(' ');
  return translator(chosen ?? pickLanguage(tags), tags);
}

/** The daemon's status; null until it is known. */
export function useStatus() {
  return useApp((state) => state.view.heard?.status ?? null);
}

/** The daemon's time now, in Unix milliseconds, to `grainMs`: a coarser grain draws less often. */
export function useDaemonNowMs(grainMs = 1000): number {
  return useApp(({ view, nowMs }) => {
    if (view.heard === null) return 0;
    return Math.floor(daemonNowMs(view.heard, nowMs) / grainMs) * grainMs;
  });
}

/** Whether what is shown is what is. */
export function useLive(): boolean {
  return useApp((state) => state.view.link.kind === 'live');
}

/** This machine's time for a moment of the session. */
export function wallMs(sessionMs: number, sessionNowMs: number): number {
  return Date.now() - (sessionNowMs - sessionMs);
}

export const windowTimers = browserTimers();
