/** Jobs from their configuration. */

import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { checkRunnable } from '../config/runnable.ts';
import type {
  BandwidthLimit,
  JobConfig,
  PushJob as PushConfig,
  SendConfig,
  SinkJob as SinkConfig,
  SnapJob as SnapConfig,
  WakeConfig,
} from '../config/types.ts';
import type { DriveDesk } from '../drives/desk.ts';
import { compileFilter } from '../endpoint/filter.ts';
import { clientRoot } from '../endpoint/mapping.ts';
import { PROTECTIVE_INHERIT } from '../endpoint/receive-properties.ts';
import type { ReceiverOptions } from '../endpoint/receiver.ts';
import { listingRoots } from '../endpoint/roots.ts';
import type { SenderOptions } from '../endpoint/sender.ts';
import type { ListingRoot } from '../endpoint/survey.ts';
import type { KeepRule } from '../pruning/keep-rule.ts';
import { compileNameSearch } from '../pruning/rules.ts';
import type { PruneSide } from '../pruning/types.ts';
import { compileSnapshotting } from '../snapshotting/plan.ts';
import { type MakeScheduler, SnapshotScheduler } from '../snapshotting/scheduler.ts';
import { driveJobId } from '../zfs/marks.ts';
import { poolOf } from '../zfs/names.ts';
import type { Ctx, SendFlags } from '../zfs/types.ts';
import { Throttle } from './bandwidth.ts';
import type { JobDeps, Reach } from './deps.ts';
import { DriveGate } from './drive-gate.ts';
import { JobMarks } from './job-marks.ts';
import type { MarkSide } from './marks.ts';
import type { OtherTarget } from './prune-input.ts';
import { Pruner } from './pruner.ts';
import { Push } from './push.ts';
import type { LaneParts } from './push-lane.ts';
import { snapshotScope } from './scope.ts';
import { Sink } from './sink.ts';
import { Snap } from './snap.ts';
import { destinationSpace, sourceSpace } from './space-of-job.ts';
import type { Job } from './types.ts';

/** Makes a job. Throws `config-not-runnable` where it asks for something that is not built, `job-disabled` where it is off. */
export function createJob(config: JobConfig, deps: JobDeps): Job {
  if (config.disabled) throw new ProblemError('job-disabled', { job: config.name });
  checkRunnable(config, deps.config);
  switch (config.type) {
    case 'push':
      return createPush(config, deps);
    case 'snap':
      return createSnap(config, deps);
    case 'sink':
      return createSink(config, deps);
    case 'pull':
    case 'source':
      throw new ProblemError('config-not-runnable', {
        job: config.name,
        reason: remark('unbuilt-job', { type: config.type }),
      });
  }
}

function marksBase(name: string, deps: JobDeps) {
  return { name, local: deps.local.zfs, configured: () => deps.config.jobs.map((job) => job.name) };
}

function poolsOf(roots: readonly ListingRoot[] | null): readonly ListingRoot[] | null {
  if (roots === null) return null;
  return [...new Set(roots.map(({ dataset }) => poolOf(dataset)))].map((dataset) => ({ dataset, recursive: true }));
}

function flagsOf(send: SendConfig): SendFlags {
  return {
    raw: send.encrypted || send.raw,
    properties: send.sendProperties,
    backupProperties: send.backupProperties,
    largeBlocks: send.largeBlocks,
    compressed: send.compressed,
    embeddedData: send.embeddedData,
  };
}

/** The part that push and snap share: which datasets, listed where, and when they are snapshotted. */
function localParts(config: PushConfig | SnapConfig, deps: JobDeps) {
  const filter = compileFilter(config.filesystems);
  const roots = listingRoots(config.filesystems);
  const plan = compileSnapshotting(config.snapshotting);
  const { zfs } = deps.local;
  const scope = snapshotScope(zfs, filter, roots);
  const log = deps.log.child({ job: config.name });
  const scheduler: MakeScheduler = (listeners) =>
    new SnapshotScheduler({
      plan,
      zfs,
      scope,
      clock: deps.clock,
      ...listeners,
      onWarning: (message) => log.warn({}, message),
    });
  return { filter, roots, scheduler };
}

function createPush(config: PushConfig, deps: JobDeps): Push {
  const parts = localParts(config, deps);
  const flags = flagsOf(config.send);
  const ways = waysOf(config, flags, deps);
  const targets = ways.map((way) => ({ label: destinationOf(way), jobId: way.jobId }));
  return new Push({
    config,
    deps,
    scheduler: parts.scheduler,
    watch: config.connect.type === 'drive' ? (signal) => desk(config, deps).run(signal) : null,
    space: sourceSpace(parts.roots, deps),
    lanes: ways.map((way) =>
      laneOf(
        config,
        deps,
        way,
        flags,
        parts,
        targets.filter(({ jobId }) => jobId !== way.jobId),
      ),
    ),
  });
}

