import { Plus } from 'lucide-react';
import { drivesOf } from '../../../core/api/drive-status.ts';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import { visible } from '../../../core/api/visible.ts';
import { goTo, useDaemonNowMs, useLive, useTexts } from '../../app-state.ts';
import { jobsWithDrives } from '../../model/further-drive.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu-button.tsx';
import { DrivePanel } from './drive-panel.tsx';

/** Ages are told in minutes. */
const AGE_GRAIN_MS = 10_000;

/** Every external drive: where it is, what is on it, how it is, and what one can do with it. */
export function DrivesPage({ status }: { readonly status: DaemonStatus }) {
  const { t } = useTexts();
  const nowMs = useDaemonNowMs(AGE_GRAIN_MS);
  const drives = drivesOf(status);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{t('nav.drives')}</h1>
          <p className="muted">{t('drivePage.explain')}</p>
        </div>
        <AddDrive jobs={jobsWithDrives(status.jobs)} />
      </header>
      {drives.length === 0 ? <p className="empty">{t('drivePage.none')}</p> : null}
      {drives.map((one) => (
        <DrivePanel key={one.drive.poolGuid} one={one} nowMs={nowMs} />
      ))}
    </div>
  );
}

/** To each of these jobs a further drive can be added, which takes turns with those that it has. */
function AddDrive({ jobs }: { readonly jobs: readonly JobStatus[] }) {
  const { t } = useTexts();
  const live = useLive();
  const [only] = jobs;
  if (only === undefined) return null;
  const add = (job: string): void => goTo({ page: 'add-drive', job });
  if (jobs.length === 1) {
    return (
      <Button onPress={() => add(only.name)} isDisabled={!live}>
        <Plus size={14} aria-hidden="true" />
        {t('drivePage.add.open')}
      </Button>
    );
  }
  return (
    <MenuButton
      items={jobs.map(({ name }) => ({ key: name, text: t('drivePage.add.openFor', { job: visible(name) }) }))}
      onChoose={add}
      isDisabled={!live}
    >
      <Plus size={14} aria-hidden="true" />
      {t('drivePage.add.open')}
    </MenuButton>
  );
}
