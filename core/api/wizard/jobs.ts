/** The jobs of a draft as a person would have written them into the configuration. Pure. */
import type { ConfigEdit, ConfigValue } from '../config.ts';
import { gridText, type Keep, spanText } from '../keep.ts';
import type { Draft } from './draft.ts';
import { type DraftPart, partsOf } from './parts.ts';
import type { KnownDataset } from './patterns.ts';

type Add = Extract<ConfigEdit, { op: 'add' }>;

const SSH_PORT = 22;
/** Snapshots that these jobs take begin with it. */
export const SNAPSHOT_PREFIX = 'snapferry_';
const OURS = `^${SNAPSHOT_PREFIX}`;

/** What `config/put` is asked for. @param known the datasets of this machine */
export function editsOf(draft: Draft, known: readonly KnownDataset[]): readonly Add[] {
  return partsOf(draft, known).map((part) => ({ op: 'add', job: jobOf(draft, part) }));
}

function jobOf(draft: Draft, part: DraftPart): Record<string, ConfigValue> {
  return {
    type: 'push',
    name: part.name,
    connect: connectOf(draft.destination, part.clientIdentity),
    filesystems: Object.fromEntries(part.filesystems),
    snapshotting: { type: 'periodic', interval: spanText(draft.intervalS), prefix: SNAPSHOT_PREFIX },
    snapshots: { include: [OURS] },
    send: part.raw ? { encrypted: true } : { compressed: true },
    pruning: {
      // What the destination does not have yet stays, and so does what somebody else has made.
      keep_sender: [{ type: 'not_replicated' }, ...keepRules(draft.keepSender)],
      keep_receiver: keepRules(draft.keepReceiver),
    },
  };
}

function connectOf(destination: Draft['destination'], clientIdentity: string | null): ConfigValue {
  const identity = clientIdentity === null ? {} : { client_identity: clientIdentity };
  if (destination.type === 'drive') {
    const { title, pool, poolGuid, rootFs, keyFile, onPlug } = destination;
    return {
      type: 'drive',
      ...(title === pool ? {} : { name: title }),
      pool,
      pool_guid: poolGuid,
      root_fs: rootFs,
      ...(keyFile === null ? {} : { key_file: keyFile }),
      ...identity,
      on_plug: onPlug,
    };
  }
  const { host, port, user, identityFile, hostKey, rootFs, sudo } = destination;
  return {
    type: 'ssh',
    host,
    ...(port === SSH_PORT ? {} : { port }),
    user,
    identity_file: identityFile,
    host_key: hostKey,
    root_fs: rootFs,
    ...identity,
    ...(sudo ? { sudo } : {}),
  };
}

function keepRules({ grid, lastN }: Keep): readonly ConfigValue[] {
  return [
    ...(grid.length === 0 ? [] : [{ type: 'grid', grid: gridText(grid), regex: OURS }]),
    ...(lastN === null ? [] : [{ type: 'last_n', count: lastN, regex: OURS }]),
    { type: 'regex', negate: true, regex: OURS },
  ];
}
