/** `zfs send | zfs receive`, record by record and block by block, and what is left when it breaks. */
import { parentOf } from '../../../core/zfs/names.ts';
import { type Call, checkNotAborted, enact, hangs, isGivenUp, PRETENDED, setPoolState, whenBack } from './effects.ts';
import { findDataset, findPool, namesChanged, newestOf } from './lookup.ts';
import { addSnapshot, inheritEncryption } from './making.ts';
import { tokenTextOf } from './partial-token.ts';
import { isSettable, setOwn } from './properties.ts';
import { checkEnd, checkReceive, nameToBe, type ReceiveArguments, streamKind } from './receiving.ts';
import type { StreamRecord } from './sending.ts';
import { freeBlocks, quotaBlocks, refquotaBlocks } from './space.ts';
import {
  type Dataset,
  type Machine,
  newDataset,
  nextGuid,
  type OwnValue,
  type PartialState,
  type Pool,
} from './world.ts';

/** The receiving end of a running transfer. */
export interface Receiving {
  readonly call: Call;
  readonly args: ReceiveArguments;
  /** Blocks that still come before the stream is cut off. */
  budgetBlocks: number;
}

/** How a record ended: well, or in these words; null: killed without any. */
export type RecordEnd = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly stderr: string | null };

/**
 * Of what has passed, a token brings the last two blocks again: the kernel lets go of a record whose successor it cannot read,
 * and a token names the last record it took, not the next one, so that the sender's data can be compared there.
 */
const SENT_AGAIN_BLOCKS = 2;

const DONE: RecordEnd = { kind: 'done' };

function failed(stderr: string | null): RecordEnd {
  return { kind: 'failed', stderr };
}

/** Receives one snapshot: it begins in one transaction group and is there in another. */
export async function receiveRecord(receiving: Receiving, record: StreamRecord): Promise<RecordEnd> {
  const { call, args } = receiving;
  const name = `${args.dataset}@${nameToBe(args, record)}`;
  let skip = false;
  let begun: Begun | undefined;
  try {
    const refusal = await enact(call, 'receive-begin', name, () => {
      const verdict = checkReceive(call.machine, args, record);
      if (verdict === 'skip') {
        skip = true;
        return '';
      }
      if (verdict !== 'go') return verdict.stderr;
      return () => {
        begun = begin(call, args, record);
      };
    });
    if (skip) return DONE;
    if (refusal !== null || begun === undefined) return failed(withWords(record, refusal ?? ''));
    const broken = await takeBlocks(receiving, record, begun);
    if (broken !== null) return failed(begun.leave(broken));
    const reason = await enact(call, 'receive-end', name, () => end(receiving, record));
    if (reason === PRETENDED) begun.leave('killed');
    return reason === null || reason === PRETENDED ? DONE : failed(begun.leave({ words: reason }));
  } catch (thrown) {
    // Whoever watched has ended the engine, and with it both commands: the kernel keeps or drops what there is. Of a machine
    // that was started anew meanwhile it has done so long ago.
    if (call.machine.boots === call.boots) begun?.leave('killed');
    throw thrown;
  }
}

/** Reasons of the pool come without the words of the command. */
function withWords(record: StreamRecord, reason: string): string {
  return reason.startsWith('cannot ') ? reason : `cannot receive ${streamKind(record)} stream: ${reason}`;
}

/** Why no more blocks come, or none can be taken. */
type Broken = 'cut' | 'killed' | { readonly words: string };

interface Begun {
  readonly target: Dataset;
  readonly partial: PartialState;
  /** Leaves the partial state as zfs does; returns what the command says. */
  leave(broken: Broken): string | null;
}

