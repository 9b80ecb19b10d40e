/**
 * What `zfs receive` looks at before it takes the first byte, in the order of libzfs and then of the kernel. The first reason
 * found decides, and it is not always the one that a person would name.
 */
import { parentOf } from '../../../core/zfs/names.ts';
import { findDataset, findPool, isReadable, newestOf } from './lookup.ts';
import { tokenTextOf } from './partial-token.ts';
import { applies } from './properties.ts';
import type { StreamRecord } from './sending.ts';
import { type Dataset, isSince, type Machine, type Snapshot } from './world.ts';

export interface ReceiveArguments {
  readonly dataset: string;
  /** Short name that the snapshot is to have; null: as in the stream. */
  readonly snapshot: string | null;
  readonly force: boolean;
  readonly savePartial: boolean;
  readonly inherit: readonly string[];
  readonly override: readonly (readonly [name: string, value: string])[];
}

/** A refusal, in the words of the command. `skip`: the snapshot is there, and the stream is read and ignored. */
export type Verdict = { readonly stderr: string } | 'skip' | 'go';

function refuse(record: StreamRecord, words: string): Verdict {
  return { stderr: `cannot receive ${streamKind(record)} stream: ${words}` };
}

export function streamKind({ fromGuid, resumed }: StreamRecord): string {
  if (resumed) return 'resume';
  return fromGuid === null ? 'new filesystem' : 'incremental';
}

export function nameToBe({ snapshot }: ReceiveArguments, record: StreamRecord): string {
  return snapshot ?? record.toName.slice(record.toName.indexOf('@') + 1);
}

/** Whether the live content differs from that of a snapshot. */
export function isModifiedSince(dataset: Dataset, snapshot: Snapshot): boolean {
  const { content } = snapshot;
  if (content === dataset.content) return false;
  return content.length !== dataset.content.length || content.some((block, index) => block !== dataset.content[index]);
}

function hasGuid(dataset: Dataset | undefined, guid: bigint): boolean {
  return dataset?.snapshots.some((snapshot) => snapshot.guid === guid) === true;
}

/** Whether the receive may begin. */
export function checkReceive(machine: Machine, args: ReceiveArguments, record: StreamRecord): Verdict {
  const target = findDataset(machine, args.dataset);
  const misfit = args.override.map(([name]) => name).find((name) => !applies(name, record.kind));
  if (misfit !== undefined) return refuse(record, `property '${misfit}' does not apply to datasets of this type`);
  if (target === undefined) return checkNew(machine, args, record);
  if (record.resumed) return checkResumed(machine, args, record, target);
  return record.fromGuid === null ? checkFull(machine, args, record, target) : checkStep(machine, args, record, target);
}

function checkNew(machine: Machine, args: ReceiveArguments, record: StreamRecord): Verdict {
  const parentName = parentOf(args.dataset);
  if (record.fromGuid !== null || record.resumed || parentName === null) {
    return refuse(record, `destination '${args.dataset}' does not exist`);
  }
  const parent = findDataset(machine, parentName);
  const pool = findPool(machine, args.dataset);
  if (parent === undefined || pool === undefined) {
    return {
      stderr: `cannot open '${parentName}': dataset does not exist\ncannot receive new filesystem stream: unable to restore to destination`,
    };
  }
  if (machine.denied.has('receive') || machine.denied.has('create')) return refuse(record, 'permission denied');
  if (cannotKeep(machine, args)) return refuse(record, TOO_OLD);
  if (!record.raw && !isReadable(pool, parent)) return refuse(record, 'inherited key must be loaded');
  return embeds(record) && parent.encryption !== null ? refuseEmbedded(machine, args, record) : 'go';
}

/** Embedded blocks cannot be encrypted. A receive that keeps partial state blamed the kernel for it in 2.1, and no more in 2.3. */
function refuseEmbedded(machine: Machine, args: ReceiveArguments, record: StreamRecord): Verdict {
  return refuse(
    record,
    args.savePartial && !isSince(machine, 2, 2)
      ? UNKNOWN_STREAM
      : 'incompatible embedded data stream feature with encrypted receive.',
  );
}

function embeds({ raw, flags }: StreamRecord): boolean {
  return !raw && flags.includes('embedok');
}

const UNKNOWN_STREAM = 'kernel modules must be upgraded to receive this stream.';

const TOO_OLD = 'pool must be upgraded to receive this stream.';

/** Whether partial state is asked for that the pool cannot keep. */
function cannotKeep(machine: Machine, { dataset, savePartial }: ReceiveArguments): boolean {
  return savePartial && findPool(machine, dataset)?.extensibleDataset === false;
}

function busy(record: StreamRecord, target: Dataset): Verdict {
  return refuse(
    record,
    tokenTextOf(target) === null
      ? 'dataset is busy'
      : `destination ${target.name} contains partially-complete state from "zfs receive -s".`,
  );
}

