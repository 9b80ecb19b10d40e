/**
 * What both sides will show once the steps of a plan have arrived. A dry run of pruning must judge that, or it would promise
 * something else than the run does: arrivals count for the rules, cursor and base move on. Pure.
 */
import { ownBookmarks } from '../endpoint/protection.ts';
import type { ProtectionPolicy, ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import type { DatasetPlan } from '../replication/plan.ts';
import { guaranteeOf } from '../replication/policy.ts';
import { cursorName } from '../zfs/marks.ts';
import type { Version } from '../zfs/types.ts';
import type { SeenSides } from './prune-input.ts';

export interface Expectation {
  /** By the sender's names. */
  readonly plans: ReadonlyMap<string, DatasetPlan>;
  readonly protection: ProtectionPolicy;
  /** Where the receiver will keep a dataset that it does not have yet. */
  readonly localName: (dataset: string) => string;
  /** Snapshots that hold a mark of this job now, by full name on their own side; completing a step releases them. */
  readonly heldByUs: ReadonlySet<string>;
}

/** The sides after a run in which everything planned arrives; what is not planned stays as it is. */
export function afterReplication(sides: SeenSides, expectation: Expectation): SeenSides {
  const sender = new Map(sides.sender);
  const receiver = new Map(sides.receiver);
  for (const [dataset, plan] of expectation.plans) {
    const source = sender.get(dataset);
    if (source === undefined || plan.kind !== 'steps') continue;
    const last = plan.steps.at(-1);
    if (last === undefined) continue;
    const keepsMarks = guaranteeOf(last, expectation.protection) !== 'guarantee_nothing';
    const arrived = plan.steps.flatMap((step) => [...step.between, step.to]);
    sender.set(dataset, completed(source, last.to, keepsMarks, sides.jobId, expectation.heldByUs));
    receiver.set(dataset, received(receiver.get(dataset), source, arrived, expectation));
  }
  return { ...sides, sender, receiver };
}

function completed(
  source: SenderDataset,
  to: Version,
  keepsMarks: boolean,
  jobId: string,
  heldByUs: ReadonlySet<string>,
): SenderDataset {
  // Without marks the old cursor stays where it is, and only what was tentative goes.
  const replaced = new Set(
    ownBookmarks(source.dataset, source.versions, jobId)
      .filter(({ kind }) => keepsMarks || kind === 'tentative-cursor')
      .map(({ version }) => version.name),
  );
  const kept = source.versions.filter(({ type, name }) => type === 'snapshot' || !replaced.has(name));
  const cursor: Version = {
    type: 'bookmark',
    name: cursorName(to.guid, jobId),
    guid: to.guid,
    createtxg: to.createtxg,
  };
  return {
    ...source,
    versions: [...kept.map((version) => released(source.dataset, version, heldByUs)), ...(keepsMarks ? [cursor] : [])],
  };
}

function received(
  target: ReceiverDataset | undefined,
  source: SenderDataset,
  arrived: readonly Version[],
  { localName, heldByUs }: Expectation,
): ReceiverDataset {
  const known = target ?? newReceiverDataset(source, localName(source.dataset));
  const newestTxg = known.versions.reduce((newest, { createtxg }) => (createtxg > newest ? createtxg : newest), 0n);
  const there = known.versions.map((version) => released(known.localName, version, heldByUs));
  const fresh = arrived.filter(({ guid }) => !known.versions.some((version) => version.guid === guid));
  return {
    ...known,
    resumeToken: null,
    versions: [
      ...there,
      ...fresh.map((version, index) => ({
        ...version,
        createtxg: newestTxg + BigInt(index + 1),
        // The newest one will be held, which changes nothing: it is never destroyed anyway.
        userrefs: 0,
      })),
    ],
  };
}

function released(dataset: string, version: Version, heldByUs: ReadonlySet<string>): Version {
  const held = version.type === 'snapshot' && heldByUs.has(`${dataset}@${version.name}`);
  return held ? { ...version, userrefs: Math.max(0, (version.userrefs ?? 0) - 1) } : version;
}

function newReceiverDataset(source: SenderDataset, localName: string): ReceiverDataset {
  return {
    dataset: source.dataset,
    localName,
    guid: source.guid,
    placeholderFlag: false,
    hasChildren: false,
    ours: true,
    chain: null,
    key: null,
    encrypted: source.encrypted,
    resumeToken: null,
    versions: [],
  };
}
