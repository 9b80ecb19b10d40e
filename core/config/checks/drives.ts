/** One pool has one name: two jobs that call it differently cannot both mean the same drive. */
import { configFault } from '../../api/config-fault.ts';
import type { LocatedJob } from '../schema/file.ts';
import { quote } from '../values/parsed.ts';
import { placeOf } from '../yaml/nodes.ts';

/** Complains about every job that names the pool of a drive otherwise than a job before it. */
export function checkDrives(jobs: readonly LocatedJob[]): void {
  const known = new Map<bigint, { readonly job: string; readonly pool: string }>();
  for (const { job, node, at } of jobs) {
    if (job?.type !== 'push' || job.connect.type !== 'drive') continue;
    for (const { pool, poolGuid } of job.connect.drives) {
      const before = known.get(poolGuid);
      if (before !== undefined && before.pool !== pool) {
        const message = configFault('pool-two-names', {
          guid: `${poolGuid}`,
          other: quote(before.pool),
          job: quote(before.job),
          pool: quote(pool),
        });
        at.key('connect').complain(placeOf(node, 'connect'), message, { hint: configFault('pool-two-names-hint') });
      }
      if (before === undefined) known.set(poolGuid, { job: job.name, pool });
    }
  }
}