function begin(call: Call, args: ReceiveArguments, record: StreamRecord): Begun {
  const pool = findPool(call.machine, args.dataset);
  if (pool === undefined) throw new Error(`the pool of ${args.dataset} is not there`);
  const known = pool.datasets.get(args.dataset);
  const target = known ?? createTarget(call, pool, args.dataset, record);
  const before = known === undefined ? null : new Map(target.properties);
  applyProperties(call, args, record, target);
  const base = newestOf(target);
  const fresh = (): PartialState => ({
    fromGuid: record.fromGuid,
    toGuid: record.toGuid,
    toName: record.toName,
    flags: record.flags,
    baseGuid: base?.guid ?? null,
    content: record.fromGuid === null ? [] : [...(base?.content ?? [])],
    blocks: 0,
    sureBlocks: 0,
    hasContent: false,
    active: true,
    kept: args.savePartial,
    worthKeeping: false,
    tokenText: null,
  });
  const partial = record.resumed && target.partial !== null ? target.partial : fresh();
  partial.active = true;
  target.partial = partial;
  partial.sureBlocks = partial.blocks;
  return { target, partial, leave: (broken) => leave(pool, target, partial, args, record, before, broken) };
}

function createTarget(call: Call, pool: Pool, name: string, record: StreamRecord): Dataset {
  const dataset = newDataset(call.world, pool, name, record.kind);
  const parent = pool.datasets.get(parentOf(name) ?? '');
  dataset.inconsistent = true;
  if (record.crypto !== null) {
    const { masterKey, wrapping } = record.crypto;
    dataset.encryption = { rootGuid: dataset.guid, masterKey, wrapping, keyLoaded: false };
  } else if (parent !== undefined) dataset.encryption = inheritEncryption(call.world, pool, parent);
  pool.datasets.set(name, dataset);
  namesChanged(pool);
  return dataset;
}

function applyProperties(call: Call, args: ReceiveArguments, record: StreamRecord, target: Dataset): void {
  if (record.properties !== null) {
    for (const property of [...target.properties.keys()]) setOwn(target, property, { received: null });
    for (const [property, value] of record.properties) setOwn(target, property, { received: value });
  }
  for (const property of args.inherit) target.properties.delete(property);
  for (const [property, value] of args.override) {
    if (!call.machine.deniedProperties.has(property) && isSettable(property))
      setOwn(target, property, { local: value });
  }
}

/** The machine starts anew: no command runs on, and of what was being received there is what is worth keeping. */
export function reboot(machine: Machine): void {
  machine.boots += 1;
  for (const pool of machine.pools.values()) {
    for (const dataset of [...pool.datasets.values()]) {
      const { partial } = dataset;
      if (partial?.active === true) dropOrKeep(pool, dataset, partial);
    }
    setPoolState(pool, 'ok');
  }
}

/** What becomes of partial state when nothing more arrives. Whether it is kept. */
function dropOrKeep(pool: Pool, target: Dataset, partial: PartialState): boolean {
  partial.active = false;
  partial.blocks = Math.max(partial.sureBlocks, partial.blocks - SENT_AGAIN_BLOCKS);
  partial.tokenText = null;
  if (partial.kept && partial.worthKeeping) return true;
  target.partial = null;
  if (target.inconsistent) {
    pool.datasets.delete(target.name);
    namesChanged(pool);
  }
  return false;
}

function leave(
  pool: Pool,
  target: Dataset,
  partial: PartialState,
  args: ReceiveArguments,
  record: StreamRecord,
  before: ReadonlyMap<string, OwnValue> | null,
  broken: Broken,
): string | null {
  const isKept = dropOrKeep(pool, target, partial);
  if (before !== null) {
    target.properties.clear();
    for (const [property, value] of before) target.properties.set(property, value);
  }
  if (broken === 'killed') return null;
  if (broken !== 'cut') return withWords(record, broken.words);
  const token = isKept ? tokenTextOf(target) : null;
  return token === null
    ? `cannot receive ${streamKind(record)} stream: ${args.savePartial ? 'checksum mismatch or ' : ''}incomplete stream`
    : `cannot receive ${streamKind(record)} stream: checksum mismatch or incomplete stream.
Partially received snapshot is saved.
A resuming stream can be generated on the sending system by running:
    zfs send -t ${token}`;
}

