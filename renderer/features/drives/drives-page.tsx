import { drivesOf } from '../../../core/api/drive-status.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { useDaemonNowMs, useTexts } from '../../app-state.ts';
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
      </header>
      {drives.length === 0 ? <p className="empty">{t('drivePage.none')}</p> : null}
      {drives.map((one) => (
        <DrivePanel key={one.drive.poolGuid} one={one} nowMs={nowMs} />
      ))}
    </div>
  );
}
