import { CircleAlert, Clock, OctagonAlert } from 'lucide-react';
import { useTexts } from '../../app-state.ts';
import type { Attention } from '../../model/attention.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemFacts } from '../../ui/problem-facts.tsx';
import { problemSentences } from '../../ui/problem-text.ts';

const DATASETS_SHOWN = 4;

interface ProblemCardProps {
  readonly attention: Attention;
  readonly nowMs: number;
  /** Null where trying again by hand is of no use. */
  readonly onTry: (() => void) | null;
}

/** One problem: what happened, what it means, what to do; the raw text last. */
export function ProblemCard({ attention, nowMs, onTry }: ProblemCardProps) {
  const { t, format, language } = useTexts();
  const { kind, job, problem, datasets, nextTryMs } = attention;
  const said = problemSentences(problem.code, problem.facts, language);
  const Icon = kind === 'refused' ? OctagonAlert : kind === 'waiting' ? Clock : CircleAlert;
  const more = datasets.length - DATASETS_SHOWN;
  return (
    <article className={`card problem ${kind}`}>
      <Icon className="problem-icon" size={20} aria-hidden="true" />
      <div className="problem-body">
        <h3>
          {job === null ? t('needs.service') : <Name text={job} />}{' '}
          <span className="problem-kind">{t(`needs.kind.${kind}`)}</span>
        </h3>
        <p className="problem-happened">{said.happened}</p>
        {datasets.length === 0 ? null : (
          <p className="problem-datasets">
            {datasets.slice(0, DATASETS_SHOWN).map((dataset) => (
              <Name key={dataset} text={dataset} className="chip" />
            ))}
            {more > 0 ? <span>{t('needs.more', { count: more })}</span> : null}
          </p>
        )}
        <ProblemFacts problem={problem} />
      </div>
      <div className="problem-actions">
        {onTry === null ? null : <Button onPress={onTry}>{t('needs.tryNow')}</Button>}
        {nextTryMs === null ? null : (
          <span className="muted">{t('needs.nextTry', { when: format.until(nextTryMs, nowMs) })}</span>
        )}
      </div>
    </article>
  );
}
