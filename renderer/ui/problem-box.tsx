import { CircleAlert } from 'lucide-react';
import type { Problem } from '../../core/api/problem.ts';
import { useTexts } from '../app-state.ts';
import { problemSentences } from './problem-text.ts';
import { RawText } from './raw-text.tsx';

/** What went wrong with what one has just asked for: what it means, what to do; the raw text last. */
export function ProblemBox({ problem }: { readonly problem: Problem }) {
  const { t, language } = useTexts();
  const said = problemSentences(problem.code, problem.facts, language);
  return (
    <div className="problem-box" role="alert">
      <CircleAlert className="problem-icon" size={18} aria-hidden="true" />
      <div className="problem-body">
        <p className="problem-happened">{said.happened}</p>
        <dl className="problem-facts">
          <dt>{t('needs.meaning')}</dt>
          <dd>{said.meaning}</dd>
          <dt>{t('needs.remedy')}</dt>
          <dd>{said.remedy}</dd>
        </dl>
        {problem.detail === '' ? null : <RawText title={t('needs.detail')} text={problem.detail} />}
      </div>
    </div>
  );
}
