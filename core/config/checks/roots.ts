/** No job may receive into the tree of another, and nothing received may be sent on or be sent twice. */
import { checkPattern, compileFilter } from '../../endpoint/filter.ts';
import { type ReceivingRoot, receivingRoots, rootsMeet } from '../roots.ts';
import type { LocatedJob } from '../schema/file.ts';
import type { FilesystemPatterns, JobConfig } from '../types.ts';
import { quote } from '../values/parsed.ts';
import { placeOf } from '../yaml/nodes.ts';

type ReadJob = LocatedJob & { readonly job: JobConfig };

/** A component that no dataset can have: stands for whatever is below and not named by any pattern. */
const ANYTHING = '%';

/**
 * A dataset that both sets of patterns take, `*` at its end standing for what is below; null when they have none in common.
 * Looks at the datasets that patterns name and at unnamed ones below them, which covers every dataset there can be.
 */
export function commonDataset(a: FilesystemPatterns, b: FilesystemPatterns): string | null {
  const left = compileFilter(a);
  const right = compileFilter(b);
  for (const pattern of [...a.keys(), ...b.keys()]) {
    const path = pattern.replace(/<$/, '');
    const below = path === '' ? ANYTHING : `${path}/${ANYTHING}`;
    for (const dataset of pattern.endsWith('<') ? [path, below] : [path]) {
      if (left.matches(dataset) && right.matches(dataset)) return dataset.replace(ANYTHING, '*');
    }
  }
  return null;
}

/** Whether patterns take a dataset, or anything below it. */
function takesPartOf(patterns: FilesystemPatterns, root: string): boolean {
  // A "*" is an address that is not known yet: what counts is then the tree that all of them are in.
  const fixed = root.includes('*') ? root.slice(0, root.lastIndexOf('/')) : root;
  return checkPattern(fixed) === null && commonDataset(patterns, new Map([[`${fixed}<`, true]])) !== null;
}

function checkApart(jobs: ReadonlyMap<string, ReadJob>, roots: readonly ReceivingRoot[]): void {
  for (const [index, root] of roots.entries()) {
    for (const other of roots.slice(0, index)) {
      if (other.job === root.job || other.machine !== root.machine) continue;
      const meet = rootsMeet(root.root, other.root);
      const job = jobs.get(root.job);
      if (meet === 'no' || job === undefined) continue;
      const where = `job ${quote(other.job)} receives into ${quote(other.root)}`;
      const message =
        meet === 'yes'
          ? `this job receives into ${quote(root.root)}, and ${where}; one must not be inside of the other`
          : `for some clients ${quote(root.root)} and ${quote(other.root)} of job ${quote(other.job)} may be the same`;
      let at = job.at;
      for (const key of root.keys) at = at.key(key);
      at.complain(placeOf(job.node, ...root.keys), message, {
        severity: meet === 'yes' ? 'error' : 'warning',
        hint: 'give each job a root_fs, or a client_identity, of its own',
      });
    }
  }
}

function checkNotResent(jobs: readonly ReadJob[], roots: readonly ReceivingRoot[]): void {
  const local = roots.filter(({ machine }) => machine === '');
  for (const { job, node, at } of jobs) {
    if (job.type !== 'push' && job.type !== 'source' && job.type !== 'snap') continue;
    if (job.type === 'snap' && job.snapshotting.type === 'manual') continue;
    for (const root of local) {
      if (!takesPartOf(job.filesystems, root.root)) continue;
      const place = placeOf(node, 'filesystems');
      const what = `${quote(root.root)}, where job ${quote(root.job)} receives`;
      const hint = `add "${root.root.replace(/\/[^/]*\*.*$/, '')}<": false`;
      if (job.type === 'snap') {
        const message = `this job takes snapshots of ${what}; the next receive there is then refused`;
        at.key('filesystems').complain(place, message, { severity: 'warning', hint });
      } else {
        at.key('filesystems').complain(place, `this job would send ${what}`, { hint });
      }
    }
  }
}

/** Two jobs that send the same dataset to the same place would each take the copy of the other for a foreign one. */
function checkNotSentTwice(jobs: readonly ReadJob[]): void {
  const earlier: { readonly name: string; readonly target: string; readonly patterns: FilesystemPatterns }[] = [];
  for (const { job, node, at } of jobs) {
    if (job.type !== 'push' || job.connect.type !== 'local') continue;
    const target = JSON.stringify([job.connect.listenerName, job.connect.clientIdentity]);
    for (const other of earlier) {
      const dataset = other.target === target ? commonDataset(other.patterns, job.filesystems) : null;
      if (dataset === null) continue;
      const message = `job ${quote(other.name)} sends ${quote(dataset)} to the same place already`;
      at.key('filesystems').complain(placeOf(node, 'filesystems'), message, {
        hint: 'take it out of one of the two, or give them different client_identity',
      });
    }
    earlier.push({ name: job.name, target, patterns: job.filesystems });
  }
}

/** All checks on where data goes. Jobs that could not be read are left out. */
export function checkRoots(located: readonly LocatedJob[]): void {
  const jobs = located.flatMap((entry): readonly ReadJob[] =>
    entry.job === null ? [] : [{ ...entry, job: entry.job }],
  );
  const roots = receivingRoots(jobs.map(({ job }) => job));
  checkApart(new Map(jobs.map((entry) => [entry.job.name, entry])), roots);
  checkNotResent(jobs, roots);
  checkNotSentTwice(jobs);
}