/** Where the copies of a way come to lie, as a person reads it. */
function destinationOf({ receiver, reach, suffix }: Pick<Way, 'receiver' | 'reach' | 'suffix'>): string {
  return `${reach.zfs.label}:${clientRoot(receiver.root)}${suffix}`;
}

function laneOf(
  config: PushConfig,
  deps: JobDeps,
  way: Way,
  flags: SendFlags,
  { filter, roots }: Pick<ReturnType<typeof localParts>, 'filter' | 'roots'>,
  others: readonly OtherTarget[],
): LaneParts {
  const { jobId, receiver, reach, wake, gate } = way;
  const sender: Omit<SenderOptions, 'onCleanupProblem'> = {
    zfs: deps.local.zfs,
    jobId,
    filter,
    roots,
    flags,
    encryptedOnly: config.send.encrypted,
    transfers: deps.transfers.of(deps.local.zfs.label, jobId),
    ping: deps.local.ping,
  };
  const base = clientRoot(receiver.root);
  const { rootFs } = receiver.root;
  const local = deps.local.zfs;
  // Below the client's own root only: what lies beside it belongs to other machines, whose jobs may have the same name.
  const copies: MarkSide = {
    zfs: reach.zfs,
    jobId: receiver.jobId,
    end: 'receiver',
    roots: [{ dataset: base, recursive: true }],
    above: base === rootFs ? null : rootFs,
    ...(gate === null ? {} : { reachable: () => gate.isOpen }),
  };
  const include = config.snapshots.include.map(compileNameSearch);
  const exclude = config.snapshots.exclude.map(compileNameSearch);
  return {
    config,
    deps,
    jobId,
    destination: destinationOf(way),
    sender,
    receiver,
    policy: {
      initial: config.initialReplication,
      protection: config.replication.protection,
      stepwise: config.replication.stepwise,
      send: { encrypted: config.send.encrypted, flags },
      wants: (name) =>
        (include.length === 0 || include.some((finds) => finds(name))) && !exclude.some((finds) => finds(name)),
    },
    wake,
    reach,
    gate,
    others,
    space: destinationSpace(way, destinationOf(way), deps),
    pruneSender: prunerOf(deps.local, 'sender', config.pruning.keepSender, jobId, deps),
    // What one job receives another one may send on.
    pruneReceiver: prunerOf(reach, 'receiver', config.pruning.keepReceiver, jobId, deps),
    marks: new JobMarks({
      ...marksBase(config.name, deps),
      own: [
        // The whole pools: a dataset that the filter leaves out since a while may still bear marks.
        { zfs: local, jobId, end: 'sender', roots: poolsOf(roots), above: null },
        copies,
      ],
      // A drive is a pool of this machine, whatever stands between.
      remote: reach.zfs === local || gate !== null ? null : copies,
    }),
  };
}

function prunerOf({ zfs }: Reach, side: PruneSide, keep: readonly KeepRule[], job: string, deps: JobDeps): Pruner {
  return new Pruner(zfs, side, keep, deps.clock, deps.transfers.besides(zfs.label, job));
}

/** How a push gets to one of its destinations. */
interface Way {
  /** Under which it keeps its marks. */
  readonly jobId: string;
  /** Which of several drives whose copies have the same name; mostly empty. */
  readonly suffix: string;
  readonly receiver: Omit<ReceiverOptions, 'onCleanupProblem'>;
  readonly reach: Reach;
  readonly wake: WakeConfig | null;
  readonly gate: DriveGate | null;
}

