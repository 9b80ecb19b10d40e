import type { HistoryEntry } from '../../../core/api/history.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { Name } from '../../ui/name.tsx';
import { ProblemMeaning } from '../../ui/problem-facts.tsx';
import { knownCode, problemSentences } from '../../ui/problem-text.ts';

/** Everything that is kept of a run. */
export function HistoryDetails({ entry }: { readonly entry: HistoryEntry }) {
  const { t, format, language } = useTexts();
  const { tally } = entry;
  const facts = [
    t(`activity.cause.${entry.cause}`),
    ...(entry.endMs === null || entry.skipped !== null
      ? []
      : [t('activity.took', { time: format.duration(entry.endMs - entry.startMs) })]),
    ...(tally.datasets === 0 ? [] : [t('activity.datasets', { done: tally.datasetsDone, all: tally.datasets })]),
    ...(tally.snapshotsTaken === 0 ? [] : [t('activity.taken', { count: tally.snapshotsTaken })]),
    ...(tally.snapshotsSent === 0 ? [] : [t('activity.sentSnapshots', { count: tally.snapshotsSent })]),
  ];
  return (
    <div className="history-details">
      <p className="muted fig">{[format.exact(entry.startMs), ...facts].join(' · ')}</p>
      {(entry.drives ?? []).map(({ poolGuid, name, successMs }) => (
        <p className="muted" key={poolGuid}>
          {entry.outcome === 'running'
            ? t('activity.onDrives', { drives: visible(name) })
            : t(successMs === null ? 'activity.driveNotDone' : 'activity.driveDone', { drive: visible(name) })}
        </p>
      ))}
      {entry.problems.map((problem) => {
        const code = knownCode(problem.code);
        // The sentence with its facts was made when it happened; what follows from it is known by its code.
        const said = code === null ? null : problemSentences(code, {}, language);
        return (
          <div className="history-problem" key={`${problem.code} ${problem.dataset ?? ''} ${problem.text}`}>
            <p>
              {problem.dataset === null ? null : <Name text={problem.dataset} className="chip" />}{' '}
              <span data-raw>
                <Name text={problem.text} className="prose" />
              </span>
            </p>
            {said === null ? null : <ProblemMeaning meaning={said.meaning} remedy={said.remedy} />}
          </div>
        );
      })}
      {entry.problemsLeftOut > 0 ? (
        <p className="muted">{t('activity.moreProblems', { count: entry.problemsLeftOut })}</p>
      ) : null}
    </div>
  );
}
