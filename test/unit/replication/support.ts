/** Two machines in memory and a job between them. */

import { expect } from 'vitest';
import type { ProblemError } from '../../../core/api/problem.ts';
import { type Guarantee, type ReplicationReport, replicationReportSchema } from '../../../core/api/status.ts';
import { compileFilter } from '../../../core/endpoint/filter.ts';
import { type ReceiverOptions, ZfsReceiver } from '../../../core/endpoint/receiver.ts';
import { listingRoots } from '../../../core/endpoint/roots.ts';
import { type SenderOptions, ZfsSender } from '../../../core/endpoint/sender.ts';
import type { ReceiverDataset, SenderDataset } from '../../../core/endpoint/types.ts';
import type { ReplicationPolicy } from '../../../core/replication/policy.ts';
import { DEFAULT_RETRY_POLICY } from '../../../core/replication/retry.ts';
import { type RunOptions, replicate } from '../../../core/replication/run.ts';
import { TidyMemory } from '../../../core/replication/tidy-memory.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag } from '../../../core/zfs/marks.ts';
import { ancestorsOf } from '../../../core/zfs/names.ts';
import type { Capabilities, SendFlags, Version } from '../../../core/zfs/types.ts';
import { FakeClock } from '../doubles/fake-clock.ts';
import { MemoryWorld } from '../doubles/memory-world.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';

export const PLAIN: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};
export const RAW: SendFlags = { ...PLAIN, raw: true };

export const GUARANTEES: readonly Guarantee[] = [
  'guarantee_resumability',
  'guarantee_incremental',
  'guarantee_nothing',
];

export const ROOT = 'backup/root';
export const JOB = 'laptop';

export interface JobSettings {
  readonly filter?: Readonly<Record<string, boolean>>;
  readonly policy?: Partial<ReplicationPolicy>;
  /** Sets both kinds of protection. */
  readonly guarantee?: Guarantee;
  readonly flags?: SendFlags;
  readonly encrypted?: boolean;
  readonly jobId?: string;
  readonly sender?: Partial<SenderOptions>;
  readonly receiver?: Partial<ReceiverOptions>;
  readonly run?: Partial<RunOptions>;
}

export function policyOf(settings: JobSettings): ReplicationPolicy {
  const guarantee = settings.guarantee ?? 'guarantee_resumability';
  return {
    initial: 'most_recent',
    protection: { initial: guarantee, incremental: guarantee },
    stepwise: false,
    send: { encrypted: settings.encrypted ?? false, flags: settings.flags ?? PLAIN },
    wants: () => true,
    ...settings.policy,
  };
}

/** A laptop with `tank`, a NAS with `backup/root`. */
export class Pair {
  readonly world = new MemoryWorld();
  readonly clock = new FakeClock();
  memory = new TidyMemory();
  readonly source: MemoryZfs;
  readonly target: MemoryZfs;
  readonly cleanupProblems: ProblemError[] = [];
  readonly reports: ReplicationReport[] = [];

  constructor(capabilities: Partial<Capabilities> = {}) {
    this.source = new MemoryZfs({ label: 'laptop', world: this.world, capabilities });
    this.target = new MemoryZfs({ label: 'nas', world: this.world, capabilities });
    this.source.addDataset('tank');
    this.target.addDataset('backup');
    this.target.addDataset(ROOT);
  }

  /** A new process after a crash: knows nothing of what the one before knew. */
  restart(): void {
    this.world.revive();
    this.memory = new TidyMemory();
  }

  sender(settings: JobSettings = {}): ZfsSender {
    const patterns = new Map(Object.entries(settings.filter ?? { 'tank/data<': true }));
    return new ZfsSender({
      zfs: this.source,
      jobId: settings.jobId ?? JOB,
      filter: compileFilter(patterns),
      roots: listingRoots(patterns),
      flags: settings.flags ?? PLAIN,
      encryptedOnly: settings.encrypted ?? false,
      ping: async () => undefined,
      onCleanupProblem: (problem) => this.cleanupProblems.push(problem),
      ...settings.sender,
    });
  }

  receiver(settings: JobSettings = {}): ZfsReceiver {
    return new ZfsReceiver({
      zfs: this.target,
      jobId: settings.jobId ?? JOB,
      root: { rootFs: ROOT, clientIdentity: null },
      placeholderEncryption: 'inherit',
      properties: { inherit: [], override: new Map(), protective: false },
      flags: settings.flags ?? PLAIN,
      mustBeEncrypted: false,
      ping: async () => undefined,
      onCleanupProblem: (problem) => this.cleanupProblems.push(problem),
      ...settings.receiver,
    });
  }

