import { CircleAlert } from 'lucide-react';
import type { Problem } from '../../core/api/problem.ts';
import { useTexts } from '../app-state.ts';
import { ProblemFacts } from './problem-facts.tsx';
import { problemSentences } from './problem-text.ts';

/** What went wrong with what one has just asked for: what it means, what to do; the raw text last. */
export function ProblemBox({ problem }: { readonly problem: Problem }) {
  const { language } = useTexts();
  const said = problemSentences(problem.code, problem.facts, language);
  return (
    <div className="problem-box" role="alert">
      <CircleAlert className="problem-icon" size={18} aria-hidden="true" />
      <div className="problem-body">
        <p className="problem-happened">{said.happened}</p>
        <ProblemFacts problem={problem} />
      </div>
    </div>
  );
}
