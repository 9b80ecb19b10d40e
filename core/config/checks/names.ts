/** Job names are marks on disk: two jobs of one name would take each other's marks for their own. */
import type { LocatedJob } from '../schema/file.ts';
import { quote } from '../values/parsed.ts';
import { placeOf } from '../yaml/nodes.ts';

/** Complains about every name that is used a second time, over all files. */
export function checkNames(jobs: readonly LocatedJob[]): void {
  const first = new Map<string, LocatedJob>();
  for (const job of jobs) {
    if (job.name === null) continue;
    const other = first.get(job.name);
    if (other === undefined) {
      first.set(job.name, job);
      continue;
    }
    const { file, line } = placeOf(other.node, 'name');
    const place = placeOf(job.node, 'name');
    const where = file === place.file ? `line ${line}` : `${file}, line ${line}`;
    job.at.key('name').complain(place, `the name ${quote(job.name)} is used already by another job (${where})`);
  }
}
