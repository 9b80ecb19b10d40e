/** `connect`: how an active job reaches the other side. */
import { configFault } from '../../api/config-fault.ts';
import { poolOf } from '../../zfs/names.ts';
import {
  also,
  andThen,
  byType,
  type Cursor,
  type Decoder,
  INVALID,
  type Invalid,
  list,
  object,
  optional,
  required,
  typeIs,
} from '../decode.ts';
import { bool, filled, integer, oneOf, parsed, text } from '../scalars.ts';
import type {
  ConnectConfig,
  DriveConfig,
  DriveConnect,
  HostKeyPin,
  LocalConnect,
  OnPlug,
  SshConnect,
  StdinserverConnect,
  TcpConnect,
  TlsConnect,
  WakeConfig,
} from '../types.ts';
import { parsePositiveSpan } from '../values/duration.ts';
import { parseHost } from '../values/host-port.ts';
import { quote } from '../values/parsed.ts';
import { parseAbsolutePath } from '../values/path.ts';
import { parsePoolGuid, parsePoolName } from '../values/pool.ts';
import { parseFingerprint, parseUser } from '../values/ssh.ts';
import { parseTitle } from '../values/title.ts';
import { parseIpv4, parseMac, parseWakeWait } from '../values/wake.ts';
import { entryOf, placeOf, type YamlNode } from '../yaml/nodes.ts';
import { address, dataset, identity, listenerName, path, timeoutOrNone, tlsFields } from './common.ts';

const port = integer(1, 65_535);
const dialTimeoutMs = optional('dial_timeout', timeoutOrNone, 10_000);

const tcp = object<TcpConnect>({ type: typeIs('tcp'), address: required('address', address), dialTimeoutMs });

const tls = object<TlsConnect>({
  type: typeIs('tls'),
  address: required('address', address),
  ...tlsFields,
  serverCn: required('server_cn', filled),
  dialTimeoutMs,
});

const stdinserver = object<StdinserverConnect>({
  type: typeIs('ssh+stdinserver'),
  host: required('host', parsed(parseHost)),
  user: required('user', parsed(parseUser)),
  port: required('port', port),
  identityFile: required('identity_file', path),
  options: optional('options', list(filled), []),
  sshCommand: optional('ssh_command', text, ''),
  transportOpenCommand: optional('transport_open_command', list(text), []),
  dialTimeoutMs,
});

const local = object<LocalConnect>({
  type: typeIs('local'),
  listenerName: required('listener_name', listenerName),
  clientIdentity: required('client_identity', identity),
  dialTimeoutMs: optional('dial_timeout', timeoutOrNone, 2000),
});

const wake = object<WakeConfig>({
  mac: required('mac', parsed(parseMac)),
  broadcast: optional('broadcast', parsed(parseIpv4), '255.255.255.255'),
  port: optional('port', port, 9),
  waitMs: optional('wait', parsed(parseWakeWait), 120_000),
  scheduled: optional('scheduled', bool, true),
});

/** Each may take as long as a connection takes. */
const OTHER_ADDRESSES_MAX = 4;

const otherAddresses: Decoder<readonly string[]> = andThen(list(parsed(parseHost)), (hosts, node, at) => {
  if (hosts.length <= OTHER_ADDRESSES_MAX) return hosts;
  return at.complain(
    node.place,
    configFault('addresses-too-many', { count: `${hosts.length}`, most: `${OTHER_ADDRESSES_MAX}` }),
  );
});

interface WrittenSsh extends Omit<SshConnect, 'hostKey'> {
  readonly fingerprint: string | null;
  readonly knownHosts: string | null;
}

const writtenSsh = object<WrittenSsh>({
  type: typeIs('ssh'),
  host: required('host', parsed(parseHost)),
  port: optional('port', port, 22),
  user: required('user', parsed(parseUser)),
  identityFile: required('identity_file', parsed(parseAbsolutePath)),
  fingerprint: optional<string | null>('host_key', parsed(parseFingerprint), null),
  knownHosts: optional<string | null>('known_hosts', parsed(parseAbsolutePath), null),
  rootFs: required('root_fs', dataset),
  clientIdentity: optional<string | null>('client_identity', identity, null),
  sudo: optional('sudo', bool, false),
  alsoAt: optional('also_at', otherAddresses, []),
  wake: optional<WakeConfig | null>('wake', wake, null),
});

/** Two ways to know a machine could disagree, and none would be trust in whoever answers. */
const onePin = also(writtenSsh, (node, at) => {
  const given = ['host_key', 'known_hosts'].filter((key) => entryOf(node, key) !== undefined).length;
  if (given === 1) return null;
  return at.complain(node.place, configFault('host-proof'), {
    hint: configFault('host-proof-hint'),
  });
});

