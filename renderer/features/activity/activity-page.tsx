import { useState } from 'react';
import { drivesOf } from '../../../core/api/drive-status.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { useTexts } from '../../app-state.ts';
import { ACTIVITY_FILTERS, type ActivityFilter } from '../../model/activity.ts';
import { Choice } from '../../ui/choice.tsx';
import { HistoryList } from './history-list.tsx';
import { NoticeList } from './notice-list.tsx';

const ALL_JOBS = '';
const ALL_DRIVES = '';

/** Every run, every time that one was due and did not run, and every notice. */
export function ActivityPage({ status }: { readonly status: DaemonStatus }) {
  const { t } = useTexts();
  const [job, setJob] = useState(ALL_JOBS);
  const [filter, setFilter] = useState<ActivityFilter>('all');
  const names = status.jobs.map(({ name }) => name);
  const drives = drivesOf(status).map(({ drive }) => drive);
  const [chosenDrive, setDrive] = useState(ALL_DRIVES);
  const drive = drives.some(({ poolGuid }) => poolGuid === chosenDrive) ? chosenDrive : ALL_DRIVES;
  const known = names.includes(job) ? job : ALL_JOBS;
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{t('activity.title')}</h1>
          <p className="muted">{t('activity.explain')}</p>
        </div>
        <div className="filters">
          <Choice
            label={t('activity.filterJob')}
            value={known}
            options={[
              { value: ALL_JOBS, text: t('activity.allJobs') },
              ...names.map((name) => ({ value: name, name })),
            ]}
            onChange={setJob}
          />
          {drives.length === 0 ? null : (
            <Choice
              label={t('activity.filterDrive')}
              value={drive}
              options={[
                { value: ALL_DRIVES, text: t('activity.allDrives') },
                ...drives.map(({ poolGuid, name }) => ({ value: poolGuid, name })),
              ]}
              onChange={setDrive}
            />
          )}
          <Choice
            label={t('activity.show')}
            value={filter}
            options={ACTIVITY_FILTERS.map((value) => ({ value, text: t(`activity.${value}`) }))}
            onChange={(value) => setFilter(ACTIVITY_FILTERS.find((one) => one === value) ?? 'all')}
          />
        </div>
      </header>
      {filter === 'notices' ? (
        <NoticeList />
      ) : (
        <HistoryList
          job={known === ALL_JOBS ? null : known}
          filter={filter}
          drive={drive === ALL_DRIVES ? null : drive}
        />
      )}
    </div>
  );
}
