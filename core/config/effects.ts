/** What a change of the configuration means for the jobs. Pure. */

import type { ConfigEffect } from '../api/config.ts';
import { comparable } from './comparable.ts';
import type { Config, JobConfig } from './types.ts';

/** By job, in the order of the new configuration; what was removed comes last. */
export function effectsOf(before: Config | null, after: Config): readonly ConfigEffect[] {
  const old = new Map((before?.jobs ?? []).map((job) => [job.name, job]));
  const kept = new Set(after.jobs.map((job) => job.name));
  const removed = [...old.keys()].filter((name) => !kept.has(name));
  return [
    ...after.jobs.flatMap((job): readonly ConfigEffect[] => {
      const was = old.get(job.name);
      const kinds = was === undefined ? (['added'] as const) : changesOf(was, job);
      return kinds.map((kind) => ({ job: job.name, kind }));
    }),
    ...removed.map((job) => ({ job, kind: 'removed' as const })),
  ];
}

const PARTS: readonly (readonly [ConfigEffect['kind'], readonly string[]])[] = [
  ['destination-changed', ['type', 'connect', 'serve', 'rootFs']],
  ['datasets-changed', ['filesystems']],
  ['pruning-changed', ['pruning']],
  ['snapshotting-changed', ['snapshotting']],
];
const TOLD_APART = new Set(['definedAt', 'disabled', ...PARTS.flatMap(([, keys]) => keys)]);

function changesOf(was: JobConfig, now: JobConfig): readonly ConfigEffect['kind'][] {
  const withoutNew = withoutNewDrives(was, now);
  if (withoutNew !== null) return [...changesOf(was, withoutNew), 'drive-added'];
  const [before, after] = [asRecord(was), asRecord(now)];
  const differs = (key: string): boolean => comparable(before[key]) !== comparable(after[key]);
  const rest = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !TOLD_APART.has(key));
  return [
    ...(was.disabled === now.disabled ? [] : [now.disabled ? ('disabled' as const) : ('enabled' as const)]),
    ...PARTS.flatMap(([kind, keys]) => (keys.some(differs) ? [kind] : [])),
    ...(rest.some(differs) ? (['changed'] as const) : []),
  ];
}

/** The job as it is now without the drives that it has beyond those of before; null where there are none. */
function withoutNewDrives(was: JobConfig, now: JobConfig): JobConfig | null {
  if (was.type !== 'push' || was.connect.type !== 'drive') return null;
  if (now.type !== 'push' || now.connect.type !== 'drive') return null;
  const before = new Set(was.connect.drives.map(({ poolGuid }) => poolGuid));
  const drives = now.connect.drives.filter(({ poolGuid }) => before.has(poolGuid));
  if (drives.length < before.size || drives.length === now.connect.drives.length) return null;
  return { ...now, connect: { ...now.connect, drives } };
}

/** How a destination is found and woken up, and what follows when it comes, says nothing of which destination it is. */
function asRecord(job: JobConfig): Readonly<Record<string, unknown>> {
  const whole = Object.fromEntries(Object.entries(job));
  if (!('connect' in job)) return whole;
  if (job.connect.type === 'ssh') {
    const { alsoAt, wake, ...connect } = job.connect;
    return { ...whole, connect, reaching: { alsoAt, wake } };
  }
  if (job.connect.type === 'drive') {
    const { onPlug, ejectWhenDone, spinDownAfterMs, staleAfterMs, drives, ...rest } = job.connect;
    const connect = { ...rest, drives: drives.map(({ pool, poolGuid, rootFs }) => ({ pool, poolGuid, rootFs })) };
    const ways = drives.map(({ name, keyFile }) => ({ name, keyFile }));
    return { ...whole, connect, reaching: { onPlug, ejectWhenDone, spinDownAfterMs, staleAfterMs, ways } };
  }
  return whole;
}
