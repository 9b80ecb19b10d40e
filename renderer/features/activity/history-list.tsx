import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useState } from 'react';
import { useTexts } from '../../app-state.ts';
import { type ActivityFilter, isShown } from '../../model/activity.ts';
import { Button } from '../../ui/button.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { HistoryRow } from './history-row.tsx';
import { useHistory } from './use-history.ts';

const ROW_PX = 48;

interface HistoryListProps {
  /** Null: of all jobs. */
  readonly job: string | null;
  readonly filter: ActivityFilter;
}

/** Runs, newest first. What belongs to another job is never shown while this one is loaded. */
export function HistoryList({ job, filter }: HistoryListProps) {
  return <Loaded job={job} filter={filter} key={job ?? ''} />;
}

function Loaded({ job, filter }: HistoryListProps) {
  const { t, language } = useTexts();
  const { entries, more, loading, problem, loadOlder } = useHistory(job);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const shown = useMemo(() => entries.filter((entry) => isShown(entry, filter)), [entries, filter]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller,
    getItemKey: (index) => shown[index]?.id ?? index,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const toggle = (id: number): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  if (loading) return <p className="empty">{t('activity.loading')}</p>;
  return (
    <>
      {problem === null ? null : (
        <p className="bad">{problemSentences(problem.code, problem.facts, language).happened}</p>
      )}
      {shown.length === 0 && problem === null ? (
        <p className="empty">{t(entries.length === 0 ? 'activity.none' : 'activity.noneMatch')}</p>
      ) : null}
      <div className="list-scroll history" ref={setScroller} hidden={shown.length === 0}>
        <ul className="list" aria-label={t('activity.title')} style={{ blockSize: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const entry = shown[item.index];
            if (entry === undefined) return null;
            return (
              <li
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                className="list-row"
                aria-setsize={more ? -1 : shown.length}
                aria-posinset={item.index + 1}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <HistoryRow
                  entry={entry}
                  showJob={job === null}
                  open={open.has(entry.id)}
                  onToggle={() => toggle(entry.id)}
                />
              </li>
            );
          })}
        </ul>
      </div>
      {more ? (
        <p>
          <Button onPress={loadOlder}>{t('activity.more')}</Button>
        </p>
      ) : null}
    </>
  );
}