function checkFull(machine: Machine, args: ReceiveArguments, record: StreamRecord, target: Dataset): Verdict {
  if (!args.force) return refuse(record, `destination '${target.name}' exists\nmust specify -F to overwrite it`);
  const [first] = target.snapshots;
  if (first !== undefined) {
    return refuse(
      record,
      `destination has snapshots (eg. ${target.name}@${first.name})\nmust destroy them to overwrite it`,
    );
  }
  if (target.originGuid !== null) {
    return refuse(record, `destination '${target.name}' is a clone\nmust destroy it to overwrite it`);
  }
  if (target.encryption !== null || record.raw) {
    return refuse(
      record,
      'zfs receive -F cannot be used to destroy an encrypted filesystem or overwrite an unencrypted one with an encrypted one',
    );
  }
  if (machine.denied.has('receive')) return refuse(record, 'permission denied');
  if (cannotKeep(machine, args)) return refuse(record, TOO_OLD);
  if (target.partial !== null) return busy(record, target);
  const pool = findPool(machine, target.name);
  const parent = findDataset(machine, parentOf(target.name) ?? '');
  const isLocked = pool !== undefined && parent !== undefined && !isReadable(pool, parent);
  return isLocked ? refuse(record, 'inherited key must be loaded') : 'go';
}

function checkStep(machine: Machine, args: ReceiveArguments, record: StreamRecord, target: Dataset): Verdict {
  if (target.encryption === null && record.raw) {
    return refuse(record, 'cannot perform raw receive on top of existing unencrypted dataset');
  }
  if (machine.denied.has('receive')) return refuse(record, 'permission denied');
  if (cannotKeep(machine, args)) return refuse(record, TOO_OLD);
  const pool = findPool(machine, target.name);
  if (pool !== undefined && !record.raw && !isReadable(pool, target))
    return refuse(record, 'inherited key must be loaded');
  if (target.partial !== null) return busy(record, target);
  const name = nameToBe(args, record);
  if (target.snapshots.some((snapshot) => snapshot.name === name)) {
    if (hasGuid(target, record.toGuid)) return 'skip';
    return { stderr: `cannot restore to ${target.name}@${name}: destination already exists` };
  }
  if (target.encryption !== null && embeds(record)) return refuseEmbedded(machine, args, record);
  const base = target.snapshots.find((snapshot) => snapshot.guid === record.fromGuid);
  if (base === undefined) {
    return refuse(record, `most recent snapshot of ${target.name} does not\nmatch incremental source`);
  }
  // Snapshots in between that changed nothing do not matter, unless blocks arrive as they are on disk.
  if (isModifiedSince(target, base) || (record.raw && newestOf(target) !== base)) {
    return refuse(record, `destination ${target.name} has been modified\nsince most recent snapshot`);
  }
  return checkCrypto(record, target, base);
}

/** What is compared once a raw stream has begun. */
function checkCrypto(record: StreamRecord, target: Dataset, base: Snapshot): Verdict {
  if (record.crypto === null) return 'go';
  if (target.encryption?.masterKey !== record.crypto.masterKey) {
    return refuse(record, 'encryption key does not match existing key');
  }
  if (base.ivset !== record.crypto.fromIvset) {
    return refuse(
      record,
      "IV set guid mismatch. See the 'zfs receive' man page section\n discussing the limitations of raw encrypted send streams.",
    );
  }
  return 'go';
}

function checkResumed(machine: Machine, args: ReceiveArguments, record: StreamRecord, target: Dataset): Verdict {
  const { partial } = target;
  const isNew = record.fromGuid === null;
  if (isNew && !target.inconsistent && !args.force && isSince(machine, 2, 2)) {
    return refuse(record, `Resuming recv on existing destination '${target.name}'\nmust specify -F to overwrite it`);
  }
  if (machine.denied.has('receive')) return refuse(record, 'permission denied');
  if (partial?.active === true) return busy(record, target);
  const fits =
    partial?.toGuid === record.toGuid && partial.fromGuid === record.fromGuid && partial.blocks === record.skipped;
  if (!fits) {
    // The kernel takes it for a stream that it does not know.
    return refuse(record, UNKNOWN_STREAM);
  }
  const pool = findPool(machine, target.name);
  if (pool !== undefined && !record.raw && !target.inconsistent && !isReadable(pool, target)) {
    return refuse(record, 'inherited key must be loaded');
  }
  return 'go';
}

/** Why a receive that got everything cannot be completed; null when it can. */
export function checkEnd(
  machine: Machine,
  args: ReceiveArguments,
  record: StreamRecord,
  target: Dataset,
): string | null {
  if (target.partial === null) return 'dataset is busy';
  if (target.inconsistent) return null;
  // Whoever took a snapshot meanwhile has put it between the base and what arrived.
  if ((newestOf(target)?.guid ?? null) !== target.partial.baseGuid) {
    return args.savePartial ? UNKNOWN_STREAM : 'invalid backup stream';
  }
  const base = newestOf(target);
  const isOnOld = record.fromGuid === null && !args.force && !isSince(machine, 2, 2);
  if (isOnOld || (base !== undefined && isModifiedSince(target, base))) {
    return `destination ${target.name} has been modified\nsince most recent snapshot`;
  }
  return null;
}
