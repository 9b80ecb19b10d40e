/** What proves a cell of the matrix, as commands that a person can run. Pure. */
import type { DatasetSafety } from '../../core/api/status.ts';

/** What the engine calls the machine it runs on. */
const THIS_MACHINE = 'this machine:';

/** A destination as one names it here: a dataset of this machine needs no machine. */
export function placeName(destination: string): string {
  return destination.startsWith(THIS_MACHINE) ? destination.slice(THIS_MACHINE.length) : destination;
}

/** The commands that show the same facts. A destination is "user@host:dataset", or a dataset of this machine. */
export function evidenceCommands(safety: DatasetSafety): { readonly here: string; readonly there: string | null } {
  const list = 'zfs list -t snapshot,bookmark -d 1 -s createtxg -o name,guid,creation';
  const here = `${list} ${quoted(safety.dataset)}`;
  const guid = safety.newestCommon?.guid;
  if (guid === undefined) return { here, there: null };
  const remote = /^(?<login>[^:/\s]+):(?<root>\S+)$/.exec(safety.destination)?.groups;
  const find = (root: string): string => `zfs list -H -r -t snapshot -o name,guid ${quoted(root)} | grep -w ${guid}`;
  if (remote?.login !== undefined && remote.root !== undefined) {
    return { here, there: `ssh ${quoted(remote.login)} ${quoted(find(remote.root))}` };
  }
  return { here, there: find(placeName(safety.destination)) };
}

/** As one word of a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
