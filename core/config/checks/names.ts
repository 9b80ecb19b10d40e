/** Job names are marks on disk: two jobs of one name would take each other's marks for their own. */
import { configFault } from '../../api/config-fault.ts';
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
    const where =
      file === place.file
        ? configFault('at-line', { line: `${line}` })
        : configFault('at-file-line', { file, line: `${line}` });
    job.at.key('name').complain(place, configFault('name-used', { job: quote(job.name), where }));
  }
}
