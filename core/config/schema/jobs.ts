/** `jobs`: the five types of job and their keys. */
import { configFault } from '../../api/config-fault.ts';
import { configuredJobNameFault, driveJobIdFault } from '../../zfs/marks.ts';
import {
  also,
  andThen,
  byType,
  type Decoder,
  defaulted,
  INVALID,
  list,
  object,
  optional,
  required,
  typeIs,
} from '../decode.ts';
import { bool, oneOf, parsed } from '../scalars.ts';
import type {
  AgentlessReceiveConfig,
  JobConfig,
  PullJob,
  PushJob,
  SinkJob,
  SnapJob,
  SourceJob,
  WaitFor,
} from '../types.ts';
import { parsePositiveSpan } from '../values/duration.ts';
import { bad, good, quote } from '../values/parsed.ts';
import { parseTitle } from '../values/title.ts';
import { entryOf, placeOf, type YamlNode } from '../yaml/nodes.ts';
import { dataset, filesystems } from './common.ts';
import { connect } from './connect.ts';
import { bothSidesPruning, localPruning } from './pruning.ts';
import { serve } from './serve.ts';
import { snapshotting } from './snapshotting.ts';
import {
  agentlessRecv,
  conflictResolution,
  DEFAULT_AGENTLESS_RECV,
  recv,
  replication,
  send,
  snapshots,
} from './transfer.ts';

/** A job as its keys say it; where it stands is added afterwards. */
type Written<T> = Omit<T, 'definedAt'>;

const name = required(
  'name',
  parsed((text) => {
    const fault = configuredJobNameFault(text);
    return fault === null ? good(text) : bad(configFault('job-name', { text: quote(text), reason: fault }));
  }),
);

/** Own additions: what a person calls the job, and whether it stands still. */
const common = {
  title: optional('title', parsed(parseTitle, { whenNull: '' }), ''),
  disabled: optional('disabled', bool, false),
} as const;

/** Own addition: what has to be so before a transfer begins by itself. */
const waitFor: Decoder<readonly WaitFor[]> = list(oneOf(['mains', 'unmetered']));

const writtenPush = object<Written<PushJob>>({
  type: typeIs('push'),
  name,
  ...common,
  waitFor: optional<readonly WaitFor[]>('wait_for', waitFor, []),
  connect: required('connect', connect),
  filesystems: required('filesystems', filesystems),
  snapshotting: required('snapshotting', snapshotting),
  send: defaulted('send', send),
  recv: optional<AgentlessReceiveConfig | null>('recv', agentlessRecv, null),
  snapshots: defaulted('snapshots', snapshots),
  pruning: required('pruning', bothSidesPruning),
  replication: defaulted('replication', replication),
  initialReplication: defaulted('conflict_resolution', conflictResolution),
});

function connectTypeOf(job: YamlNode): string | null {
  const type = entryOf(entryOf(job, 'connect')?.value, 'type')?.value;
  return type?.kind === 'scalar' ? type.text : null;
}

const checkedPush = also(writtenPush, (node, at) => {
  const recvEntry = entryOf(node, 'recv');
  const type = connectTypeOf(node);
  if (recvEntry === undefined || type === null || type === 'ssh' || type === 'drive') return null;
  return at.key('recv').complain(recvEntry.keyPlace, configFault('push-recv'), {
    hint: configFault('push-recv-hint'),
  });
});

const push: Decoder<Written<PushJob>> = andThen(checkedPush, (job, node, at) => {
  const { connect } = job;
  if (connect.type === 'drive' && connect.drives.some(({ poolGuid }) => driveJobIdFault(job.name, poolGuid) !== null)) {
    const text = configFault('name-long-for-drives');
    return at.key('name').complain(placeOf(node, 'name'), text);
  }
  if (connect.type !== 'ssh' && connect.type !== 'drive') return job;
  const replication = connect.type === 'drive' ? forDrive(job.replication, node) : job.replication;
  return { ...job, replication, recv: job.recv ?? DEFAULT_AGENTLESS_RECV };
});

/** A drive may be away for months: what keeps a base for the next increment must not hold space for so long. */
function forDrive(replication: PushJob['replication'], node: YamlNode): PushJob['replication'] {
  const written = entryOf(entryOf(node, 'replication')?.value, 'protection')?.value;
  const of = (key: 'initial' | 'incremental') =>
    entryOf(written, key) === undefined ? 'guarantee_incremental' : replication.protection[key];
  return { ...replication, protection: { initial: of('initial'), incremental: of('incremental') } };
}

const intervalS: Decoder<number | null> = parsed((text) => (text === 'manual' ? good(null) : parsePositiveSpan(text)));

const pull: Decoder<Written<PullJob>> = object<Written<PullJob>>({
  type: typeIs('pull'),
  name,
  ...common,
  connect: required(
    'connect',
    andThen(connect, (value, node, at) =>
      value.type === 'ssh' || value.type === 'drive'
        ? at.complain(node.place, configFault('pull-connect', { type: value.type }))
        : value,
    ),
  ),
  rootFs: required('root_fs', dataset),
  intervalS: required('interval', intervalS),
  recv: defaulted('recv', recv),
  pruning: required('pruning', bothSidesPruning),
  replication: defaulted('replication', replication),
  initialReplication: defaulted('conflict_resolution', conflictResolution),
});

const sink: Decoder<Written<SinkJob>> = object<Written<SinkJob>>({
  type: typeIs('sink'),
  name,
  ...common,
  serve: required('serve', serve),
  rootFs: required('root_fs', dataset),
  recv: defaulted('recv', recv),
});

const source: Decoder<Written<SourceJob>> = object<Written<SourceJob>>({
  type: typeIs('source'),
  name,
  ...common,
  serve: required('serve', serve),
  filesystems: required('filesystems', filesystems),
  snapshotting: required('snapshotting', snapshotting),
  send: defaulted('send', send),
});

const snap: Decoder<Written<SnapJob>> = object<Written<SnapJob>>({
  type: typeIs('snap'),
  name,
  ...common,
  filesystems: required('filesystems', filesystems),
  snapshotting: required('snapshotting', snapshotting),
  pruning: required('pruning', localPruning),
});

export const job: Decoder<JobConfig> = (node, at) => {
  const written = byType<
    Written<PushJob> | Written<PullJob> | Written<SinkJob> | Written<SourceJob> | Written<SnapJob>
  >({
    push,
    pull,
    sink,
    source,
    snap,
  })(node, at);
  return written === INVALID ? INVALID : { ...written, definedAt: node.place };
};