  /** One run of the job to its end. The report must be one that clients accept. */
  async run(settings: JobSettings = {}): Promise<ReplicationReport> {
    const report = await this.clock.runUntil(
      replicate({
        endpoints: () => ({ sender: this.sender(settings), receiver: this.receiver(settings) }),
        jobId: settings.jobId ?? JOB,
        policy: policyOf(settings),
        concurrency: 1,
        retry: DEFAULT_RETRY_POLICY,
        memory: this.memory,
        clock: this.clock,
        random: () => 0.5,
        signal: new AbortController().signal,
        onChange: () => undefined,
        ...settings.run,
      }),
    );
    replicationReportSchema.parse(report);
    this.reports.push(report);
    return report;
  }

  /** Creates a dataset of the laptop, and what is above it, with snapshots of these names. */
  withSnapshots(dataset: string, ...names: readonly string[]): this {
    for (const name of [...ancestorsOf(dataset), dataset]) {
      if (!this.source.datasets.has(name)) this.source.addDataset(name);
    }
    for (const name of names) this.source.addSnapshot(dataset, name);
    return this;
  }

  /** What the NAS has of a dataset of the laptop. */
  received(dataset: string): readonly string[] {
    return this.target.snapshotNames(`${ROOT}/${dataset}`);
  }
}

/** Problem codes of the last attempt by dataset; datasets without a problem are left out. */
export function problemsOf(report: ReplicationReport): Record<string, string> {
  const last = report.attempts.at(-1);
  const entries = (last?.datasets ?? []).flatMap(({ dataset, problem }) =>
    problem === null ? [] : [[dataset, problem.code] as const],
  );
  return Object.fromEntries(last?.problem == null ? entries : [['*', last.problem.code], ...entries]);
}

export const stepTag = stepHoldTag(JOB);
export const receivedTag = lastReceivedHoldTag(JOB);

/** "@a" or "#a" with its guid, and its createtxg where that differs: `v('@a', 1)`. */
export function v(relname: string, guid: number, createtxg = guid, extra: Partial<Version> = {}): Version {
  return {
    type: relname.startsWith('@') ? 'snapshot' : 'bookmark',
    name: relname.slice(1),
    guid: BigInt(guid),
    createtxg: BigInt(createtxg),
    ...extra,
  };
}

export function senderDataset(versions: readonly Version[], extra: Partial<SenderDataset> = {}): SenderDataset {
  return {
    dataset: 'tank/data',
    guid: 1000n,
    kind: 'filesystem',
    isPlaceholder: false,
    encrypted: false,
    keyLoaded: null,
    keyFingerprint: null,
    versions,
    ...extra,
  };
}

export function receiverDataset(versions: readonly Version[], extra: Partial<ReceiverDataset> = {}): ReceiverDataset {
  return {
    dataset: 'tank/data',
    localName: `${ROOT}/tank/data`,
    guid: 2000n,
    placeholderFlag: false,
    hasChildren: false,
    ours: false,
    chain: null,
    key: null,
    encrypted: false,
    resumeToken: null,
    versions,
    ...extra,
  };
}

/** The guid of a snapshot of the laptop. */
export function guidOf(pair: Pair, name: string, dataset = 'tank/data'): bigint {
  const found = pair.source.datasets.get(dataset)?.snapshots.find((snapshot) => snapshot.name === name);
  if (found === undefined) throw new Error(`no snapshot ${name}`);
  return found.guid;
}

/** Both sides have `newest`, and of the job's marks only one cursor and one last-received hold are left. */
export function expectSteady(pair: Pair, newest: string, dataset = 'tank/data'): void {
  const guid = guidOf(pair, newest, dataset);
  expect(pair.target.newestGuid(`${ROOT}/${dataset}`)).toBe(guid);
  expect(pair.source.bookmarkNames(dataset)).toEqual([cursorName(guid, JOB)]);
  expect(pair.source.holdsOn(dataset)).toEqual([]);
  expect(pair.target.holdsOn(`${ROOT}/${dataset}`)).toEqual([`${newest} ${receivedTag}`]);
}
