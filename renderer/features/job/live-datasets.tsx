import { useMemo, useState } from 'react';
import { Checkbox } from 'react-aria-components';
import type { AttemptReport, DatasetReport } from '../../../core/api/status.ts';
import { useTexts } from '../../app-state.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { FoldingList } from '../../ui/folding-list.tsx';
import { LiveDataset } from './live-dataset.tsx';
import { liveRows } from './live-rows.ts';

const ROW_PX = 52;
const FILTER_FROM = 12;

const nameOf = ({ dataset }: DatasetReport): string => dataset;

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
  const rows = useMemo(() => liveRows(attempt, filter, onlyOpen), [attempt, filter, onlyOpen]);
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
      <FoldingList label={t('job.tabs.datasets')} rows={rows} keyOf={nameOf} rowPx={ROW_PX}>
        {(report, expanded, onToggle) => (
          <LiveDataset
            report={report}
            running={running}
            nowMs={nowMs}
            expanded={expanded}
            onToggle={onToggle}
            runKey={String(attempt.startedAtMs)}
          />
        )}
      </FoldingList>
    </>
  );
}
