/** English. */
import type { Messages } from './keys.ts';
import { timesIn } from './times.ts';

const { ago, span, percent, list, counted, clock } = timesIn('en', 'just now');
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
  allPaused: (untilMs, nowMs) => `Backups are paused ${until(untilMs, nowMs)}.`,
  jobPaused: (job, untilMs, nowMs) => `${job} is paused ${until(untilMs, nowMs)}.`,
};
