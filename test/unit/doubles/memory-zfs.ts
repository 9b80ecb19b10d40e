/**
 * OpenZFS in memory, as far as the engine can see it: pools with datasets, guids, txgs, holds, bookmarks and partial receives.
 * Counts the processes and waits for transaction groups that the commands of the real thing would cost.
 */
import { ProblemError } from '../../../core/api/problem.ts';
import type {
  Capabilities,
  Ctx,
  DatasetFacts,
  DatasetVersions,
  DestroyOutcome,
  HoldRow,
  OutgoingStream,
  PropertyValue,
  ReceiveRequest,
  SendRequest,
  SnapshotRef,
  StepEstimate,
  TransferOptions,
  TransferResult,
  Version,
  Zfs,
} from '../../../core/zfs/types.ts';
import { type MemoryBookmark, type MemorySnapshot, setLocal, versionsOf } from './memory-model.ts';
import { MemoryPools, type SnapshotName } from './memory-pools.ts';
import { beginRecord, checkReceive, dropPartial, landRecord, type ReceivingSide } from './memory-receive.ts';
import { MemoryStream, type StreamRecord } from './memory-stream.ts';
import { MemoryWorld } from './memory-world.ts';

export interface MemoryCall {
  readonly method: keyof Zfs;
  /** Names the call is about. */
  readonly names: readonly string[];
  readonly processes: number;
  txgWaits: number;
}

/** Ends the next receives early. */
export interface Cut {
  /** Snapshots that still land whole; default 0. */
  readonly snapshots?: number;
  /** The one after them is left half received; default true. */
  readonly partial?: boolean;
  /** What the engine is told; default is what zfs says. */
  readonly error?: ProblemError;
}

export interface MemoryOptions {
  readonly label?: string;
  readonly world?: MemoryWorld;
  readonly capabilities?: Partial<Capabilities>;
}

export const MODERN: Capabilities = {
  userlandVersion: '2.3.2',
  kernelVersion: '2.3.2',
  resumableReceive: true,
  commaDestroy: true,
  nativeEncryption: true,
  bookmarkCopy: true,
  estimateFromBookmark: true,
  jsonOutput: true,
  fastListing: true,
  snapshotsChanged: true,
  createUnmounted: true,
};

export class MemoryZfs extends MemoryPools implements Zfs, ReceivingSide {
  readonly calls: MemoryCall[] = [];
  readonly deniedProperties = new Set<string>();
  resumable = true;
  cutAfter: Cut | null = null;
  /** Asked before and after every call; may throw a `ProblemError`. After: the change has happened, its reply is lost. */
  before: (call: MemoryCall) => void | Promise<void> = () => {};
  after: (call: MemoryCall) => void | Promise<void> = () => {};
  readonly #capabilities: Capabilities;
  readonly #probedPools = new Set<string>();

  constructor(options: MemoryOptions = {}) {
    super(options.label ?? 'this machine', options.world ?? new MemoryWorld());
    this.#capabilities = { ...MODERN, ...options.capabilities };
  }

  /** Processes of all calls so far; what is probed once per host is counted separately, as `capabilities`. */
  get processes(): number {
    return this.calls.reduce((sum, call) => sum + call.processes, 0);
  }

  get txgWaits(): number {
    return this.calls.reduce((sum, call) => sum + call.txgWaits, 0);
  }

  async capabilities(ctx: Ctx = {}): Promise<Capabilities> {
    await this.#begin('capabilities', [], 0, ctx);
    return this.#capabilities;
  }

  async poolResumable(pool: string, ctx: Ctx = {}): Promise<boolean> {
    const call = await this.#begin('poolResumable', [pool], this.#probedPools.has(pool) ? 0 : 1, ctx);
    // A "yes" is for good; a "no" is asked again.
    if (this.resumable) this.#probedPools.add(pool);
    await this.after(call);
    return this.resumable;
  }

  async listVersions(
    roots: readonly string[],
    options: { readonly recursive: boolean; readonly details: boolean },
    ctx: Ctx = {},
  ): Promise<readonly DatasetVersions[]> {
    const call = await this.#begin('listVersions', roots, 1, ctx);
    const listed = this.select(roots, options.recursive).map((dataset) => ({
      dataset: dataset.name,
      guid: dataset.guid,
      versions: versionsOf(dataset, options.details),
    }));
    await this.after(call);
    return listed;
  }

