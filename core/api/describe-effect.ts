/** What a change of the configuration means for a job, in a sentence. Pure. */
import type { ConfigEffect } from './config.ts';

const SENTENCES: Readonly<Record<ConfigEffect['kind'], (job: string) => string>> = {
  added: (job) => `Job ${job} is new.`,
  removed: (job) =>
    `Job ${job} is removed. Its snapshots, its copies and its holds and bookmarks stay, and nothing prunes them any more; "snapferry abstractions release-all --job ${job}" releases the marks.`,
  disabled: (job) => `Job ${job} is switched off: no snapshots, no copies. What it has made stays.`,
  enabled: (job) => `Job ${job} is switched on.`,
  'destination-changed': (job) =>
    `The copies of job ${job} go elsewhere. Those that are there stay; what the new place lacks is sent.`,
  'drive-added': (job) => `Job ${job} backs up to a further drive, too. The others go on as before.`,
  'datasets-changed': (job) =>
    `Job ${job} looks after other datasets. Snapshots and copies of those it leaves out stay.`,
  'pruning-changed': (job) => `Job ${job} keeps other snapshots: the next run may destroy more than before.`,
  'snapshotting-changed': (job) => `Job ${job} takes its snapshots at other times or under other names.`,
  changed: (job) => `Other settings of job ${job} change.`,
};

export function describeEffect({ job, kind }: ConfigEffect): string {
  return SENTENCES[kind](job);
}
