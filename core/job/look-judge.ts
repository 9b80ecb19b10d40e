/** What a job would do with one copy, before there is such a job. Pure. */
import type { CommonSnapshot, LookedAt } from '../api/destination.ts';
import { ProblemError } from '../api/problem.ts';
import { type ReceivingRoot, toLocalName } from '../endpoint/mapping.ts';
import { isEffectivePlaceholder, isEmpty } from '../endpoint/placeholder.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import { planDataset } from '../replication/plan.ts';
import type { ReplicationPolicy } from '../replication/policy.ts';
import type { SendFlags, Version } from '../zfs/types.ts';

export interface LookPlace {
  readonly root: ReceivingRoot;
  readonly receiverLabel: string;
  /** How encrypted datasets would be sent. */
  readonly encryptedAs: 'raw' | 'plain';
}

export interface JudgedCopy {
  readonly told: Omit<LookedAt, 'bytes' | 'bytesBy'>;
  /** What would be sent, from null for a whole copy; null where nothing would be. */
  readonly send: { readonly source: SenderDataset; readonly from: Version | null; readonly flags: SendFlags } | null;
}

const NO_FLAGS: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};

/** As the proposed jobs send: encrypted data as it is on disk, other data compressed as it is on disk. */
export function proposedFlags(raw: boolean): SendFlags {
  return raw ? { ...NO_FLAGS, raw } : { ...NO_FLAGS, compressed: true };
}

export function missingHere(dataset: string, root: ReceivingRoot, host: string): JudgedCopy {
  const problem = new ProblemError('not-found', { name: dataset, host }).toProblem();
  const copy = toLocalName(root, dataset);
  return { told: { dataset, copy, state: 'unreadable', common: null, problem }, send: null };
}

export function judgeCopy(source: SenderDataset, target: ReceiverDataset | undefined, place: LookPlace): JudgedCopy {
  const { dataset } = source;
  const raw = source.encrypted && place.encryptedAs === 'raw';
  const flags = proposedFlags(raw);
  const soon = withNextSnapshot(source);
  const plan = planDataset(soon, target, {
    policy: policyOf(raw, flags),
    receiverLabel: place.receiverLabel,
    rank: () => 0,
  });
  const newest = newestCommon(source.versions, target?.versions ?? []);
  const told = {
    dataset,
    copy: toLocalName(place.root, dataset),
    common: newest === null ? null : describeCommon(newest),
    problem: null,
  };
  switch (plan.kind) {
    case 'problem':
      return { told: { ...told, state: 'unusable', problem: plan.problem.toProblem() }, send: null };
    case 'skip':
      return { told: { ...told, state: target === undefined ? 'absent' : 'placeholder' }, send: null };
    case 'abandon':
      return { told: { ...told, state: 'begun' }, send: { source, from: newest, flags } };
    case 'up-to-date':
      return { told: { ...told, state: 'common' }, send: { source, from: plan.common, flags } };
    case 'steps':
      return { told: { ...told, state: stateOf(plan.base, target) }, send: { source, from: plan.base, flags } };
  }
}

function stateOf(base: Version | null, target: ReceiverDataset | undefined): LookedAt['state'] {
  if (target === undefined) return 'absent';
  if (isEffectivePlaceholder(target)) return 'placeholder';
  if (isEmpty(target)) return target.resumeToken === null ? 'placeholder' : 'begun';
  return base === null ? 'absent' : 'common';
}

/** The first run begins with a snapshot: what is planned now must be what is planned then. */
function withNextSnapshot(source: SenderDataset): SenderDataset {
  const createtxg = source.versions.reduce((newest, one) => (one.createtxg > newest ? one.createtxg : newest), 0n) + 1n;
  // No dataset has a snapshot with this guid: they are not negative.
  return { ...source, versions: [...source.versions, { type: 'snapshot', name: 'next', guid: -1n, createtxg }] };
}

function policyOf(raw: boolean, flags: SendFlags): ReplicationPolicy {
  return {
    initial: 'most_recent',
    protection: { initial: 'guarantee_resumability', incremental: 'guarantee_resumability' },
    stepwise: false,
    send: { encrypted: raw, flags },
    wants: (name) => name === 'next',
  };
}

/** The newest snapshot there that is known here, as it is called here; a snapshot rather than a bookmark of it. */
export function newestCommon(ours: readonly Version[], theirs: readonly Version[]): Version | null {
  const byGuid = new Map<bigint, Version>();
  for (const version of ours) if (byGuid.get(version.guid)?.type !== 'snapshot') byGuid.set(version.guid, version);
  const newest = theirs.findLast(({ type, guid }) => type === 'snapshot' && byGuid.has(guid));
  return newest === undefined ? null : (byGuid.get(newest.guid) ?? null);
}

export function describeCommon({ type, name, guid, creationS }: Version): CommonSnapshot {
  return {
    name: `${type === 'snapshot' ? '@' : '#'}${name}`,
    guid: guid.toString(),
    createdMs: creationS === undefined ? null : creationS * 1000,
  };
}
