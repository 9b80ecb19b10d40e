import { CircleCheck, CircleHelp, CircleMinus, CircleX } from 'lucide-react';
import type { DestinationChecks } from '../../core/api/surroundings.ts';
import { useTexts } from '../app-state.ts';
import { Name } from './name.tsx';
import { problemSentences } from './problem-text.ts';

const ICONS = { ok: CircleCheck, failed: CircleX, unknown: CircleHelp, skipped: CircleMinus } as const;

/** One line for each check of a destination, with what to do where it failed. */
export function CheckList({ checks }: { readonly checks: DestinationChecks['checks'] }) {
  const { t, format, language } = useTexts();
  // The room that is free comes as a number.
  const told = (check: string, detail: string): string =>
    check === 'space' && /^\d+$/.test(detail)
      ? t('setup.plan.spaceNow', { free: format.bytes(Number(detail)) })
      : detail;
  return (
    <ul className="checks" aria-label={t('setup.target.checks')}>
      {checks.map(({ check, state, problem, detail }) => {
        const Icon = ICONS[state];
        const said = problem === null ? null : problemSentences(problem.code, problem.facts, language);
        return (
          <li key={check} className={`check-line ${state}`}>
            <Icon size={16} aria-hidden="true" />
            <span className="strong">{t(`setup.check.${check}`)}</span>
            <span className="check-state">{t(`setup.checkState.${state}`)}</span>
            <span className="check-said">
              {said === null ? null : `${said.happened} ${said.remedy}`}
              {detail === '' ? null : <Name text={told(check, detail)} className="muted prose" />}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
