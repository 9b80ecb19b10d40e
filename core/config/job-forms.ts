/** The jobs of a configuration as they are told to a window: what can be changed of each by a form. Pure. */
import type { ConfigJob } from '../api/config.ts';
import {
  type JobKeep,
  type JobLimit,
  type JobSchedule,
  type KeepRuleForm,
  type KeepSide,
  keepRuleSchema,
  NEXT_TIMES,
  RULES_MAX,
  scheduleSchema,
} from '../api/config-forms.ts';
import type { GridInterval } from '../api/keep.ts';
import { parseCron } from '../snapshotting/cron.ts';
import { compileTimestampFormat } from '../snapshotting/timestamp.ts';
import { type EditablePlaces, editablePlaces } from './edit-place.ts';
import type { ParsedConfig } from './parse-config.ts';
import { runnable } from './runnable.ts';
import type { BandwidthLimit, GridBucket, JobConfig, KeepRule, SnapshottingConfig } from './types.ts';
import { fromThrowing } from './values/parsed.ts';
import { regexFinds } from './values/regex.ts';

/** @param text of the main file @param nowMs for the next times of calendar rules */
export function configJobs({ config }: ParsedConfig, text: string, nowMs: number): ConfigJob[] {
  if (config === null) return [];
  const names = config.jobs.map(({ name }) => name);
  const placesOf = editablePlaces(text, names);
  return config.jobs.map((job) => {
    const verdict = runnable(job, config);
    const { name, title, type, disabled, definedAt } = job;
    const { file, line } = definedAt;
    const places = placesOf(name);
    return {
      ...{ name, title, type, disabled, file, line },
      refused: verdict.ok ? [] : [...verdict.reasons],
      schedule: 'snapshotting' in job ? scheduleOf(job.snapshotting, places, nowMs) : null,
      keeps: keepsOf(job, places, nowMs),
      limit: job.type === 'push' ? limitOf(job.send.bandwidthLimit) : null,
      movable: job.type === 'push' && job.connect.type === 'ssh' && job.connect.hostKey.type === 'fingerprint',
    };
  });
}

function scheduleOf(snapshotting: SnapshottingConfig, places: EditablePlaces, nowMs: number): JobSchedule {
  const read = scheduleSchema.safeParse(asSchedule(snapshotting));
  return {
    schedule: read.success ? read.data : null,
    editable: read.success && places.schedule,
    hooks: snapshotting.type !== 'manual' && snapshotting.hooks.length > 0,
    nextMs: snapshotting.type === 'cron' ? nextTimes(snapshotting.cron, nowMs) : [],
  };
}

function limitOf({ maxBytesPerSecond, quietHours }: BandwidthLimit): JobLimit {
  const clock = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const quiet =
    quietHours === null
      ? null
      : {
          from: clock(quietHours.fromMinute),
          to: clock(quietHours.toMinute),
          bytesPerSecond: quietHours.maxBytesPerSecond,
        };
  return { bytesPerSecond: maxBytesPerSecond, quiet };
}

function asSchedule(snapshotting: SnapshottingConfig): unknown {
  switch (snapshotting.type) {
    case 'periodic':
      return { kind: 'periodic', intervalS: snapshotting.intervalMs / 1000, prefix: snapshotting.prefix };
    case 'cron':
      return { kind: 'cron', cron: snapshotting.cron, prefix: snapshotting.prefix };
    case 'manual':
      return { kind: 'manual' };
  }
}

/** Fewer where the calendar has no more. */
function nextTimes(cron: string, nowMs: number): number[] {
  const times: number[] = [];
  // A rule without a further time is at its end.
  fromThrowing(() => {
    const schedule = parseCron(cron);
    for (let atMs = nowMs; times.length < NEXT_TIMES; ) {
      atMs = schedule.nextAfter(atMs);
      times.push(atMs);
    }
  });
  return times;
}

function keepsOf(job: JobConfig, places: EditablePlaces, nowMs: number): JobKeep[] {
  if (!('pruning' in job)) return [];
  const taken = 'snapshotting' in job ? takenName(job.snapshotting, nowMs) : null;
  const side = (side: KeepSide, rules: readonly KeepRule[]): JobKeep => ({
    side,
    editable: places.keep.includes(side) && rules.length <= RULES_MAX,
    rules: rules.slice(0, RULES_MAX).map((rule) => ({ rule: ruleForm(rule), own: isAbout(rule, taken) })),
  });
  if ('keep' in job.pruning) return [side('local', job.pruning.keep)];
  return [side('sender', job.pruning.keepSender), side('receiver', job.pruning.keepReceiver)];
}

/** The name of a snapshot that the job would take now; null where it takes none by itself. */
function takenName(snapshotting: SnapshottingConfig, nowMs: number): string | null {
  if (snapshotting.type === 'manual') return null;
  const { prefix, timestampFormat, timestampLocation } = snapshotting;
  return prefix + compileTimestampFormat(timestampFormat, timestampLocation)(nowMs);
}

/** Where nothing is known of the names, every rule may be. */
function isAbout(rule: KeepRule, taken: string | null): boolean {
  if (taken === null || rule.type === 'not_replicated') return true;
  const finds = regexFinds(rule.regex, taken);
  return rule.type === 'regex' && rule.negate ? !finds : finds;
}

function ruleForm(rule: KeepRule): KeepRuleForm | null {
  const read = keepRuleSchema.safeParse(rule.type === 'grid' ? { ...rule, grid: intervalsOf(rule.grid) } : rule);
  return read.success ? read.data : null;
}

/** Equal buckets one behind the other are one interval. */
function intervalsOf(buckets: readonly GridBucket[]): readonly GridInterval[] {
  const intervals: GridInterval[] = [];
  for (const { lengthS, keep } of buckets) {
    const last = intervals.at(-1);
    if (last?.lengthS === lengthS && last.keep === keep) last.count += 1;
    else intervals.push({ count: 1, lengthS, keep });
  }
  return intervals;
}
