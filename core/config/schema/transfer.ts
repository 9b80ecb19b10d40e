/** `send`, `recv`, `snapshots`, `replication` and `conflict_resolution`: what is sent, and how. */

import { configFault } from '../../api/config-fault.ts';
import { propertyNameFault, propertyValueFault } from '../../zfs/names.ts';
import { andThen, type Decoder, defaulted, INVALID, list, mapping, object, optional, required } from '../decode.ts';
import { bool, integer, oneOf, parsed } from '../scalars.ts';
import type {
  AgentlessReceiveConfig,
  BandwidthLimit,
  InitialReplication,
  PlaceholderEncryption,
  ReceiveConfig,
  ReceiveProperties,
  ReplicationConfig,
  SendConfig,
  SnapshotSelection,
} from '../types.ts';
import { parsePropertyName } from '../values/names.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { parseSizeBits, wholeBytes } from '../values/size.ts';
import { placeOf } from '../yaml/nodes.ts';
import { regex } from './common.ts';

const sizeBits = parsed(parseSizeBits, { whenNull: 0 });

const timeOfDay = parsed((text): Parsed<number> => {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) return bad(configFault('no-time', { text: quote(text) }));
  return good(Number(match[1]) * 60 + Number(match[2]));
});

const quietHours: Decoder<BandwidthLimit['quietHours']> = andThen(
  object<{ fromMinute: number; toMinute: number; maxBits: number }>({
    fromMinute: required('from', timeOfDay),
    toMinute: required('to', timeOfDay),
    maxBits: required('max', parsed(parseSizeBits)),
  }),
  ({ fromMinute, toMinute, maxBits }, node, at) => {
    if (wholeBytes(maxBits) >= 1 && fromMinute !== toMinute)
      return { fromMinute, toMinute, maxBytesPerSecond: wholeBytes(maxBits) };
    if (fromMinute === toMinute) return at.complain(node.place, configFault('quiet-empty'));
    return at.key('max').complain(placeOf(node, 'max'), configFault('limit-nothing'));
  },
);

const bandwidthLimit: Decoder<BandwidthLimit> = andThen(
  object<{ maxBits: number; bucketBits: number; quiet: BandwidthLimit['quietHours'] }>({
    maxBits: optional('max', sizeBits, -8),
    bucketBits: optional('bucket_capacity', sizeBits, 128 * 1024 * 8),
    quiet: optional<BandwidthLimit['quietHours']>('quiet_hours', quietHours, null),
  }),
  ({ maxBits, bucketBits, quiet }, node, at) => {
    const unlimited = maxBits < 0;
    let complete = true;
    if (!unlimited && maxBits < 8) {
      at.key('max').complain(placeOf(node, 'max'), configFault('limit-nothing'), {
        hint: configFault('limit-hint'),
      });
      complete = false;
    }
    if (wholeBytes(bucketBits) === 0 || (bucketBits < 0 && !unlimited)) {
      at.key('bucket_capacity').complain(placeOf(node, 'bucket_capacity'), configFault('bucket-empty'));
      complete = false;
    }
    if (!complete) return INVALID;
    return {
      maxBytesPerSecond: unlimited ? null : wholeBytes(maxBits),
      bucketBytes: wholeBytes(bucketBits),
      quietHours: quiet,
    };
  },
);

export const send: Decoder<SendConfig> = object<SendConfig>({
  encrypted: optional('encrypted', bool, false),
  raw: optional('raw', bool, false),
  sendProperties: optional('send_properties', bool, false),
  backupProperties: optional('backup_properties', bool, false),
  largeBlocks: optional('large_blocks', bool, false),
  compressed: optional('compressed', bool, false),
  embeddedData: optional('embedded_data', bool, false),
  saved: optional('saved', bool, false),
  bandwidthLimit: defaulted('bandwidth_limit', bandwidthLimit),
});

const propertyValue = parsed((value) => {
  const fault = propertyValueFault(value);
  return fault === null ? good(value) : bad(configFault('property-value', { reason: fault }));
});

