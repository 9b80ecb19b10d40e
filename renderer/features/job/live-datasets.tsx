import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useState } from 'react';
import { Checkbox } from 'react-aria-components';
import type { AttemptReport } from '../../../core/api/status.ts';
import { useTexts } from '../../app-state.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { LiveDataset } from './live-dataset.tsx';
import { liveRows } from './live-rows.ts';

const ROW_PX = 52;
const FILTER_FROM = 12;

interface LiveDatasetsProps {
  readonly attempt: AttemptReport;
  readonly running: boolean;
  readonly nowMs: number;
}

/** Every dataset of an attempt. Only those in sight are drawn. */
export function LiveDatasets({ attempt, running, nowMs }: LiveDatasetsProps) {
  const { t } = useTexts();
  const [filter, setFilter] = useState('');
  const [onlyOpen, setOnlyOpen] = useState(false);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const rows = useMemo(() => liveRows(attempt, filter, onlyOpen), [attempt, filter, onlyOpen]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    getItemKey: (index) => rows[index]?.dataset ?? index,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const toggle = (dataset: string): void =>
    setExpanded((before) => {
      const after = new Set(before);
      if (!after.delete(dataset)) after.add(dataset);
      return after;
    });
  return (
    <>
      {attempt.datasets.length < FILTER_FROM ? null : (
        <div className="list-tools">
          <FilterField label={t('live.filter')} value={filter} onChange={setFilter} />
          <Checkbox className="check" isSelected={onlyOpen} onChange={setOnlyOpen}>
            <CheckMark />
            {t('live.onlyOpen')}
          </Checkbox>
        </div>
      )}
      {rows.length === 0 ? <p className="empty">{t(filter === '' ? 'live.nothingOpen' : 'matrix.none')}</p> : null}
      <div className="list-scroll" ref={setScroller}>
        <ul className="list" aria-label={t('job.tabs.datasets')} style={{ blockSize: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const report = rows[item.index];
            if (report === undefined) return null;
            return (
              <li
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                className="list-row"
                aria-setsize={rows.length}
                aria-posinset={item.index + 1}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <LiveDataset
                  report={report}
                  running={running}
                  nowMs={nowMs}
                  expanded={expanded.has(report.dataset)}
                  onToggle={() => toggle(report.dataset)}
                  runKey={String(attempt.startedAtMs)}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}