  async listDatasets(
    roots: readonly string[],
    options: { readonly recursive: boolean; readonly properties: readonly string[] },
    ctx: Ctx = {},
  ): Promise<readonly DatasetFacts[]> {
    const call = await this.#begin('listDatasets', roots, 1, ctx);
    const facts = this.select(roots, options.recursive).map(
      (dataset): DatasetFacts => ({
        dataset: dataset.name,
        guid: dataset.guid,
        kind: dataset.kind,
        encrypted: dataset.encrypted,
        encryptionRoot: dataset.encryptionRoot,
        keyLoaded: dataset.encrypted ? dataset.keyLoaded : null,
        resumeToken: dataset.partial?.text ?? null,
        snapshotsChangedS: this.#capabilities.snapshotsChanged ? this.snapshotsChangedS(dataset) : null,
        mounted: false,
        properties: this.propertiesAmong(dataset, options.properties),
      }),
    );
    await this.after(call);
    return facts;
  }

  async snapshotDetails(
    snapshots: readonly SnapshotName[],
    ctx: Ctx = {},
  ): Promise<
    ReadonlyMap<
      string,
      { readonly guid: bigint; readonly createtxg: bigint; readonly creationS: number; readonly userrefs: number }
    >
  > {
    await this.#begin('snapshotDetails', full(snapshots), 1, ctx);
    return new Map(
      snapshots.flatMap((ref) => {
        const found = this.findSnapshot(ref);
        if (found === undefined) return [];
        const { guid, createtxg, creationS, tags } = found;
        return [[`${ref.dataset}@${ref.name}`, { guid, createtxg, creationS, userrefs: tags.size }] as const];
      }),
    );
  }

  async getProperties(
    name: string,
    properties: readonly string[],
    ctx: Ctx = {},
  ): Promise<ReadonlyMap<string, PropertyValue>> {
    await this.#begin('getProperties', [name], 1, ctx);
    const found = this.propertiesOf(name, properties);
    if (found === null) throw this.missing(name);
    return found;
  }