const ssh: Decoder<SshConnect> = andThen(onePin, ({ fingerprint, knownHosts, ...rest }) => {
  const pin: HostKeyPin | null =
    fingerprint !== null
      ? { type: 'fingerprint', sha256: fingerprint }
      : knownHosts !== null
        ? { type: 'known_hosts', path: knownHosts }
        : null;
  return pin === null ? INVALID : { ...rest, hostKey: pin };
});

/** A drawer of drives. */
const DRIVES_MAX = 32;
const DAY_S = 86_400;

const driveFields = {
  pool: required('pool', parsed(parsePoolName)),
  poolGuid: required('pool_guid', parsed(parsePoolGuid)),
  rootFs: required('root_fs', dataset),
  name: optional('name', parsed(parseTitle), ''),
  keyFile: optional<string | null>('key_file', parsed(parseAbsolutePath), null),
} as const;

function inItsPool(written: DriveConfig, node: YamlNode, at: Cursor): DriveConfig | Invalid {
  const { pool, rootFs, name } = written;
  if (poolOf(rootFs) === pool) return { ...written, name: name === '' ? pool : name };
  return at
    .key('root_fs')
    .complain(
      placeOf(node, 'root_fs'),
      configFault('root-not-in-pool', { dataset: quote(rootFs), pool: quote(pool) }),
      {
        hint: configFault('root-hint', { pool }),
      },
    );
}

const oneDrive: Decoder<DriveConfig> = andThen(object<DriveConfig>(driveFields), inItsPool);

const driveCommon = {
  type: typeIs('drive'),
  clientIdentity: optional<string | null>('client_identity', identity, null),
  onPlug: optional<OnPlug>('on_plug', oneOf(['start', 'ask', 'never']), 'ask'),
  ejectWhenDone: optional('eject_when_done', bool, true),
  spinDownAfterS: optional<number | null>('spin_down_after', parsed(parsePositiveSpan), null),
  staleAfterS: optional('stale_after', parsed(parsePositiveSpan), 7 * DAY_S),
} as const;

type DriveCommon = Omit<DriveConnect, 'drives' | 'staleAfterMs' | 'spinDownAfterMs'> & {
  readonly staleAfterS: number;
  readonly spinDownAfterS: number | null;
};

const severalDrives: Decoder<readonly DriveConfig[]> = andThen(list(oneDrive), (drives, node, at) => {
  if (drives.length > DRIVES_MAX) {
    return at.complain(
      node.place,
      configFault('drives-too-many', { count: `${drives.length}`, most: `${DRIVES_MAX}` }),
    );
  }
  const twice = drives.find(({ poolGuid }, index) => drives.findIndex((one) => one.poolGuid === poolGuid) < index);
  if (twice !== undefined) {
    return at.complain(node.place, configFault('drive-here-twice', { guid: `${twice.poolGuid}` }));
  }
  const alike = drives.find(({ name }, index) => drives.findIndex((one) => one.name === name) < index);
  if (alike === undefined) return drives;
  return at.complain(node.place, configFault('drives-alike', { drive: quote(alike.name) }), {
    hint: configFault('drives-alike-hint'),
  });
});

function finishDrives(
  { staleAfterS, spinDownAfterS, ...common }: DriveCommon,
  drives: readonly DriveConfig[],
): DriveConnect {
  const spinDownAfterMs = spinDownAfterS === null ? null : spinDownAfterS * 1000;
  return { ...common, drives, spinDownAfterMs, staleAfterMs: staleAfterS * 1000 };
}

/** One drive by the keys of the connection, or several as a list. */
const drive: Decoder<DriveConnect> = (node, at) => {
  if (entryOf(node, 'drives') !== undefined) {
    const set = object<DriveCommon & Pick<DriveConnect, 'drives'>>({
      ...driveCommon,
      drives: required('drives', severalDrives),
    })(node, at);
    return set === INVALID ? INVALID : finishDrives(set, set.drives);
  }
  const single = object<DriveCommon & DriveConfig>({ ...driveCommon, ...driveFields })(node, at);
  if (single === INVALID) return INVALID;
  const { name, pool, poolGuid, rootFs, keyFile, ...common } = single;
  const checked = inItsPool({ name, pool, poolGuid, rootFs, keyFile }, node, at);
  return checked === INVALID ? INVALID : finishDrives(common, [checked]);
};

export const connect: Decoder<ConnectConfig> = byType<ConnectConfig>({
  tcp,
  tls,
  'ssh+stdinserver': stdinserver,
  local,
  ssh,
  drive,
});
