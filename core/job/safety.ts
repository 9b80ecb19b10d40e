/** What is safe of each dataset, by what was listed of both sides. Pure. */
import type { Guarantee } from '../api/primitives.ts';
import type { Evidence } from '../api/safety.ts';
import type { DatasetSafety, ReplicationReport } from '../api/status.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import { describeVersion } from '../replication/report.ts';
import { bookmarkMarkOf, lastReceivedHoldTag, stepHoldTag } from '../zfs/marks.ts';
import type { Version } from '../zfs/types.ts';
import { newestCursor, snapshotGuids } from './prune-input.ts';
import { lastReports } from './status-parts.ts';

/** What is known of a destination. */
export interface SafetyBasis {
  readonly destination: string;
  readonly guarantee: Guarantee;
  readonly jobId: string;
  /** Whose holds the copies bear. */
  readonly receiverJobId: string;
  /** The machines, as a person knows them. */
  readonly senderHost: string;
  readonly receiverHost: string;
  readonly nowMs: number;
  /** What was known before. */
  readonly before: readonly DatasetSafety[];
  /** What the run has said of its transfers. */
  readonly report: ReplicationReport | null;
}

/**
 * Per dataset the newest snapshot that is on both sides, compared by guid in what was listed, and the newest here. Where the
 * receiver could not be listed, what was known of it stands, or else the job's cursor: it was set when the snapshot had
 * arrived. Stand-ins have nothing to be safe.
 */
export function safetyOf(
  sender: ReadonlyMap<string, SenderDataset>,
  receiver: ReadonlyMap<string, ReceiverDataset> | null,
  basis: SafetyBasis,
): readonly DatasetSafety[] {
  const before = new Map(basis.before.map((entry) => [entry.dataset, entry]));
  const expected = bytesToSend(basis.report);
  return [...sender.values()]
    .filter((source) => !source.isPlaceholder)
    .sort((a, b) => (a.dataset < b.dataset ? -1 : 1))
    .map((source) => {
      const seen = seenOf(source, receiver, before.get(source.dataset), basis);
      const newestLocal = describe(newest(source.versions.filter(isSnapshot)));
      const keptBy = evidenceOf(source, receiver?.get(source.dataset), seen.newestCommon, basis);
      const atRisk = riskOf(source, seen.newestCommon);
      const sending = expected.get(source.dataset);
      const known = atRisk.snapshots !== 0 && sending !== undefined && sending.to === newestLocal?.name;
      return {
        dataset: source.dataset,
        destination: basis.destination,
        ...seen,
        newestLocal,
        guarantee: basis.guarantee,
        seenAtMs: basis.nowMs,
        atRisk: { ...atRisk, bytes: known ? sending.bytes : null },
        standing: standingOf(basis.guarantee, seen.newestCommon, keptBy),
        keptBy,
      };
    });
}

type Seen = Pick<DatasetSafety, 'newestCommon' | 'basis' | 'receiverSeenAtMs'>;

function seenOf(
  source: SenderDataset,
  receiver: ReadonlyMap<string, ReceiverDataset> | null,
  before: DatasetSafety | undefined,
  { jobId, nowMs }: SafetyBasis,
): Seen {
  if (receiver !== null) {
    const there = snapshotGuids(receiver.get(source.dataset)?.versions ?? []);
    const common = newest(source.versions.filter((version) => there.has(version.guid)));
    return { newestCommon: describe(common), basis: 'compared', receiverSeenAtMs: nowMs };
  }
  if (before !== undefined && before.basis !== 'cursor') {
    const { newestCommon, receiverSeenAtMs } = before;
    return { newestCommon, basis: 'remembered', receiverSeenAtMs };
  }
  const cursor = newestCursor(source, jobId);
  const marked = newest(source.versions.filter((version) => version.guid === cursor?.guid));
  return { newestCommon: describe(marked), basis: 'cursor', receiverSeenAtMs: null };
}

