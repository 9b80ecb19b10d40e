/** One sentence that tells a person how their backups stand, the same in tray, window, terminal and screen reader. Pure. */
import type { Messages } from './messages/keys.ts';
import { type Language, MESSAGES } from './messages/languages.ts';
import type { DaemonStatus, DatasetSafety } from './status.ts';
import { ageMsOf, type Verdict, verdictOf } from './verdict.ts';
import { visible } from './visible.ts';

/** The sentence for a status, at a time of the asking machine (Unix milliseconds): ages grow while nothing changes. */
export function sentence(status: DaemonStatus, nowMs: number, language: Language = 'en'): string {
  return sayVerdict(verdictOf(status, nowMs), nowMs, MESSAGES[language]);
}

export function sayVerdict(verdict: Verdict, nowMs: number, messages: Messages): string {
  switch (verdict.kind) {
    case 'nothing-configured':
      return messages.nothingConfigured;
    case 'only-here':
      return messages.onlyHere;
    case 'answers-only':
      return messages.answersOnly;
    case 'nothing-yet':
      return messages.nothingYet;
    case 'refused':
      return messages.jobRefused(visible(verdict.job.name));
    case 'run-failed':
      return messages.runFailed(visible(verdict.job.name));
    case 'snapshots-failed':
      return messages.snapshotsFailed(visible(verdict.job.name));
    case 'unknown':
      return messages.jobUnknown(visible(verdict.job.name));
    case 'behind': {
      const rest = verdict.moreCount > 0 ? ` ${messages.moreBehind(verdict.moreCount)}` : '';
      return `${sayRow(verdict.worst, nowMs, messages)}${rest}`;
    }
    case 'everything': {
      const { destinations, oldestMs, drives, pruningFailed } = verdict;
      const old = drives.map(({ name, ageMs }) => ` ${messages.driveOld(visible(name), ageMs)}`).join('');
      const rest = `${old}${pruningFailed === null ? '' : ` ${messages.pruningFailed(visible(pruningFailed.name))}`}`;
      return `${messages.everything(shortNames(destinations).map(visible), oldestMs)}${rest}`;
    }
  }
}

/** How one dataset that is behind stands at its destination. */
export function sayRow(row: DatasetSafety, nowMs: number, messages: Messages): string {
  const dataset = visible(row.dataset);
  const destination = visible(shortName(row.destination));
  if (row.newestCommon === null) return messages.datasetMissing(dataset, destination);
  const ageMs = ageMsOf(row, nowMs);
  return ageMs === null
    ? messages.datasetAgeUnknown(dataset, destination)
    : messages.datasetOld(dataset, destination, ageMs);
}

/** That what was promised for the next increment of a dataset does not stand on disk. */
export function sayBroken(row: DatasetSafety, messages: Messages): string {
  return messages.guaranteeBroken(visible(row.dataset), visible(shortName(row.destination)));
}

/** "root@nas:tank/backup" is "nas" to a person; a pool of this machine stands for itself. */
export function shortName(destination: string): string {
  // On this machine it is the pool that tells one place from another: a drive is a pool.
  const pool = /^this machine:(?<pool>[^/]+)/.exec(destination)?.groups?.pool;
  if (pool !== undefined) return pool;
  const host = /^(?:[^@:]*@)?(?<host>[^@:]+):/.exec(destination)?.groups?.host;
  return host ?? destination;
}

/** Each machine and each pool once: two places on one machine are on that machine. */
function shortNames(destinations: readonly string[]): readonly string[] {
  return [...new Set(destinations.map(shortName))];
}