function waysOf(config: PushConfig, flags: SendFlags, deps: JobDeps): readonly Way[] {
  const { connect, send } = config;
  const common = { flags, mustBeEncrypted: send.encrypted };
  switch (connect.type) {
    case 'ssh': {
      const reach = deps.remote(connect);
      const root = { rootFs: connect.rootFs, clientIdentity: connect.clientIdentity };
      const stalled =
        reach.receiving === undefined ? {} : { stalled: { processes: reach.receiving, clock: deps.clock } };
      const receiver = { ...agentless(config, config.name, root, reach, deps), ...common, ...stalled };
      return [{ jobId: config.name, suffix: '', reach, wake: connect.wake, gate: null, receiver }];
    }
    case 'drive':
      return connect.drives.map((one): Way => {
        const drive = desk(config, deps).drive(one);
        const reach = { zfs: drive.zfs, ping: (ctx: Ctx) => drive.ping(ctx) };
        const jobId = driveJobId(config.name, one.poolGuid);
        const root = { rootFs: one.rootFs, clientIdentity: connect.clientIdentity };
        const receiver = { ...agentless(config, jobId, root, reach, deps), ...common };
        const alike = connect.drives.filter(({ rootFs }) => rootFs === one.rootFs).length > 1;
        const way = { jobId, suffix: alike ? ` (${one.name})` : '', reach, wake: null, receiver };
        const nowMs = () => deps.clock.nowMs();
        const destination = destinationOf(way);
        const gate = new DriveGate({ drive, config: one, connect, destination, nowMs, needsKey: !send.encrypted });
        return { ...way, gate };
      });
    case 'local': {
      const sink = sinkOf(connect.listenerName, config.name, deps);
      const receiver = {
        ...common,
        zfs: deps.local.zfs,
        jobId: sink.name,
        root: { rootFs: sink.rootFs, clientIdentity: connect.clientIdentity },
        placeholderEncryption: sink.recv.placeholderEncryption,
        properties: { ...sink.recv.properties, protective: false },
        currentLimit: limitOf(config.name, [send.bandwidthLimit, sink.recv.bandwidthLimit], deps),
        ping: deps.local.ping,
      };
      return [{ jobId: config.name, suffix: '', reach: deps.local, wake: null, gate: null, receiver }];
    }
    default:
      throw new ProblemError('config-not-runnable', {
        job: config.name,
        reason: remark('unbuilt-connection', { type: connect.type }),
      });
  }
}

/** A receiver without a sink: nobody there says how to receive, so the protective set holds. */
function agentless(
  config: PushConfig,
  jobId: string,
  root: ReceiverOptions['root'],
  reach: Reach,
  deps: JobDeps,
): Omit<ReceiverOptions, 'onCleanupProblem' | 'flags' | 'mustBeEncrypted'> {
  const { recv } = config;
  const override = recv?.properties.override ?? new Map<string, string>();
  // zfs refuses to leave out and to set the same property; what is configured wins.
  const protectiveInherit = PROTECTIVE_INHERIT.filter((name) => !override.has(name));
  return {
    zfs: reach.zfs,
    jobId,
    root,
    placeholderEncryption: recv?.placeholderEncryption ?? 'unspecified',
    properties: {
      inherit: [...new Set([...protectiveInherit, ...(recv?.properties.inherit ?? [])])],
      override,
      protective: true,
    },
    currentLimit: limitOf(config.name, [config.send.bandwidthLimit], deps),
    ping: reach.ping,
  };
}

function desk(config: PushConfig, { drives }: JobDeps): DriveDesk {
  if (drives !== undefined) return drives;
  throw new ProblemError('config-not-runnable', { job: config.name, reason: remark('drives-unwatched') });
}

function limitOf(job: string, limits: readonly BandwidthLimit[], { throttle, clock }: JobDeps): () => number | null {
  return (throttle ?? new Throttle()).limitOf(job, limits, () => clock.nowMs());
}

function sinkOf(listenerName: string, job: string, deps: JobDeps): SinkConfig {
  for (const other of deps.config.jobs) {
    if (other.type === 'sink' && other.serve.type === 'local' && other.serve.listenerName === listenerName) {
      if (other.disabled) throw new ProblemError('job-disabled', { job: other.name });
      return other;
    }
  }
  throw new ProblemError('config-not-runnable', {
    job,
    reason: remark('listener-missing', { listener: listenerName }),
  });
}

function createSnap(config: SnapConfig, deps: JobDeps): Snap {
  const { filter, roots, scheduler } = localParts(config, deps);
  const flags = {
    raw: false,
    properties: false,
    backupProperties: false,
    largeBlocks: false,
    compressed: false,
    embeddedData: false,
  };
  const { zfs, ping } = deps.local;
  return new Snap({
    config,
    deps,
    sender: { zfs, jobId: config.name, filter, roots, flags, encryptedOnly: false, ping },
    scheduler,
    space: sourceSpace(roots, deps),
    pruner: prunerOf(deps.local, 'local', config.pruning.keep, config.name, deps),
    marks: new JobMarks({ ...marksBase(config.name, deps), own: [], remote: null }),
  });
}

function createSink(config: SinkConfig, deps: JobDeps): Sink {
  const roots = [{ dataset: config.rootFs, recursive: true }];
  const own: MarkSide = { zfs: deps.local.zfs, jobId: config.name, end: 'receiver', roots, above: null };
  return new Sink(config.name, new JobMarks({ ...marksBase(config.name, deps), own: [own], remote: null }));
}
