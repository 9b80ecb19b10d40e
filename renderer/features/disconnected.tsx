import { useApp, useTexts } from '../app-state.ts';
import { useActions } from '../session-context.ts';
import { Button } from '../ui/button.tsx';
import { problemSentences } from '../ui/problem-text.ts';
import { StateDrawing } from '../ui/state-drawing.tsx';
import { HelperStartPart } from './helper-start.tsx';

/** Nothing is known yet, or nothing can be known. */
export function Disconnected() {
  const { t, language } = useTexts();
  const link = useApp(({ view }) => view.link);
  const actions = useActions();
  if (link.kind !== 'lost') return <p className="empty big muted">{t('link.connecting')}</p>;
  const said = problemSentences(link.problem.code, link.problem.facts, language);
  const mismatch = link.problem.code === 'daemon-mismatch';
  return (
    <section className="page narrow">
      <header className="hero stale">
        <StateDrawing state="unreachable" size={44} />
        <div className="hero-text">
          <h1 className="sentence">{t(mismatch ? 'link.mismatch' : 'link.lostNothing')}</h1>
          <p>{t('link.lostSentence')}</p>
          <p className="muted">{mismatch ? `${said.happened} ${said.remedy}` : said.remedy}</p>
        </div>
        <div className="hero-actions">
          <Button onPress={actions.retryConnection}>{t('link.retry')}</Button>
        </div>
      </header>
      {link.problem.code === 'daemon-unreachable' ? <HelperStartPart /> : null}
    </section>
  );
}
