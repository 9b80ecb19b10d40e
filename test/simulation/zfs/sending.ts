/** `zfs send`: what a command line asks for as the records that a receive is given, and its estimate. */
import { ProblemError } from '../../../core/api/problem.ts';
import { datasetOf, entityTypeOf } from '../../../core/zfs/names.ts';
import { decodeResumeToken } from '../../../core/zfs/token.ts';
import { findBookmark, findDataset, findPool, findSnapshot, isReadable } from './lookup.ts';
import { fail, type Options, type Output, openComplaint, optionValue, readOptions, succeed } from './output.ts';
import { blocksOfToken, streamBytes } from './partial-token.ts';
import type { Bookmark, Content, Dataset, Machine, Pool, Snapshot, WrappingKey } from './world.ts';

/** One block that differs: where it belongs, and what is there now. */
export type Change = readonly [position: number, block: number];

/** What one snapshot is within a stream. */
export interface StreamRecord {
  readonly fromGuid: bigint | null;
  readonly toGuid: bigint;
  /** Full name on the sender. */
  readonly toName: string;
  readonly creationS: number;
  readonly kind: Dataset['kind'];
  /** Blocks that the snapshot has in all. */
  readonly length: number;
  readonly changes: readonly Change[];
  /** Changes that a resumed stream leaves out. */
  readonly skipped: number;
  readonly resumed: boolean;
  readonly raw: boolean;
  /** As a resume token carries them. */
  readonly flags: readonly string[];
  /** Null: the stream carries none. */
  readonly properties: ReadonlyMap<string, string> | null;
  /** Of raw streams. */
  readonly crypto: {
    readonly masterKey: bigint;
    readonly wrapping: WrappingKey;
    readonly fromIvset: bigint | null;
    readonly toIvset: bigint | null;
  } | null;
  /** The snapshot that is read meanwhile. */
  readonly source: Snapshot;
}

export interface OpenedSend {
  readonly records: readonly StreamRecord[];
  /** Several snapshots in one stream. */
  readonly isPackage: boolean;
}

/** Of what is encrypted, blocks travel as they are on disk, and none is embedded. */
const RAW_FLAGS: readonly string[] = ['compressok', 'rawok'];

interface Wanted {
  readonly raw: boolean;
  readonly properties: boolean;
  readonly flags: readonly string[];
}

/** Positions whose blocks differ. */
export function changesBetween(from: Content, to: Content): readonly Change[] {
  const changes: Change[] = [];
  for (let position = 0; position < to.length; position++) {
    const block = to[position] ?? 0;
    if (block !== (from[position] ?? 0)) changes.push([position, block]);
  }
  return changes;
}

function propertiesOf(dataset: Dataset): ReadonlyMap<string, string> {
  const sent = new Map<string, string>();
  for (const [name, { local, received }] of dataset.properties) {
    const value = local ?? received;
    if (value !== null) sent.set(name, value);
  }
  return sent;
}

function recordOf(
  dataset: Dataset,
  from: Snapshot | Bookmark | null,
  to: Snapshot,
  wanted: Wanted,
  skipped: number | null,
): StreamRecord {
  const { encryption } = dataset;
  const raw = wanted.raw && encryption !== null;
  return {
    fromGuid: from?.guid ?? null,
    toGuid: to.guid,
    toName: `${dataset.name}@${to.name}`,
    creationS: to.creationS,
    kind: dataset.kind,
    length: to.content.length,
    changes: changesBetween(from?.content ?? [], to.content),
    skipped: skipped ?? 0,
    resumed: skipped !== null,
    raw,
    flags: raw ? RAW_FLAGS : wanted.flags.filter((flag) => flag !== 'rawok'),
    properties: wanted.properties ? propertiesOf(dataset) : null,
    crypto:
      raw && encryption !== null
        ? {
            masterKey: encryption.masterKey,
            wrapping: encryption.wrapping,
            fromIvset: from?.ivset ?? null,
            toIvset: to.ivset,
          }
        : null,
    source: to,
  };
}

function wantedOf({ flags }: Options): Wanted {
  const raw = flags.has('w');
  return {
    raw,
    properties: flags.has('p') || flags.has('b'),
    flags: [
      ...(raw ? ['rawok'] : []),
      ...(flags.has('c') || raw ? ['compressok'] : []),
      ...(flags.has('e') || raw ? ['embedok'] : []),
      // No simulated dataset has large blocks, and then the flag does not show in the stream.
    ],
  };
}

/** Takes the arguments after `send` apart; null for options that the engine never uses. */
export function sendOptions(args: readonly string[]): Options | null {
  return readOptions(args, 'nvPwpbLce', 'tiI');
}

/** The stream that the arguments ask for, or how the command fails. */
export function openSend(machine: Machine, args: readonly string[]): OpenedSend | Output {
  const options = sendOptions(args);
  if (options === null) return fail("invalid option 'x'\nusage:\n\tsend", 2);
  const token = optionValue(options, 't');
  return token === undefined ? openFresh(machine, options) : openResumed(machine, token);
}

function keyMissing(pool: Pool, dataset: Dataset, raw: boolean): boolean {
  return dataset.encryption !== null && !raw && !isReadable(pool, dataset);
}

