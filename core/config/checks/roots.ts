/** No job may receive into the tree of another, and nothing received may be sent on or be sent twice. */
import { configFault } from '../../api/config-fault.ts';
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
        ? configFault('roots-meet', { root: quote(root.root), job: quote(other.job), other: quote(other.root) })
        : configFault('roots-may-meet', { root: quote(root.root), other: quote(other.root), job: quote(other.job) });
    let at = job.at;
    for (const key of root.keys) at = at.key(key);
    at.complain(placeOf(job.node, ...root.keys), message, {
      severity: meet === 'yes' ? 'error' : 'warning',
      hint: configFault('roots-hint'),
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
      const hint = configFault('resent-hint', { tree });
      if (job.type === 'snap') {
        const message = configFault('resent-snap', { root: quote(root.root), job: quote(root.job) });
        at.key('filesystems').complain(place, message, { severity: 'warning', hint });
      } else {
        at.key('filesystems').complain(place, configFault('resent', { root: quote(root.root), job: quote(root.job) }), {
          hint,
        });
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
      const message = configFault('sent-twice', { job: quote(other.name), dataset: quote(dataset) });
      at.key('filesystems').complain(placeOf(node, 'filesystems'), message, {
        hint: configFault('sent-twice-hint'),
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
