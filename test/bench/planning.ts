/**
 * Planning for many datasets from recorded listings: parsing both sides and deciding what is to be done. The listings are made
 * by another process, so that the memory of this one is that of nothing else.
 *
 * Run: node test/bench/planning.ts record FOLDER DATASETS SNAPSHOTS, then node test/bench/planning.ts FOLDER
 */
import type { ReceiverDataset, SenderDataset } from '../../core/endpoint/types.ts';
import { planDataset } from '../../core/replication/plan.ts';
import { rankForJob } from '../../core/replication/rank.ts';
import { parseVersionListing } from '../../core/zfs/parse-versions.ts';
import { readListings, recordListings } from './recorded.ts';

export interface PlanningResult {
  readonly datasets: number;
  readonly snapshots: number;
  readonly parseMs: number;
  readonly planMs: number;
  readonly rssMib: number;
}

const JOB = 'bench';
const FLAGS = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};

/** Every dataset has one snapshot more on the sender than on the receiver. */
export function benchPlanning(folder: string): PlanningResult {
  const startedMs = performance.now();
  const listings = readListings(folder);
  const sender = parseVersionListing(listings.sender(), true);
  const receiver = parseVersionListing(listings.receiver(), true);
  const datasets = sender.length;
  const snapshots = sender[0]?.versions.length ?? 0;
  const parsedMs = performance.now();
  let steps = 0;
  for (let index = 0; index < datasets; index++) {
    const ours = sender[index];
    const theirs = receiver[index];
    if (ours === undefined || theirs === undefined) throw new Error('a listing is short');
    const source: SenderDataset = {
      dataset: ours.dataset,
      guid: ours.guid,
      kind: 'filesystem',
      isPlaceholder: false,
      encrypted: false,
      keyLoaded: null,
      keyFingerprint: null,
      versions: ours.versions,
    };
    const target: ReceiverDataset = {
      dataset: ours.dataset,
      localName: theirs.dataset,
      guid: theirs.guid,
      placeholderFlag: false,
      hasChildren: false,
      ours: true,
      chain: null,
      key: null,
      encrypted: false,
      resumeToken: null,
      versions: theirs.versions,
    };
    const plan = planDataset(source, target, {
      policy: {
        initial: 'most_recent',
        protection: { initial: 'guarantee_resumability', incremental: 'guarantee_resumability' },
        stepwise: false,
        send: { encrypted: false, flags: FLAGS },
        wants: () => true,
      },
      receiverLabel: 'there',
      rank: rankForJob(ours.dataset, JOB),
    });
    if (plan.kind !== 'steps') throw new Error(`${ours.dataset}: ${plan.kind}`);
    steps += plan.steps.length;
  }
  if (steps !== datasets) throw new Error(`${steps} steps for ${datasets} datasets`);
  const endedMs = performance.now();
  return {
    datasets,
    snapshots,
    parseMs: parsedMs - startedMs,
    planMs: endedMs - parsedMs,
    rssMib: process.memoryUsage().rss / 1024 ** 2,
  };
}

if (import.meta.main) {
  const [first = '', folder = '', datasets = '1000', snapshots = '100'] = process.argv.slice(2);
  if (first === 'record') recordListings(folder, Number(datasets), Number(snapshots));
  else console.log(JSON.stringify(benchPlanning(first)));
}
