/** Where the machine of a job is asked for first. Pure. */
import { type Document, isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { jobOf, misfit, nodeOf } from './document.ts';
import { putText, textIn } from './edit-place.ts';

/**
 * Puts the address into `host`, and the one that was there into its place in `also_at`, or before all others of that list. Which
 * machine it is says the pinned host key alone, so a job that knows it by its name in `known_hosts` is refused. Throws
 * `job-unknown`, and `edit-refused` where only the file can change it.
 */
export function putFirst(document: Document, jobName: string, address: string): void {
  const connect = connectOf(document, jobName);
  const before = textIn(connect, 'host');
  if (before === null || before === address) throw misfit('edit-first-already', { address });
  if (textIn(connect, 'host_key') === null) throw misfit('edit-known-by-name');
  const list: unknown = connect.get('also_at', true);
  if (list === undefined) connect.set('also_at', nodeOf(document, [before]));
  else if (!isSeq(list) || isAlias(list)) throw misfit('edit-shared-connection', { job: jobName });
  else {
    const at = list.items.findIndex((item) => isScalar(item) && String(item.value) === address);
    if (at === -1) list.items.unshift(nodeOf(document, before));
    else list.items[at] = nodeOf(document, before);
  }
  putText(document, connect, 'host', address);
}

function connectOf(document: Document, jobName: string): YAMLMap {
  const connect: unknown = jobOf(document, jobName).get('connect', true);
  if (!isMap(connect) || isAlias(connect) || connect.anchor !== undefined || textIn(connect, 'type') !== 'ssh') {
    throw misfit('edit-shared-connection', { job: jobName });
  }
  return connect;
}
