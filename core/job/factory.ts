/** Jobs from their configuration. */
import { ProblemError } from '../api/problem.ts';
import { checkRunnable } from '../config/runnable.ts';
import type {
  JobConfig,
  PushJob as PushConfig,
  SendConfig,
  SinkJob as SinkConfig,
  SnapJob as SnapConfig,
} from '../config/types.ts';
import { compileFilter } from '../endpoint/filter.ts';
import { clientRoot } from '../endpoint/mapping.ts';
import { PROTECTIVE_INHERIT } from '../endpoint/receive-properties.ts';
import type { ReceiverOptions } from '../endpoint/receiver.ts';
import { listingRoots } from '../endpoint/roots.ts';
import type { SenderOptions } from '../endpoint/sender.ts';
import { compileNameSearch } from '../pruning/rules.ts';
import { compileSnapshotting } from '../snapshotting/plan.ts';
import type { SnapshotRun } from '../snapshotting/run.ts';
import { SnapshotScheduler } from '../snapshotting/scheduler.ts';
import type { SendFlags } from '../zfs/types.ts';
import type { JobDeps, Reach } from './deps.ts';
import { Pruner } from './pruner.ts';
import { Push } from './push.ts';
import { snapshotScope } from './scope.ts';
import { Sink } from './sink.ts';
import { Snap } from './snap.ts';
import type { Job } from './types.ts';

/** Makes a job. Throws `config-not-runnable` where it asks for something that is not built. */
export function createJob(config: JobConfig, deps: JobDeps): Job {
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
      throw new ProblemError('config-not-runnable', { job: config.name, reason: `jobs of type ${config.type}` });
  }
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
  const scheduler = (onTaken: (run: SnapshotRun) => void, onChange: () => void) =>
    new SnapshotScheduler({
      plan,
      zfs,
      scope,
      clock: deps.clock,
      onTaken,
      onChange,
      onWarning: (message) => log.warn({}, message),
    });
  return { filter, roots, scheduler };
}

function createPush(config: PushConfig, deps: JobDeps): Push {
  const { filter, roots, scheduler } = localParts(config, deps);
  const flags = flagsOf(config.send);
  const sender: Omit<SenderOptions, 'onCleanupProblem'> = {
    zfs: deps.local.zfs,
    jobId: config.name,
    filter,
    roots,
    flags,
    encryptedOnly: config.send.encrypted,
    ping: deps.local.ping,
  };
  const { receiver, reach } = receiverOf(config, flags, deps);
  const base = clientRoot(receiver.root);
  const include = config.snapshots.include.map(compileNameSearch);
  const exclude = config.snapshots.exclude.map(compileNameSearch);
  return new Push({
    config,
    deps,
    destination: `${reach.zfs.label}:${base}`,
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
    scheduler,
    pruneSender: new Pruner(deps.local.zfs, 'sender', config.pruning.keepSender, deps.clock),
    pruneReceiver: new Pruner(reach.zfs, 'receiver', config.pruning.keepReceiver, deps.clock),
    markSides: [
      { side: 'sender', zfs: deps.local.zfs, jobId: config.name, roots, filter },
      {
        side: 'receiver',
        zfs: reach.zfs,
        jobId: receiver.jobId,
        roots: [{ dataset: receiver.root.rootFs, recursive: true }],
        filter: null,
      },
    ],
  });
}

interface ReceiverOf {
  readonly receiver: Omit<ReceiverOptions, 'onCleanupProblem'>;
  readonly reach: Reach;
}

function receiverOf(config: PushConfig, flags: SendFlags, deps: JobDeps): ReceiverOf {
  const { connect, send } = config;
  const common = { flags, mustBeEncrypted: send.encrypted };
  if (connect.type === 'ssh') {
    const reach = deps.remote(connect);
    const recv = config.recv;
    return {
      reach,
      receiver: {
        ...common,
        zfs: reach.zfs,
        jobId: config.name,
        root: { rootFs: connect.rootFs, clientIdentity: connect.clientIdentity },
        placeholderEncryption: recv?.placeholderEncryption ?? 'unspecified',
        properties: {
          inherit: [...new Set([...PROTECTIVE_INHERIT, ...(recv?.properties.inherit ?? [])])],
          override: recv?.properties.override ?? new Map(),
          protective: true,
        },
        ...limit(send.bandwidthLimit.maxBytesPerSecond),
        ping: reach.ping,
      },
    };
  }
  if (connect.type === 'local') {
    const sink = sinkOf(connect.listenerName, config.name, deps);
    return {
      reach: deps.local,
      receiver: {
        ...common,
        zfs: deps.local.zfs,
        jobId: sink.name,
        root: { rootFs: sink.rootFs, clientIdentity: connect.clientIdentity },
        placeholderEncryption: sink.recv.placeholderEncryption,
        properties: { ...sink.recv.properties, protective: false },
        ...limit(send.bandwidthLimit.maxBytesPerSecond, sink.recv.bandwidthLimit.maxBytesPerSecond),
        ping: deps.local.ping,
      },
    };
  }
  throw new ProblemError('config-not-runnable', { job: config.name, reason: `connections of type ${connect.type}` });
}

/** The lowest of several limits; null is none. */
function limit(...limits: readonly (number | null)[]): { readonly limitBytesPerSecond?: number } {
  const set = limits.filter((value) => value !== null);
  return set.length === 0 ? {} : { limitBytesPerSecond: Math.min(...set) };
}

function sinkOf(listenerName: string, job: string, deps: JobDeps): SinkConfig {
  for (const other of deps.config.jobs) {
    if (other.type === 'sink' && other.serve.type === 'local' && other.serve.listenerName === listenerName) {
      return other;
    }
  }
  throw new ProblemError('config-not-runnable', { job, reason: `no sink listens as ${listenerName}` });
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
    pruner: new Pruner(zfs, 'local', config.pruning.keep, deps.clock),
  });
}

function createSink(config: SinkConfig, deps: JobDeps): Sink {
  const { zfs } = deps.local;
  return new Sink(config.name, [
    { side: 'receiver', zfs, jobId: config.name, roots: [{ dataset: config.rootFs, recursive: true }], filter: null },
  ]);
}
