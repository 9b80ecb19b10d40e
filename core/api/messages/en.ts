/** English. */
import type { Messages } from './keys.ts';
import { timesIn } from './times.ts';

const { ago, span, about, days, percent, list, counted, clock } = timesIn('en', 'just now');
const until = (untilMs: number | null, nowMs: number): string =>
  untilMs === null ? 'until you say so' : `until ${clock(untilMs, nowMs)}`;

export const en: Messages = {
  nothingConfigured: 'Nothing is configured: nothing is backed up.',
  nothingYet: 'Nothing is backed up yet.',
  unreachable: "Snapferry's service isn't running.",
  onlyHere: 'There are snapshots on this machine only: nothing is backed up elsewhere.',
  answersOnly: 'This machine only answers others: how their backups stand is known there.',
  jobRefused: (job) => `${job} does not run.`,
  everything: (destinations, ageMs) => `Everything is on ${list(destinations)} as of ${ago(ageMs)}.`,
  driveOld: (drive, ageMs) => `The drive ${drive} is ${span(ageMs)} old.`,
  driveBusy: (drive, fraction) =>
    `Do not unplug ${drive}: it is being backed up to${fraction === null ? '' : ` (${percent(fraction)})`}.`,
  driveScrubbing: (drive, fraction) =>
    `Do not unplug ${drive}: it is being checked${fraction === null ? '' : ` (${percent(fraction)})`}.`,
  driveScrubState: 'is being checked: do not unplug it',
  driveEjecting: (drive) => `Do not unplug ${drive} yet: what was written is brought to its disk.`,
  driveSafe: (drive, isBackedUp) => `${drive} is ${isBackedUp ? 'backed up and ' : ''}safe to unplug.`,
  driveAsks: (drive) => `${drive} is plugged in: back up now?`,
  driveStates: {
    unknown: 'not known yet',
    away: 'not plugged in',
    plugged: 'plugged in',
    connecting: 'being connected',
    connected: 'connected',
    busy: 'being backed up to, do not unplug',
    ejecting: 'being ejected, do not unplug',
    safe: 'safe to unplug',
    pulled: 'was unplugged while in use: plug it in again',
    returning: 'being brought back, do not unplug',
    unusable: 'plugged in and cannot be used',
  },
  datasetOld: (dataset, destination, ageMs) => `${dataset} → ${destination}: ${span(ageMs)} old.`,
  datasetAgeUnknown: (dataset, destination) => `${dataset} → ${destination}: of unknown age.`,
  datasetMissing: (dataset, destination) => `${dataset} → ${destination}: nothing there yet.`,
  moreBehind: (count) => `${counted(count, 'more dataset is', 'more datasets are')} behind.`,
  runFailed: (job) => `The last run of ${job} failed.`,
  snapshotsFailed: (job) => `${job} could not take its snapshots.`,
  pruningFailed: (job) => `Old snapshots of ${job} could not be thinned out.`,
  jobUnknown: (job) => `It is not known yet what ${job} has backed up.`,
  problem: (job, happened) => `${job}: ${happened}`,
  running: (job, fraction, remainingMs) => {
    if (fraction === null) return `${job} is backing up.`;
    const left = remainingMs === null ? '' : `, ${span(remainingMs)} left`;
    return `${job} is backing up: ${percent(fraction)}${left}.`;
  },
  takingSnapshots: (job) => `${job} takes snapshots.`,
  waiting: (job, happened) => `${job} waits: ${happened}`,
  waking: (job, host, untilMs, nowMs) =>
    `${job} waits: ${host} is being woken up and has until ${clock(untilMs, nowMs)} to answer.`,
  stuck: (count) => `${counted(count, 'command hangs', 'commands hang')} in the kernel: see "zpool status".`,
  guaranteeBroken: (dataset, destination) =>
    `${dataset} → ${destination}: the next backup may have to send everything anew.`,
  heldBecause: {
    'on-battery': (job) => `${job} waits: this machine runs on its battery.`,
    metered: (job) => `${job} waits: this network costs money.`,
    'just-woke': (job) => `${job} waits a moment: this machine has just woken up.`,
  },
  spaceLasts: (leftMs, overMs) =>
    leftMs === 0
      ? 'the next backup may not fit'
      : `enough for about ${about(leftMs)} at the pace of the last ${days(overMs)}`,
  spaceSteady: (overMs) => `no end in sight at the pace of the last ${days(overMs)}`,
  spaceUnknown: 'how long that lasts is not known yet',
  spaceNone: 'full',
  spaceSoon: (place) => `${place} is running out of space`,
  spaceSoonBody: (outlook, side) =>
    `Free space: ${outlook}. ${side === 'source' ? 'Programs that write there fail once it is full' : 'It takes no backups once it is full'}: make room there, or keep fewer snapshots.`,
  allPaused: (untilMs, nowMs) => `Backups are paused ${until(untilMs, nowMs)}.`,
  jobPaused: (job, untilMs, nowMs) => `${job} is paused ${until(untilMs, nowMs)}.`,
};
