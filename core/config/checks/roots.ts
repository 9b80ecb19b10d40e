/** No job may receive into the tree of another, and nothing received may be sent on or be sent twice. */
import { type Reach, reachOf } from '../reach.ts';
import { meetingRoots, type ReceivingRoot, receivingRoots } from '../roots.ts';
import type { LocatedJob } from '../schema/file.ts';
import type { JobConfig } from '../types.ts';
import { quote } from '../values/parsed.ts';
import { placeOf } from '../yaml/nodes.ts';

type ReadJob = LocatedJob & { readonly job: JobConfig };

/** The first two roots of different jobs that meet, for every two jobs that have such. */
function checkApart(jobs: ReadonlyMap<string, ReadJob>, roots: readonly ReceivingRoot[]): void {
  const told = new Set<string>();
  for (const [other, root, meet] of meetingRoots(roots)) {
    const pair = JSON.stringify([other.job, root.job]);
    const job = jobs.get(root.job);
    if (job === undefined || told.has(pair)) continue;
    told.add(pair);
    const message =
      meet === 'yes'
        ? `this job receives into ${quote(root.root)}, and job ${quote(other.job)} receives into ${quote(other.root)}; one must not be inside of the other`
        : `for some clients ${quote(root.root)} and ${quote(other.root)} of job ${quote(other.job)} may be the same`;
    let at = job.at;
    for (const key of root.keys) at = at.key(key);
    at.complain(placeOf(job.node, ...root.keys), message, {
      severity: meet === 'yes' ? 'error' : 'warning',
      hint: 'give each job a root_fs, or a client_identity, of its own',
    });
  }
}

function checkNotResent(jobs: readonly ReadJob[], roots: readonly ReceivingRoot[]): void {
  const local = roots.filter(({ machine }) => machine === '');
  for (const { job, node, at } of jobs) {
    if (job.type !== 'push' && job.type !== 'source' && job.type !== 'snap') continue;
    if (job.type === 'snap' && job.snapshotting.type === 'manual') continue;
    const reach = reachOf(job.filesystems);
    const told = new Set<string>();
    for (const root of local) {
      // A "*" is an address that is not known yet: what counts is then the tree that all of them are in.
      const tree = root.root.includes('*') ? root.root.slice(0, root.root.lastIndexOf('/')) : root.root;
      if (told.has(root.job) || !reach.takesPartOf(tree)) continue;
      told.add(root.job);
      const place = placeOf(node, 'filesystems');
      const what = `${quote(root.root)}, where job ${quote(root.job)} receives`;
      const hint = `add "${tree}<": false`;
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
  const earlier = new Map<string, { readonly name: string; readonly reach: Reach }[]>();
  for (const { job, node, at } of jobs) {
    if (job.type !== 'push' || job.connect.type !== 'local') continue;
    const target = JSON.stringify([job.connect.listenerName, job.connect.clientIdentity]);
    const reach = reachOf(job.filesystems);
    const others = earlier.get(target) ?? [];
    for (const other of others) {
      const dataset = reach.sharedWith(other.reach);
      if (dataset === null) continue;
      const message = `job ${quote(other.name)} sends ${quote(dataset)} to the same place already`;
      at.key('filesystems').complain(placeOf(node, 'filesystems'), message, {
        hint: 'take it out of one of the two, or give them different client_identity',
      });
    }
    earlier.set(target, [...others, { name: job.name, reach }]);
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