function riskOf(source: SenderDataset, common: DatasetSafety['newestCommon']): Omit<DatasetSafety['atRisk'], 'bytes'> {
  const snapshots = source.versions.filter(isSnapshot);
  if (common === null) return { everything: true, sinceMs: null, snapshots: snapshots.length };
  const mark = source.versions.find((version) => String(version.guid) === common.guid);
  const newer = mark === undefined ? null : snapshots.filter((one) => one.createtxg > mark.createtxg).length;
  return { everything: false, sinceMs: common.creationMs, snapshots: newer };
}

/** What ZFS estimated for the steps that have not been finished, and the snapshot that they lead to. */
function bytesToSend(report: ReplicationReport | null): ReadonlyMap<string, { bytes: number; to: string }> {
  const found = new Map<string, { bytes: number; to: string }>();
  for (const { dataset, steps, currentStep } of report === null ? [] : lastReports(report)) {
    const left = steps.slice(currentStep);
    const last = left.at(-1);
    const bytes = left.flatMap(({ bytesExpected }) => (bytesExpected === null ? [] : [bytesExpected]));
    if (last === undefined || bytes.length < left.length) continue;
    found.set(dataset, { bytes: bytes.reduce((a, b) => a + b, 0), to: last.to.replace(/^@/, '') });
  }
  return found;
}

function evidenceOf(
  source: SenderDataset,
  target: ReceiverDataset | undefined,
  common: DatasetSafety['newestCommon'],
  { jobId, receiverJobId, senderHost, receiverHost }: SafetyBasis,
): Evidence[] {
  if (common === null) return [];
  const isCommon = ({ guid }: Version) => String(guid) === common.guid;
  const bookmarks = source.versions.filter((one) => one.type === 'bookmark' && isCommon(one));
  const marks = bookmarks.flatMap((bookmark): Evidence[] => {
    const mark = bookmarkMarkOf(source.dataset, bookmark);
    if (mark === null || mark.jobId !== jobId) return [];
    const fullName = `${source.dataset}#${bookmark.name}`;
    return [{ kind: mark.kind, side: 'sender', host: senderHost, fullName, tag: null, proof: 'listed' }];
  });
  const held = (dataset: string, versions: readonly Version[], kind: Evidence['kind'], tag: string, host: string) =>
    versions
      .filter((one) => isSnapshot(one) && isCommon(one) && (one.userrefs ?? 0) > 0)
      .map((one): Evidence => {
        const fullName = `${dataset}@${one.name}`;
        const side = kind === 'step-hold' ? 'sender' : 'receiver';
        return { kind, side, host, fullName, tag, proof: 'counted' };
      });
  const here = held(source.dataset, source.versions, 'step-hold', stepHoldTag(jobId), senderHost);
  const tag = lastReceivedHoldTag(receiverJobId);
  const there = target === undefined ? [] : held(target.localName, target.versions, 'received-hold', tag, receiverHost);
  return [...marks, ...here, ...there];
}

/** The next increment starts from what this side keeps; a hold on the copy alone is not enough. */
function standingOf(
  guarantee: Guarantee,
  common: DatasetSafety['newestCommon'],
  keptBy: readonly Evidence[],
): DatasetSafety['standing'] {
  if (common === null) return 'nothing-there';
  if (guarantee === 'guarantee_nothing') return 'not-promised';
  return keptBy.some(({ side }) => side === 'sender') ? 'kept' : 'not-kept';
}

function isSnapshot({ type }: Version): boolean {
  return type === 'snapshot';
}

function describe(version: Version | undefined): DatasetSafety['newestCommon'] {
  return version === undefined ? null : describeVersion(version);
}

function newest(versions: readonly Version[]): Version | undefined {
  return versions.reduce<Version | undefined>((best, version) => {
    if (best === undefined || version.createtxg > best.createtxg) return version;
    // The snapshot rather than its bookmark: it has a name that a person gave.
    return version.createtxg === best.createtxg && isSnapshot(version) ? version : best;
  }, undefined);
}
