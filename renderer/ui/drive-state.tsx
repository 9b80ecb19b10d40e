import { type DriveOfJobs, isFreshlySafe, isOnlyScrubbing } from '../../core/api/drive-status.ts';
import { useTexts } from '../app-state.ts';

/** Where a drive is, in words. */
export function DriveStateText({ one }: { readonly one: DriveOfJobs }) {
  const { t } = useTexts();
  const { drive } = one;
  if (drive.asks) return t('drives.asks');
  if (isOnlyScrubbing(one)) return t('drivePage.scrubbing');
  return isFreshlySafe(drive) ? t('drives.freshlySafe') : t(`drives.state.${drive.state}`);
}
