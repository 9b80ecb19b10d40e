/** The datasets of an attempt as rows: those that matter now come first. Pure. */
import type { AttemptReport, DatasetReport } from '../../../core/api/status.ts';
import { isWorking } from '../../model/progress.ts';

function rank(report: DatasetReport): number {
  if (report.problem !== null) return 0;
  if (isWorking(report)) return 1;
  return report.state === 'done' ? 3 : 2;
}

/** Failed, at work, to come, done; each by name, so that nothing moves unless its state does. */
export function liveRows(attempt: AttemptReport, filter: string, onlyOpen: boolean): readonly DatasetReport[] {
  const wanted = filter.trim().toLowerCase();
  return attempt.datasets
    .filter((report) => !onlyOpen || report.state !== 'done')
    .filter((report) => wanted === '' || report.dataset.toLowerCase().includes(wanted))
    .toSorted((a, b) => rank(a) - rank(b) || (a.dataset < b.dataset ? -1 : 1));
}
