/**
 * Planning for many datasets from recorded listings: a program prints them, as zfs would, started by the small process that
 * starts all programs; both sides are parsed, and it is decided what is to be done. The listings are made by another process,
 * so that the memory of this one is that of nothing else.
 *
 * Run: node test/bench/planning.ts record FOLDER DATASETS SNAPSHOTS, then node test/bench/planning.ts FOLDER SNAPFERRY.MJS
 */
import { readFileSync } from 'node:fs';
import { keepHeapSmall } from '../../core/cli/small-heap.ts';
import { spawnerCommand } from '../../core/cli/spawner-command.ts';
import type { ReceiverDataset, SenderDataset } from '../../core/endpoint/types.ts';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../../core/host/local.ts';
import { createSpawner } from '../../core/host/spawner/client.ts';
import { planDataset } from '../../core/replication/plan.ts';
import { rankForJob } from '../../core/replication/rank.ts';
import { parseVersionListing } from '../../core/zfs/parse-versions.ts';
import { listingFile, recordListings } from './recorded.ts';

export interface PlanningResult {
  readonly datasets: number;
  readonly snapshots: number;
  readonly parseMs: number;
  readonly planMs: number;
  readonly listMs: number;
  /** Of this process. */
  readonly rssMib: number;
  /** The most that the process which starts programs ever had. */
  readonly spawnerPeakMib: number;
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
export async function benchPlanning(folder: string, snapferry: string): Promise<PlanningResult> {
  keepHeapSmall();
  const spawner = createSpawner({ command: spawnerCommand(snapferry), env: LOCAL_ENVIRONMENT, host: 'here' });
  const host = createLocalHost({ label: 'here', startProgram: spawner.start });
  const list = async (side: 'sender' | 'receiver') =>
    (await host.run(['/bin/cat', listingFile(folder, side)], { deadlineMs: 60_000 })).stdout;
  const listingMs = performance.now();
  let [ours, theirs] = await Promise.all([list('sender'), list('receiver')]);
  const startedMs = performance.now();
  const sender = parseVersionListing(ours, true);
  ours = '';
  const receiver = parseVersionListing(theirs, true);
  theirs = '';
  const datasets = sender.length;
  const snapshots = sender[0]?.versions.length ?? 0;
  const parsedMs = performance.now();
  let steps = 0;
  for (let index = 0; index < datasets; index++) {
    const here = sender[index];
    const there = receiver[index];
    if (here === undefined || there === undefined) throw new Error('a listing is short');
    const source: SenderDataset = {
      dataset: here.dataset,
      guid: here.guid,
      kind: 'filesystem',
      isPlaceholder: false,
      encrypted: false,
      keyLoaded: null,
      keyFingerprint: null,
      versions: here.versions,
    };
    const target: ReceiverDataset = {
      dataset: here.dataset,
      localName: there.dataset,
      guid: there.guid,
      placeholderFlag: false,
      hasChildren: false,
      ours: true,
      chain: null,
      key: null,
      encrypted: false,
      resumeToken: null,
      versions: there.versions,
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
      rank: rankForJob(here.dataset, JOB),
    });
    if (plan.kind !== 'steps') throw new Error(`${here.dataset}: ${plan.kind}`);
    steps += plan.steps.length;
  }
  if (steps !== datasets) throw new Error(`${steps} steps for ${datasets} datasets`);
  const endedMs = performance.now();
  const spawnerPid = spawner.pid();
  if (spawnerPid === null) throw new Error('the spawner has ended');
  const peakKib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${spawnerPid}/status`, 'utf8'))?.[1];
  await spawner.close();
  return {
    datasets,
    snapshots,
    listMs: startedMs - listingMs,
    parseMs: parsedMs - startedMs,
    planMs: endedMs - parsedMs,
    rssMib: process.memoryUsage().rss / 1024 ** 2,
    spawnerPeakMib: Number(peakKib) / 1024,
  };
}

if (import.meta.main) {
  const [first = '', folder = '', datasets = '1000', snapshots = '100'] = process.argv.slice(2);
  if (first === 'record') recordListings(folder, Number(datasets), Number(snapshots));
  else console.log(JSON.stringify(await benchPlanning(first, folder)));
}
