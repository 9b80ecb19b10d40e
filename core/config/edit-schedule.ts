/** Another schedule for a job, with everything else that is said beside it as it was. Pure. */
import { type Document, isScalar, type Pair, type YAMLMap } from 'yaml';
import type { Schedule } from '../api/config-forms.ts';
import { spanText } from '../api/keep.ts';
import { misfit, nodeOf } from './document.ts';
import { putText, scheduleNode, textIn } from './edit-place.ts';
import { parsePositiveSpan } from './values/duration.ts';

/** The key that says when, by the type. */
const WHEN = { periodic: 'interval', cron: 'cron' } as const;
/** What has no meaning for snapshots that somebody takes by hand, and is refused there. */
const ONLY_TIMED = ['interval', 'cron', 'prefix', 'timestamp_format', 'timestamp_location', 'hooks'];

/** Throws `job-unknown`, and `edit-refused` where only the file can change it. */
export function setSchedule(document: Document, job: string, schedule: Schedule): void {
  const map = scheduleNode(document, job);
  if (map === null) throw misfit('edit-shared-snapshotting', { job });
  if (schedule.kind === 'manual') {
    if (hasHooks(map)) throw misfit('edit-hooks-lost', { job });
    for (const key of ONLY_TIMED) map.delete(key);
  } else {
    const other = schedule.kind === 'periodic' ? WHEN.cron : WHEN.periodic;
    rename(document, map, other, WHEN[schedule.kind]);
    if (!saysAlready(map, schedule)) putText(document, map, WHEN[schedule.kind], whenText(schedule));
    if (textIn(map, 'prefix') !== schedule.prefix) putText(document, map, 'prefix', schedule.prefix);
  }
  if (textIn(map, 'type') !== schedule.kind) putText(document, map, 'type', schedule.kind);
}

type Timed = Exclude<Schedule, { kind: 'manual' }>;

function whenText(schedule: Timed): string {
  return schedule.kind === 'periodic' ? spanText(schedule.intervalS) : schedule.cron;
}

/** "60m" stays where an hour is asked for. */
function saysAlready(map: YAMLMap, schedule: Timed): boolean {
  const written = textIn(map, WHEN[schedule.kind]);
  if (written === null) return false;
  if (schedule.kind === 'cron') return written === schedule.cron;
  const span = parsePositiveSpan(written);
  return span.ok && span.value === schedule.intervalS;
}

/** In its place and with its comments. */
function rename(document: Document, map: YAMLMap, from: string, to: string): void {
  const pair = map.items.find((one) => keyOf(one) === from);
  if (pair === undefined) return;
  const key = nodeOf(document, to);
  if (isScalar(pair.key) && isScalar(key)) {
    key.commentBefore = pair.key.commentBefore ?? null;
    key.spaceBefore = pair.key.spaceBefore === true;
  }
  pair.key = key;
}

function hasHooks(map: YAMLMap): boolean {
  const hooks: unknown = map.get('hooks', true);
  return hooks !== undefined && !(isScalar(hooks) && hooks.value === '');
}

function keyOf({ key }: Pair): unknown {
  return isScalar(key) ? key.value : undefined;
}
