/** The receiving half of the double: what `zfs receive` accepts, refuses, and leaves behind when it is cut off. */
import { ProblemError } from '../../../core/api/problem.ts';
import type { ReceiveRequest } from '../../../core/zfs/types.ts';
import { type MemoryDataset, newestOf, parentName, setLocal } from './memory-model.ts';
import type { StreamRecord } from './memory-stream.ts';
import { encodeResumeToken, type TokenFields } from './token-encoder.ts';

export interface ReceivingSide {
  readonly label: string;
  readonly datasets: Map<string, MemoryDataset>;
  /** Properties that the account may not set: zfs leaves them out and exits 0. */
  readonly deniedProperties: ReadonlySet<string>;
  nextGuid(): bigint;
  nextTxg(dataset: string): bigint;
}

/** Refuses what zfs would refuse before it takes the first byte of a record. */
export function checkReceive(side: ReceivingSide, request: ReceiveRequest, record: StreamRecord): void {
  const target = side.datasets.get(request.dataset);
  const facts = { name: request.dataset, host: side.label };
  const refuse = (code: ConstructorParameters<typeof ProblemError>[0]) => new ProblemError(code, facts);
  if (record.resumed) {
    checkResume(side, target, request, record);
    return;
  }
  if (target?.inconsistent === true) throw refuse('destination-exists');
  if (record.from === null) {
    if (target === undefined) {
      checkCreate(side, request.dataset, record);
      return;
    }
    if (!request.force) throw refuse('destination-exists');
    if (target.snapshots.length > 0) throw refuse('destination-has-snapshots');
    if (target.encrypted || record.raw) throw refuse('placeholder-cannot-be-replaced');
    if (target.partial !== null) throw refuse('partial-state-present');
    return;
  }
  if (target === undefined) throw refuse('not-found');
  const same = target.snapshots.find((snapshot) => snapshot.name === (request.snapshot ?? record.to.name));
  if (same !== undefined && same.guid !== record.to.guid) throw refuse('destination-name-taken');
  if (target.partial !== null) throw refuse('partial-state-present');
  if (newestOf(target)?.guid !== record.from) throw refuse('source-mismatch');
  if (target.modified) throw refuse('destination-modified');
  if (record.raw && !target.encrypted) throw refuse('encryption-mismatch');
  if (!record.raw && target.encrypted && !target.keyLoaded) throw refuse('key-not-loaded');
}

function checkResume(
  side: ReceivingSide,
  target: MemoryDataset | undefined,
  request: ReceiveRequest,
  record: StreamRecord,
): void {
  const facts = { name: request.dataset, host: side.label };
  if (target?.partial == null || target.partial.token.toGuid !== record.to.guid) {
    throw new ProblemError('command-failed', facts, { detail: 'kernel modules: no such partial state' });
  }
  if (target.partial.base !== (newestOf(target)?.guid ?? null)) throw new ProblemError('feature-mismatch', facts);
  if (record.from === null && !target.inconsistent && !request.force) {
    throw new ProblemError('resume-needs-force', facts);
  }
}

function checkCreate(side: ReceivingSide, dataset: string, record: StreamRecord): void {
  const parent = parentName(dataset);
  const above = parent === null ? undefined : side.datasets.get(parent);
  if (above === undefined) throw new ProblemError('not-found', { name: parent ?? dataset, host: side.label });
  if (!record.raw && above.encrypted && !above.keyLoaded) {
    throw new ProblemError('key-not-loaded', { name: dataset, host: side.label });
  }
}

/** Begins one record: the dataset appears when it is new, the properties are set, and partial state is there. */
export function beginRecord(
  side: ReceivingSide,
  request: ReceiveRequest,
  record: StreamRecord,
  receivedBytes: number,
): MemoryDataset {
  const target = side.datasets.get(request.dataset) ?? createTarget(side, request.dataset, record);
  for (const [name, value] of record.properties) {
    if (request.inherit.includes(name) || target.properties.get(name)?.source === 'local') continue;
    setLocal(target, name, value, 'received');
  }
  for (const [name, value] of request.override) {
    if (!side.deniedProperties.has(name)) setLocal(target, name, value);
  }
  const token: TokenFields = {
    ...(record.from === null ? {} : { fromGuid: record.from }),
    toGuid: record.to.guid,
    toName: record.toName,
    bytes: BigInt(receivedBytes),
    flags: record.flags,
  };
  target.partial = { token, text: encodeResumeToken(token), base: newestOf(target)?.guid ?? null };
  return target;
}

function createTarget(side: ReceivingSide, name: string, record: StreamRecord): MemoryDataset {
  const above = side.datasets.get(parentName(name) ?? '');
  const encrypted = record.raw || above?.encrypted === true;
  const dataset: MemoryDataset = {
    name,
    guid: side.nextGuid(),
    kind: record.kind,
    encrypted,
    // What is received raw has a key of its own.
    encryptionRoot: record.raw ? name : encrypted ? (above?.encryptionRoot ?? null) : null,
    keyLoaded: encrypted && !record.raw,
    properties: new Map(),
    snapshots: [],
    bookmarks: [],
    partial: null,
    inconsistent: true,
    modified: false,
  };
  side.datasets.set(name, dataset);
  return dataset;
}

/** The record is complete: its snapshot is there. */
export function landRecord(side: ReceivingSide, request: ReceiveRequest, record: StreamRecord): void {
  const target = side.datasets.get(request.dataset);
  if (target === undefined) throw new Error(`${request.dataset} vanished during a receive`);
  target.partial = null;
  target.inconsistent = false;
  target.modified = false;
  target.snapshots.push({
    name: request.snapshot ?? record.to.name,
    guid: record.to.guid,
    createtxg: side.nextTxg(request.dataset),
    creationS: record.to.creationS,
    sizeBytes: record.to.sizeBytes,
    tags: new Set(),
  });
}

/** Throws partial state away; a dataset that only an unfinished first receive made goes with it. */
export function dropPartial(side: ReceivingSide, dataset: MemoryDataset): void {
  dataset.partial = null;
  if (dataset.inconsistent) side.datasets.delete(dataset.name);
}