/** A point between the beginning and the end of a receive. */
async function look(call: Call, { name: pool }: Pool, { name }: Dataset, blocks: number): Promise<Broken | null> {
  const effect = { kind: 'receive-begin', machine: call.machine.name, pool, name, blocks } as const;
  const wish = call.onEffect?.(effect, 'during');
  const interruption = wish instanceof Promise ? await wish : wish;
  if (interruption === 'cut-stream') return 'cut';
  return interruption === 'kill-receive' ? 'killed' : null;
}

/** Resolves with null when all blocks have arrived. */
async function takeBlocks(
  receiving: Receiving,
  record: StreamRecord,
  { target, partial }: Begun,
): Promise<Broken | null> {
  const { call } = receiving;
  const { changes } = record;
  const pool = findPool(call.machine, target.name);
  let free = pool === undefined ? 0 : freeBlocks(pool);
  let quota = pool === undefined ? 0 : quotaBlocks(pool, target.name);
  const refquota = target.inconsistent ? Number.POSITIVE_INFINITY : refquotaBlocks(target);
  if (!partial.worthKeeping && pool !== undefined) {
    const broken = await look(call, pool, target, 0);
    if (broken !== null) return broken;
    partial.worthKeeping = !record.raw;
  }
  const isWatched = call.onEffect !== null;
  for (let index = partial.blocks; ; index++) {
    // What follows the last block, the end of the file and the folder it is in, makes sure of it.
    if (index >= changes.length) partial.sureBlocks = index;
    if (isWatched && pool !== undefined) {
      const broken = await look(call, pool, target, index);
      if (broken !== null) return broken;
    }
    while (pool !== undefined && hangs(pool)) {
      if (isGivenUp(pool)) return { words: 'I/O error' };
      call.onStall();
      await whenBack(pool);
    }
    checkNotAborted(call);
    if (receiving.budgetBlocks <= 0) return 'cut';
    const change = changes[index];
    if (change === undefined) return null;
    const [position, block] = change;
    if (block !== 0 && --free < 0) return { words: 'out of space' };
    if (block !== 0 && --quota < 0) return { words: `destination ${target.name} space quota exceeded.` };
    if (position >= refquota) return { words: `destination ${target.name} space quota exceeded.` };
    while (partial.content.length < position) partial.content.push(0);
    partial.content[position] = block;
    partial.blocks = index + 1;
    partial.hasContent = true;
    partial.worthKeeping = true;
    partial.tokenText = null;
    receiving.budgetBlocks -= 1;
  }
}

/** The snapshot appears, and the live content becomes what arrived. */
function end({ call, args }: Receiving, record: StreamRecord): string | (() => void) {
  const target = findDataset(call.machine, args.dataset);
  const pool = findPool(call.machine, args.dataset);
  if (target === undefined || pool === undefined) return 'dataset does not exist';
  const reason = checkEnd(call.machine, args, record, target);
  if (reason !== null) return reason;
  return () => {
    const content = target.partial?.content ?? [];
    content.length = Math.min(content.length, record.length);
    const { crypto } = record;
    if (crypto !== null && target.encryption !== null) target.encryption.wrapping = crypto.wrapping;
    const ivset = crypto === null ? (target.encryption === null ? null : nextGuid(call.world)) : crypto.toIvset;
    target.content = content;
    target.partial = null;
    target.inconsistent = false;
    addSnapshot(call.world, target, {
      name: nameToBe(args, record),
      guid: record.toGuid,
      createtxg: pool.txg,
      creationS: record.creationS,
      content,
      ivset,
      tags: new Set(),
      clones: new Set(),
      deferred: false,
      readers: 0,
    });
  };
}