function openFresh(machine: Machine, options: Options): OpenedSend | Output {
  const target = options.operands[0] ?? '';
  const [base] = options.values;
  const to = findSnapshot(machine, target);
  const dataset = findDataset(machine, datasetOf(target));
  const pool = findPool(machine, target);
  const complaint = openComplaint(machine, target, to !== undefined);
  if (complaint !== null || to === undefined || dataset === undefined || pool === undefined)
    return fail(complaint ?? '');
  if (machine.denied.has('send')) return fail(`warning: cannot send '${target}': permission denied`);
  const wanted = wantedOf(options);
  if (wanted.properties && dataset.encryption !== null && !wanted.raw) {
    return fail(
      `cannot send ${target}: encrypted dataset ${dataset.name} may not be sent with properties without the raw flag`,
    );
  }
  if (keyMissing(pool, dataset, wanted.raw)) {
    return fail(`warning: cannot send '${target}': source key must be loaded`);
  }
  if (base === undefined) return { records: [recordOf(dataset, null, to, wanted, null)], isPackage: false };
  const [option, from] = base;
  return option === 'I' ? openRange(machine, dataset, from, to, wanted) : openStep(machine, dataset, from, to, wanted);
}

function openStep(machine: Machine, dataset: Dataset, from: string, to: Snapshot, wanted: Wanted): OpenedSend | Output {
  const target = `${dataset.name}@${to.name}`;
  const isSnapshot = entityTypeOf(from) === 'snapshot';
  const version = isSnapshot ? findSnapshot(machine, from) : findBookmark(machine, from);
  if (version === undefined) {
    return fail(
      isSnapshot
        ? `cannot open '${from}': dataset does not exist`
        : `warning: cannot send '${target}': No such process`,
    );
  }
  if (version.createtxg >= to.createtxg || datasetOf(from) !== dataset.name) {
    // EXDEV; of a bookmark it is printed as it is.
    const reason = isSnapshot ? 'not an earlier snapshot from the same fs' : 'Invalid cross-device link';
    return fail(`warning: cannot send '${target}': ${reason}`);
  }
  return { records: [recordOf(dataset, version, to, wanted, null)], isPackage: false };
}

function openRange(
  machine: Machine,
  dataset: Dataset,
  from: string,
  to: Snapshot,
  wanted: Wanted,
): OpenedSend | Output {
  const target = `${dataset.name}@${to.name}`;
  if (entityTypeOf(from) === 'bookmark') return fail('multiple snapshots cannot be sent from a bookmark.');
  const base = findSnapshot(machine, from);
  if (base === undefined) {
    return fail(`WARNING: could not send ${target}:\nincremental source (${from}) does not exist`);
  }
  if (base.createtxg >= to.createtxg) {
    return fail(`WARNING: could not send ${target}:\nincremental source (${from}) is not earlier than it`);
  }
  if (machine.denied.has('hold')) return fail('cannot hold: permission denied');
  const records: StreamRecord[] = [];
  let previous = base;
  for (const snapshot of dataset.snapshots) {
    if (snapshot.createtxg <= base.createtxg || snapshot.createtxg > to.createtxg) continue;
    records.push(recordOf(dataset, previous, snapshot, wanted, null));
    previous = snapshot;
  }
  return { records, isPackage: true };
}

/** By guid, whatever they are called now: first the version of the dataset named, then of any other of its pool. */
function findByGuid(
  pool: Pool,
  guid: bigint,
  bookmarks: boolean,
): { readonly dataset: Dataset; readonly version: Snapshot | Bookmark } | null {
  for (const dataset of pool.datasets.values()) {
    const versions = bookmarks ? [...dataset.snapshots, ...dataset.bookmarks] : dataset.snapshots;
    const version = versions.find((candidate) => candidate.guid === guid);
    if (version !== undefined) return { dataset, version };
  }
  return null;
}

function openResumed(machine: Machine, text: string): OpenedSend | Output {
  let token: ReturnType<typeof decodeResumeToken>;
  try {
    token = decodeResumeToken(text);
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    return fail('cannot resume send: resume token is corrupt');
  }
  const pool = findPool(machine, token.toName);
  const found = pool === undefined ? null : findByGuid(pool, token.toGuid, false);
  const to = found?.dataset.snapshots.find((snapshot) => snapshot.guid === token.toGuid);
  if (pool === undefined || found === null || to === undefined) {
    const words = findSnapshot(machine, token.toName)
      ? `'${token.toName}' is no longer the same snapshot used in the initial send`
      : `'${token.toName}' used in the initial send no longer exists`;
    return fail(`cannot resume send: ${words}`);
  }
  const { dataset } = found;
  const from = token.fromGuid === null ? null : findByGuid(pool, token.fromGuid, true);
  if (token.fromGuid !== null && from === null) {
    return fail(`cannot resume send: incremental source 0x${token.fromGuid.toString(16)} no longer exists`);
  }
  if (machine.denied.has('send')) return fail('cannot resume send: permission denied');
  if (keyMissing(pool, dataset, token.rawOk)) return fail('cannot resume send: source key must be loaded');
  const wanted: Wanted = {
    raw: token.rawOk,
    properties: false,
    flags: [
      ...(token.rawOk ? ['rawok'] : []),
      ...(token.compressOk ? ['compressok'] : []),
      ...(token.embedOk ? ['embedok'] : []),
    ],
  };
  const record = recordOf(dataset, from?.version ?? null, to, wanted, blocksOfToken(token.offset));
  return { records: [record], isPackage: false };
}

/** `zfs send -n -v -P ...`: a line for each step and the sum. */
export function estimateCommand(machine: Machine, args: readonly string[]): Output {
  const opened = openSend(machine, args);
  if ('code' in opened) return opened;
  let sumBytes = 0;
  const rows = opened.records.map((record) => {
    const bytes = streamBytes(Math.max(0, record.changes.length - record.skipped));
    sumBytes += bytes;
    return record.fromGuid === null
      ? `full\t${record.toName}\t${bytes}\n`
      : `incremental\t0x${record.fromGuid.toString(16)}\t${record.toName}\t${bytes}\n`;
  });
  return succeed(`${rows.join('')}size\t${sumBytes}\n`);
}