  async readBack(
    names: readonly string[],
    properties: readonly string[],
    ctx: Ctx = {},
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, PropertyValue>>> {
    const call = await this.#begin('readBack', names, 1, ctx);
    const result = new Map<string, ReadonlyMap<string, PropertyValue>>();
    for (const name of names) {
      const found = this.propertiesOf(name, properties);
      if (found !== null) result.set(name, found);
    }
    await this.after(call);
    return result;
  }

  async setProperties(
    dataset: string,
    properties: readonly (readonly [name: string, value: string])[],
    ctx: Ctx = {},
  ): Promise<void> {
    const call = await this.#begin('setProperties', [dataset], 1, ctx);
    const found = this.existing(dataset);
    this.#effect(call, `set ${properties.map(([name, value]) => `${name}=${value}`).join(' ')} ${dataset}`, () => {
      for (const [name, value] of properties) setLocal(found, name, value);
    });
    await this.after(call);
  }

  async snapshot(
    targets: readonly { readonly dataset: string; readonly name: string }[],
    ctx: Ctx = {},
  ): Promise<void> {
    const call = await this.#begin('snapshot', full(targets), 1, ctx);
    for (const target of targets) {
      this.existing(target.dataset);
      if (this.findSnapshot(target) !== undefined)
        throw new ProblemError('snapshot-exists', { name: `${target.dataset}@${target.name}` });
    }
    this.#effect(call, `snapshot ${call.names.join(' ')}`, () => {
      const createtxg = this.nextTxg(targets[0]?.dataset ?? '');
      for (const { dataset, name } of targets) this.addSnapshot(dataset, name, { createtxg });
    });
    await this.after(call);
  }

  async createPlaceholder(dataset: string, options: { readonly encryption: 'inherit' | 'off' }, ctx: Ctx = {}) {
    const call = await this.#begin('createPlaceholder', [dataset], 1, ctx);
    const facts = { name: dataset, host: this.label };
    if (this.datasets.has(dataset)) throw new ProblemError('destination-exists', facts);
    const above = this.existing(dataset.slice(0, Math.max(0, dataset.lastIndexOf('/'))));
    const encrypted = above.encrypted && options.encryption === 'inherit';
    if (encrypted && !above.keyLoaded) throw new ProblemError('key-not-loaded', facts);
    this.#effect(call, `create ${dataset}`, () => {
      const created = this.addDataset(dataset, encrypted ? {} : { encryption: 'off' });
      setLocal(created, 'zrepl:placeholder', 'on');
    });
    await this.after(call);
  }

  async hold(tag: string, snapshots: readonly SnapshotName[], ctx: Ctx = {}): Promise<void> {
    const call = await this.#begin('hold', full(snapshots), 1, ctx);
    // Each by itself: those that are there are held even when another one is missing.
    const missing: string[] = [];
    for (const ref of snapshots) {
      const found = this.findSnapshot(ref);
      if (found === undefined) missing.push(`${ref.dataset}@${ref.name}`);
      else if (!found.tags.has(tag)) {
        this.#effect(call, `hold ${tag} ${ref.dataset}@${ref.name}`, () => found.tags.add(tag));
      }
    }
    if (missing[0] !== undefined) throw this.missing(missing[0]);
    await this.after(call);
  }

  async release(tag: string, snapshots: readonly SnapshotName[], ctx: Ctx = {}): Promise<void> {
    const call = await this.#begin('release', full(snapshots), 1, ctx);
    for (const ref of snapshots) {
      const found = this.findSnapshot(ref);
      if (found?.tags.has(tag) !== true) continue;
      this.#effect(call, `release ${tag} ${ref.dataset}@${ref.name}`, () => found.tags.delete(tag));
    }
    await this.after(call);
  }

  async holds(snapshots: readonly SnapshotName[], ctx: Ctx = {}): Promise<readonly HoldRow[]> {
    await this.#begin('holds', full(snapshots), 1, ctx);
    return snapshots.flatMap((ref) =>
      [...(this.findSnapshot(ref)?.tags ?? [])].map((tag) => ({ dataset: ref.dataset, snapshot: ref.name, tag })),
    );
  }

  async bookmark(
    dataset: string,
    source: Pick<Version, 'type' | 'name' | 'guid'>,
    name: string,
    ctx: Ctx = {},
  ): Promise<void> {
    const call = await this.#begin('bookmark', [`${dataset}#${name}`], 1, ctx);
    const found = this.existing(dataset);
    if (source.type === 'bookmark' && !this.#capabilities.bookmarkCopy) {
      throw new ProblemError('bookmark-copy-unsupported', { name: `${dataset}#${source.name}` });
    }
    const origin: MemorySnapshot | MemoryBookmark | undefined =
      source.type === 'snapshot'
        ? this.findSnapshot({ dataset, name: source.name })
        : found.bookmarks.find((bookmark) => bookmark.name === source.name);
    if (origin === undefined) throw this.missing(`${dataset}${source.type === 'snapshot' ? '@' : '#'}${source.name}`);
    const existing = found.bookmarks.find((bookmark) => bookmark.name === name);
    if (existing !== undefined && existing.guid !== source.guid) {
      throw new ProblemError('bookmark-exists', { name: `${dataset}#${name}` });
    }
    if (existing === undefined) {
      const { guid, createtxg, creationS } = origin;
      this.#effect(call, `bookmark ${dataset}#${name}`, () => {
        found.bookmarks.push({ name, guid, createtxg, creationS });
      });
    }
    await this.after(call);
  }

  async destroyBookmark(dataset: string, name: string, ctx: Ctx = {}): Promise<void> {
    const call = await this.#begin('destroyBookmark', [`${dataset}#${name}`], 1, ctx);
    const found = this.datasets.get(dataset);
    if (found?.bookmarks.some((bookmark) => bookmark.name === name) === true) {
      this.#effect(call, `destroy ${dataset}#${name}`, () => {
        found.bookmarks = found.bookmarks.filter((bookmark) => bookmark.name !== name);
      });
    }
    await this.after(call);
  }

  async destroySnapshots(snapshots: readonly SnapshotRef[], ctx: Ctx = {}): Promise<readonly DestroyOutcome[]> {
    const groups = new Set(snapshots.map(({ dataset }) => dataset)).size;
    const call = await this.#begin('destroySnapshots', full(snapshots), 1 + groups, ctx);
    return snapshots.map((ref): DestroyOutcome => {
      const found = this.findSnapshot(ref);
      if (found === undefined) return { kind: 'gone' };
      if (found.guid !== ref.guid) return { kind: 'kept', code: 'guid-changed', reason: 'another snapshot' };
      if (found.tags.size > 0) return { kind: 'kept', code: 'snapshot-held', reason: [...found.tags].join(' ') };
      this.#effect(call, `destroy ${ref.dataset}@${ref.name}`, () => this.removeSnapshot(ref.dataset, ref.name));
      return { kind: 'destroyed' };
    });
  }

  async estimate(request: SendRequest, ctx: Ctx = {}): Promise<readonly StepEstimate[]> {
    await this.#begin('estimate', [request.dataset], 1, ctx);
    return new MemoryStream(request, this.datasets)
      .open()
      .map((record) => ({ to: record.to.name, sizeBytes: record.sizeBytes }));
  }

  prepareSend(request: SendRequest): OutgoingStream {
    return new MemoryStream(request, this.datasets);
  }

  async receive(
    request: ReceiveRequest,
    stream: OutgoingStream,
    options: TransferOptions = {},
  ): Promise<TransferResult> {
    const call = await this.#begin('receive', [request.dataset], 2, options);
    if (!(stream instanceof MemoryStream)) throw new Error('a stream of another implementation');
    let bytes = 0;
    for (const [index, record] of stream.open().entries()) {
      if (!record.resumed && this.hasGuid(request.dataset, record.to.guid)) continue;
      checkReceive(this, request, record);
      const cut = this.cutAfter !== null && (this.cutAfter.snapshots ?? 0) === index ? this.cutAfter : null;
      await Promise.resolve();
      if (options.signal?.aborted === true) throw new ProblemError('command-aborted');
      const half = Math.floor(record.sizeBytes / 2);
      if (request.savePartial && cut?.partial !== false) {
        const before = this.datasets.get(request.dataset)?.partial?.token.bytes ?? 0n;
        this.#effect(call, `begin ${request.dataset}@${record.to.name}`, () =>
          beginRecord(this, request, record, half + (record.resumed ? Number(before) : 0)),
        );
      }
      options.onProgress?.({ bytes: bytes + half, snapshot: record.toName, expectedBytes: record.sizeBytes });
      if (cut !== null) throw this.#cutOff(cut, request, record);
      await Promise.resolve();
      this.#effect(call, `received ${request.dataset}@${record.to.name}`, () => {
        if (!request.savePartial) beginRecord(this, request, record, 0);
        landRecord(this, request, record);
      });
      bytes += record.sizeBytes;
      options.onProgress?.({ bytes, snapshot: record.toName });
    }
    await this.after(call);
    return { bytes };
  }

  async abortReceive(dataset: string, ctx: Ctx = {}): Promise<void> {
    const call = await this.#begin('abortReceive', [dataset], 1, ctx);
    const found = this.datasets.get(dataset);
    if (found !== undefined && found.partial !== null) {
      this.#effect(call, `abort ${dataset}`, () => dropPartial(this, found));
    }
    await this.after(call);
  }

  #cutOff(cut: Cut, request: ReceiveRequest, record: StreamRecord): ProblemError {
    this.cutAfter = null;
    if (cut.error !== undefined) return cut.error;
    const saved = this.datasets.get(request.dataset)?.partial?.token.toGuid === record.to.guid;
    return new ProblemError(saved ? 'receive-interrupted' : 'stream-truncated', {
      name: request.dataset,
      host: this.label,
    });
  }

  async #begin(method: keyof Zfs, names: readonly string[], processes: number, ctx: Ctx): Promise<MemoryCall> {
    this.world.checkAlive();
    if (ctx.signal?.aborted === true) throw new ProblemError('command-aborted');
    const call: MemoryCall = { method, names, processes, txgWaits: 0 };
    this.calls.push(call);
    await this.before(call);
    this.world.checkAlive();
    return call;
  }

  #effect(call: MemoryCall, description: string, change: () => void): void {
    call.txgWaits += 1;
    this.world.effect(`${this.label}: ${description}`, change);
  }
}

function full(snapshots: readonly SnapshotName[]): readonly string[] {
  return snapshots.map(({ dataset, name }) => `${dataset}@${name}`);
}
