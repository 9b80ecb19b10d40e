/** `connect`: how an active job reaches the other side. */
import { also, andThen, byType, type Decoder, INVALID, list, object, optional, required, typeIs } from '../decode.ts';
import { bool, filled, integer, parsed, text } from '../scalars.ts';
import type {
  ConnectConfig,
  HostKeyPin,
  LocalConnect,
  SshConnect,
  StdinserverConnect,
  TcpConnect,
  TlsConnect,
  WakeConfig,
} from '../types.ts';
import { parseHost } from '../values/host-port.ts';
import { parseAbsolutePath } from '../values/path.ts';
import { parseFingerprint, parseUser } from '../values/ssh.ts';
import { parseIpv4, parseMac, parseWakeWait } from '../values/wake.ts';
import { entryOf } from '../yaml/nodes.ts';
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
  return at.complain(node.place, `these are ${hosts.length} addresses; at most ${OTHER_ADDRESSES_MAX} are tried`);
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
  return at.complain(
    node.place,
    'exactly one of host_key and known_hosts must say how the other machine proves itself',
    {
      hint: 'host_key is the fingerprint that "ssh-keygen -lf" prints on that machine, known_hosts is a file',
    },
  );
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

export const connect: Decoder<ConnectConfig> = byType<ConnectConfig>({
  tcp,
  tls,
  'ssh+stdinserver': stdinserver,
  local,
  ssh,
});