const properties: Decoder<ReceiveProperties> = andThen(
  object<ReceiveProperties>({
    inherit: optional('inherit', list(parsed(parsePropertyName)), []),
    override: optional<ReadonlyMap<string, string>>(
      'override',
      mapping((name) => {
        const fault = propertyNameFault(name);
        return fault === null ? null : configFault('property-name', { text: quote(name), reason: fault });
      }, propertyValue),
      new Map(),
    ),
  }),
  (value, node, at) => {
    const both = value.inherit.filter((name) => value.override.has(name));
    for (const name of both) {
      const place = placeOf(node, 'override', name);
      at.key('override')
        .key(name)
        .complain(place, configFault('property-both', { text: quote(name) }));
    }
    return both.length === 0 ? value : INVALID;
  },
);

const ENCRYPTION = ['unspecified', 'inherit', 'off'] as const;

function placeholder(fallback: PlaceholderEncryption): Decoder<PlaceholderEncryption> {
  const decode = object<{ encryption: PlaceholderEncryption }>({
    encryption: optional<PlaceholderEncryption>('encryption', oneOf(ENCRYPTION), fallback),
  });
  return andThen(decode, ({ encryption }) => encryption);
}

export const recv: Decoder<ReceiveConfig> = object<ReceiveConfig>({
  properties: defaulted('properties', properties),
  bandwidthLimit: defaulted('bandwidth_limit', bandwidthLimit),
  placeholderEncryption: defaulted('placeholder', placeholder('unspecified')),
});

/**
 * A stand-in takes over the encryption of its parent unless told otherwise: nobody on the other side could be asked, and this
 * never makes anything there less encrypted.
 */
export const DEFAULT_AGENTLESS_RECV: AgentlessReceiveConfig = {
  properties: { inherit: [], override: new Map() },
  placeholderEncryption: 'inherit',
};

/** `recv` of a push job without a sink. Its limit on bandwidth is that of `send`, because both ends are one job. */
export const agentlessRecv: Decoder<AgentlessReceiveConfig> = object<AgentlessReceiveConfig>({
  properties: defaulted('properties', properties),
  placeholderEncryption: defaulted('placeholder', placeholder(DEFAULT_AGENTLESS_RECV.placeholderEncryption)),
});

export const snapshots: Decoder<SnapshotSelection> = object<SnapshotSelection>({
  include: optional(
    'include',
    // To one reader it would mean "nothing", to another "all".
    andThen(list(regex), (value, node, at) =>
      value.length > 0 ? value : at.complain(node.place, configFault('include-empty')),
    ),
    [],
  ),
  exclude: optional('exclude', list(regex), []),
});

const guarantee = oneOf(['guarantee_resumability', 'guarantee_incremental', 'guarantee_nothing']);

const protection = object<ReplicationConfig['protection']>({
  initial: optional('initial', guarantee, 'guarantee_resumability'),
  incremental: optional('incremental', guarantee, 'guarantee_resumability'),
});

const concurrency = object<Pick<ReplicationConfig, 'steps' | 'sizeEstimates'>>({
  steps: optional('steps', integer(1, 1000), 1),
  sizeEstimates: optional('size_estimates', integer(1, 1000), 4),
});

interface WrittenReplication extends Pick<ReplicationConfig, 'protection' | 'stepwise'> {
  readonly concurrency: Pick<ReplicationConfig, 'steps' | 'sizeEstimates'>;
}

export const replication: Decoder<ReplicationConfig> = andThen(
  object<WrittenReplication>({
    protection: defaulted('protection', protection),
    concurrency: defaulted('concurrency', concurrency),
    stepwise: optional('stepwise', bool, false),
  }),
  (written) => ({ protection: written.protection, ...written.concurrency, stepwise: written.stepwise }),
);

export const conflictResolution: Decoder<InitialReplication> = andThen(
  object<{ initial: InitialReplication }>({
    initial: optional('initial_replication', oneOf(['most_recent', 'all', 'fail']), 'most_recent'),
  }),
  ({ initial }) => initial,
);
