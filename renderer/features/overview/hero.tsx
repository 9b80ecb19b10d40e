import type { ReactNode } from 'react';
import { sentence } from '../../../core/api/sentence.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { trayState } from '../../../core/api/tray-state.ts';
import { useApp, useDaemonNowMs, useTexts, wallMs } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { StateDrawing } from '../../ui/state-drawing.tsx';
import { PauseLine } from '../pause.tsx';

const SENTENCE_GRAIN_MS = 10_000;

/** The sentence, with the shape that the tray shows. What is not known any more is said before what was known. */
export function Hero({ status, children }: { readonly status: DaemonStatus; readonly children: ReactNode }) {
  const { t, format, language } = useTexts();
  const link = useApp(({ view }) => view.link);
  const sessionNowMs = useApp((state) => state.nowMs);
  const nowMs = useDaemonNowMs(SENTENCE_GRAIN_MS);
  const lost = link.kind === 'lost' ? link : null;
  const said = sentence(status, nowMs, sentenceLanguage(language));
  const state = lost === null ? trayState(status, nowMs, sentenceLanguage(language)).state : 'unreachable';
  return (
    <header className={`hero ${lost === null ? state : 'stale'}`}>
      <StateDrawing state={state} size={44} />
      <div className="hero-text">
        <h1 className="sentence" aria-live="polite" data-raw>
          {lost === null ? said : t('link.lostSentence')}
        </h1>
        <p className="muted fig">
          {lost === null
            ? t('overview.jobs', { count: status.jobs.length })
            : t('link.lostAsOf', { since: format.moment(wallMs(lost.sinceMs, sessionNowMs), Date.now()) })}
        </p>
        {status.paused === null || lost !== null ? null : <PauseLine pause={status.paused} nowMs={nowMs} what="all" />}
        {status.commands.abandoned > 0 ? (
          <p className="bad">{t('overview.abandoned', { count: status.commands.abandoned })}</p>
        ) : null}
        {status.state.damagedLines > 0 ? (
          <p className="muted">{t('overview.damaged', { count: status.state.damagedLines })}</p>
        ) : null}
      </div>
      <div className="hero-actions">{children}</div>
    </header>
  );
}
