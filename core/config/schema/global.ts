/** `global`: logging, monitoring and sockets of the daemon. */
import { configFault } from '../../api/config-fault.ts';
import {
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
import { bool, filled, oneOf, parsed } from '../scalars.ts';
import type {
  GlobalConfig,
  LogOutlet,
  PrometheusMonitoring,
  StdoutOutlet,
  SyslogOutlet,
  TcpOutlet,
  TlsFiles,
} from '../types.ts';
import { parseGroupName, parseLoginName } from '../values/login.ts';
import { parseAbsolutePath } from '../values/path.ts';
import { itemOf, type YamlNode } from '../yaml/nodes.ts';
import { address, positiveTimeout, tlsFiles } from './common.ts';

const outletFields = {
  level: required('level', oneOf(['debug', 'info', 'warn', 'error'])),
  format: required('format', oneOf(['human', 'logfmt', 'json'])),
} as const;

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

const facility: Decoder<string> = (node, at) =>
  node.kind === 'scalar' && node.text === '' ? 'local0' : oneOf(FACILITIES, { whenNull: 'local0' })(node, at);

const retryIntervalMs = optional('retry_interval', positiveTimeout, 10_000);

const outlet: Decoder<LogOutlet> = byType<LogOutlet>({
  stdout: object<StdoutOutlet>({
    type: typeIs('stdout'),
    time: optional('time', bool, true),
    color: optional('color', bool, true),
    ...outletFields,
  }),
  syslog: object<SyslogOutlet>({
    type: typeIs('syslog'),
    facility: optional('facility', facility, 'local0'),
    retryIntervalMs,
    ...outletFields,
  }),
  tcp: object<TcpOutlet>({
    type: typeIs('tcp'),
    address: required('address', address),
    net: optional('net', filled, 'tcp'),
    retryIntervalMs,
    tls: optional<TlsFiles | null>('tls', tlsFiles, null),
    ...outletFields,
  }),
});

const DEFAULT_OUTLET: LogOutlet = { type: 'stdout', level: 'warn', format: 'human', time: true, color: true };

/** Refuses a second entry of a type that may be there once. */
function atMostOne<T extends { readonly type: string }>(
  types: readonly string[],
  decode: Decoder<readonly T[]>,
): Decoder<readonly T[]> {
  return andThen(decode, (values, node, at) => {
    let complete = true;
    for (const [index, value] of values.entries()) {
      const first = values.findIndex((other) => other.type === value.type);
      if (!types.includes(value.type) || first === index) continue;
      const item: YamlNode = itemOf(node, index);
      at.item(index, item).complain(item.place, configFault('type-twice', { type: value.type }));
      complete = false;
    }
    return complete ? values : INVALID;
  });
}

/** An empty list is as good as none: a daemon that logs nowhere helps nobody. */
const logging: Decoder<readonly LogOutlet[]> = andThen(atMostOne(['stdout', 'syslog'], list(outlet)), (outlets) =>
  outlets.length === 0 ? [DEFAULT_OUTLET] : outlets,
);

const monitoring: Decoder<PrometheusMonitoring | null> = andThen(
  atMostOne(
    ['prometheus'],
    list(
      byType<PrometheusMonitoring>({
        prometheus: object<PrometheusMonitoring>({
          type: typeIs('prometheus'),
          listen: required('listen', address),
          listenFreebind: optional('listen_freebind', bool, false),
        }),
      }),
    ),
  ),
  (entries) => entries[0] ?? null,
);

const socketPath: Decoder<string | null> = parsed(parseAbsolutePath);

/** Who may ask the daemon besides root: these users, and the members of this group ("" for none). */
const control = object<WrittenControl>({
  sockpath: optional<string | null>('sockpath', socketPath, null),
  allowUsers: optional<readonly string[]>('allow_users', list(parsed(parseLoginName)), []),
  allowGroup: optional<string>('allow_group', parsed(parseGroupName), 'snapferry'),
});

interface WrittenControl {
  readonly sockpath: string | null;
  readonly allowUsers: readonly string[];
  readonly allowGroup: string;
}

const globalServe = object<{ stdinserver: { sockdir: string | null } }>({
  stdinserver: defaulted(
    'stdinserver',
    object<{ sockdir: string | null }>({ sockdir: optional<string | null>('sockdir', socketPath, null) }),
  ),
});

interface WrittenGlobal extends Pick<GlobalConfig, 'logging' | 'monitoring'> {
  readonly control: WrittenControl;
  readonly serve: { readonly stdinserver: { readonly sockdir: string | null } };
}

export const global: Decoder<GlobalConfig> = andThen(
  object<WrittenGlobal>({
    logging: optional('logging', logging, [DEFAULT_OUTLET]),
    monitoring: optional<PrometheusMonitoring | null>('monitoring', monitoring, null),
    control: defaulted('control', control),
    serve: defaulted('serve', globalServe),
  }),
  (written) => ({
    logging: written.logging,
    monitoring: written.monitoring,
    controlSockpath: written.control.sockpath,
    allowUsers: written.control.allowUsers,
    allowGroup: written.control.allowGroup === '' ? null : written.control.allowGroup,
    stdinserverSockdir: written.serve.stdinserver.sockdir,
  }),
);
