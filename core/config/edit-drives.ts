/** Takes a drive out of the set of a job. Pure. */
import { type Document, isAlias, isMap, isSeq, type Node } from 'yaml';
import { jobOf, misfit } from './document.ts';
import { textIn } from './edit-place.ts';

/**
 * The drive goes with what is written beside it; the others stay as they were written. Throws `job-unknown`, and `request-invalid`
 * where only the file can change it, or it is the only one.
 */
export function forgetDrive(document: Document, jobName: string, poolGuid: string): void {
  const connect: unknown = jobOf(document, jobName).get('connect', true);
  const list: unknown = isMap(connect) && !isAlias(connect) ? connect.get('drives', true) : undefined;
  if (!isSeq<Node>(list) || isAlias(list) || list.anchor !== undefined) {
    throw misfit(`the drives of ${jobName} are not written as a list in the job alone`);
  }
  const at = list.items.findIndex((item) => isMap(item) && textIn(item, 'pool_guid') === poolGuid);
  if (at === -1) throw misfit(`${jobName} has no drive with the pool_guid ${poolGuid} that is written in its list`);
  if (list.items.length === 1) throw misfit(`it is the only drive of ${jobName}`);
  list.items.splice(at, 1);
}
