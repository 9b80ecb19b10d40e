import type { Problem } from '../../core/api/problem.ts';
import { useTexts } from '../app-state.ts';
import { problemSentences } from './problem-text.ts';
import { RawText } from './raw-text.tsx';

/** What a problem means for the data, and what to do. */
export function ProblemMeaning({ meaning, remedy }: { readonly meaning: string; readonly remedy: string }) {
  const { t } = useTexts();
  return (
    <dl className="problem-facts">
      <dt>{t('needs.meaning')}</dt>
      <dd>{meaning}</dd>
      <dt>{t('needs.remedy')}</dt>
      <dd>{remedy}</dd>
    </dl>
  );
}

/** The same of a problem as it was told; the raw text last. */
export function ProblemFacts({ problem }: { readonly problem: Problem }) {
  const { t, language } = useTexts();
  const said = problemSentences(problem.code, problem.facts, language);
  return (
    <>
      <ProblemMeaning meaning={said.meaning} remedy={said.remedy} />
      {problem.detail === '' ? null : <RawText title={t('needs.detail')} text={problem.detail} />}
    </>
  );
}
