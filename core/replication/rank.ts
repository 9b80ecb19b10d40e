/** Which of several marks of one version is the best base. Pure. */
import { bookmarkMarkOf } from '../zfs/marks.ts';
import type { BaseRank } from './diff.ts';

/** How good the sender's bookmarks are as a base: own cursor before own tentative cursor before others. */
export function rankForJob(dataset: string, jobId: string): BaseRank {
  return (version) => {
    const mark = version.type === 'bookmark' ? bookmarkMarkOf(dataset, version) : null;
    if (mark === null || mark.jobId !== jobId) return 0;
    return mark.kind === 'cursor' ? 2 : 1;
  };
}
