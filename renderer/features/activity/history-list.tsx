import { useMemo } from 'react';
import type { HistoryEntry } from '../../../core/api/history.ts';
import { useTexts } from '../../app-state.ts';
import { type ActivityFilter, isShown, wentTo } from '../../model/activity.ts';
import { Button } from '../../ui/button.tsx';
import { FoldingList } from '../../ui/folding-list.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { HistoryRow } from './history-row.tsx';
import { useHistory } from './use-history.ts';

const ROW_PX = 48;

const idOf = ({ id }: HistoryEntry): number => id;

interface HistoryListProps {
  /** Null: of all jobs. */
  readonly job: string | null;
  readonly filter: ActivityFilter;
  /** The guid of the pool of a drive; null: whichever it went to. */
  readonly drive?: string | null;
}

/** Runs, newest first. What belongs to another job is never shown while this one is loaded. */
export function HistoryList({ job, filter, drive = null }: HistoryListProps) {
  return <Loaded job={job} filter={filter} drive={drive} key={job ?? ''} />;
}

function Loaded({ job, filter, drive }: Required<HistoryListProps>) {
  const { t, language } = useTexts();
  const { entries, more, loading, problem, loadOlder } = useHistory(job);
  const shown = useMemo(
    () => entries.filter((entry) => isShown(entry, filter) && wentTo(entry, drive)),
    [entries, filter, drive],
  );
  if (loading) return <p className="empty">{t('activity.loading')}</p>;
  return (
    <>
      {problem === null ? null : (
        <p className="bad">{problemSentences(problem.code, problem.facts, language).happened}</p>
      )}
      {shown.length === 0 && problem === null ? (
        <p className="empty">{t(entries.length === 0 ? 'activity.none' : 'activity.noneMatch')}</p>
      ) : null}
      <FoldingList label={t('activity.title')} rows={shown} keyOf={idOf} rowPx={ROW_PX} more={more} className="history">
        {(entry, open, onToggle) => <HistoryRow entry={entry} showJob={job === null} open={open} onToggle={onToggle} />}
      </FoldingList>
      {more ? (
        <p>
          <Button onPress={loadOlder}>{t('activity.more')}</Button>
        </p>
      ) : null}
    </>
  );
}
