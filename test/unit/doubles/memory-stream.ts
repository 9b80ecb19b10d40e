/** The sending half of the double: what a `zfs send` would put into its pipe. */
import { ProblemError } from '../../../core/api/problem.ts';
import { decodeResumeToken } from '../../../core/zfs/token.ts';
import type { OutgoingStream, SendRequest } from '../../../core/zfs/types.ts';
import type { MemoryDataset, MemorySnapshot } from './memory-model.ts';

/** One snapshot within a stream. */
export interface StreamRecord {
  readonly from: bigint | null;
  readonly to: MemorySnapshot;
  /** Full name on the sender. */
  readonly toName: string;
  readonly raw: boolean;
  readonly resumed: boolean;
  readonly sizeBytes: number;
  /** Flags as a resume token carries them. */
  readonly flags: readonly string[];
  /** User properties that travel along. */
  readonly properties: ReadonlyMap<string, string>;
  readonly kind: 'filesystem' | 'volume';
}

/** A send that was asked for; `open` does what starting the command would do. */
export class MemoryStream implements OutgoingStream {
  readonly request: SendRequest;
  readonly #datasets: ReadonlyMap<string, MemoryDataset>;

  constructor(request: SendRequest, datasets: ReadonlyMap<string, MemoryDataset>) {
    this.request = request;
    this.#datasets = datasets;
  }

  /** @throws ProblemError with the codes of a failing `zfs send` */
  open(): readonly StreamRecord[] {
    return this.request.resumeToken === undefined ? this.#fresh() : this.#resumed(this.request.resumeToken);
  }

  #fresh(): readonly StreamRecord[] {
    const { request } = this;
    const dataset = this.#datasets.get(request.dataset);
    const gone = () => new ProblemError('send-source-gone', { name: request.dataset });
    const to = dataset?.snapshots.find((snapshot) => snapshot.name === request.to.name);
    if (dataset === undefined || to === undefined) throw gone();
    if (dataset.encrypted && !request.flags.raw && !dataset.keyLoaded) {
      throw new ProblemError('key-not-loaded', { name: request.dataset, host: 'the sender' });
    }
    const flags = [
      ...(request.flags.raw && dataset.encrypted ? ['rawok'] : []),
      ...(request.flags.compressed ? ['compressok'] : []),
      ...(request.flags.embeddedData ? ['embedok'] : []),
      ...(request.flags.largeBlocks ? ['largeblockok'] : []),
    ];
    const record = (from: bigint | null, snapshot: MemorySnapshot): StreamRecord =>
      recordOf(dataset, from, snapshot, flags, false, request.flags.properties);
    if (request.from === undefined) return [record(null, to)];

    // A command line names its base; the guid behind that name is whatever is there now.
    const { type, name } = request.from;
    const base =
      type === 'snapshot'
        ? dataset.snapshots.find((snapshot) => snapshot.name === name)
        : dataset.bookmarks.find((bookmark) => bookmark.name === name);
    if (base === undefined || base.createtxg >= to.createtxg) throw gone();
    if (!request.range) return [record(base.guid, to)];
    if (type === 'bookmark') {
      throw new ProblemError('command-failed', { host: 'the sender' }, { detail: 'cannot be sent from a bookmark' });
    }
    const records: StreamRecord[] = [];
    let from = base.guid;
    for (const snapshot of dataset.snapshots) {
      if (snapshot.createtxg <= base.createtxg || snapshot.createtxg > to.createtxg) continue;
      records.push(record(from, snapshot));
      from = snapshot.guid;
    }
    return records;
  }

  #resumed(text: string): readonly StreamRecord[] {
    const token = decodeResumeToken(text);
    const at = token.toName.indexOf('@');
    const dataset = this.#datasets.get(token.toName.slice(0, at));
    const to = dataset?.snapshots.find((snapshot) => snapshot.name === token.toName.slice(at + 1));
    const gone = () => new ProblemError('resume-source-gone', { name: token.toName });
    if (dataset === undefined || to === undefined || to.guid !== token.toGuid) throw gone();
    const versions = [...dataset.snapshots, ...dataset.bookmarks];
    if (token.fromGuid !== null && !versions.some((version) => version.guid === token.fromGuid)) throw gone();
    if (dataset.encrypted && !token.rawOk && !dataset.keyLoaded) {
      throw new ProblemError('key-not-loaded', { name: dataset.name, host: 'the sender' });
    }
    const flags = [
      ...(token.rawOk ? ['rawok'] : []),
      ...(token.compressOk ? ['compressok'] : []),
      ...(token.embedOk ? ['embedok'] : []),
      ...(token.largeBlockOk ? ['largeblockok'] : []),
    ];
    return [recordOf(dataset, token.fromGuid, to, flags, true, false, Number(token.bytes))];
  }
}

function recordOf(
  dataset: MemoryDataset,
  from: bigint | null,
  to: MemorySnapshot,
  flags: readonly string[],
  resumed: boolean,
  withProperties: boolean,
  bytesBefore = 0,
): StreamRecord {
  const properties = withProperties ? [...dataset.properties].filter(([name]) => !name.startsWith('memory:')) : [];
  return {
    from,
    to,
    toName: `${dataset.name}@${to.name}`,
    raw: flags.includes('rawok'),
    resumed,
    sizeBytes: Math.max(0, to.sizeBytes - bytesBefore),
    flags,
    properties: new Map(properties.map(([name, { value }]) => [name, value])),
    kind: dataset.kind,
  };
}
