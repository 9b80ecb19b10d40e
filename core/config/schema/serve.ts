/** `serve`: how a passive job is reached. */
import {
  andThen,
  byType,
  type Decoder,
  INVALID,
  list,
  mapping,
  object,
  optional,
  required,
  typeIs,
} from '../decode.ts';
import { bool, text } from '../scalars.ts';
import type { LocalServe, ServeConfig, StdinserverServe, TcpClient, TcpServe, TlsServe } from '../types.ts';
import { parseTcpClient } from '../values/tcp-client.ts';
import { entryOf } from '../yaml/nodes.ts';
import { address, identity, listenerName, timeoutOrNone, tlsFields } from './common.ts';

const clients: Decoder<readonly TcpClient[]> = andThen(
  mapping(() => null, text),
  (written, node, at) => {
    const result: TcpClient[] = [];
    for (const [key, name] of written) {
      const client = parseTcpClient(key, name);
      if (client.ok) result.push(client.value);
      else at.key(key).complain(entryOf(node, key)?.keyPlace ?? node.place, client.reason);
    }
    return result.length === written.size ? result : INVALID;
  },
);

const tcp = object<TcpServe>({
  type: typeIs('tcp'),
  listen: required('listen', address),
  listenFreebind: optional('listen_freebind', bool, false),
  clients: required('clients', clients),
});

const tls = object<TlsServe>({
  type: typeIs('tls'),
  listen: required('listen', address),
  listenFreebind: optional('listen_freebind', bool, false),
  ...tlsFields,
  clientCns: required('client_cns', list(identity)),
  handshakeTimeoutMs: optional('handshake_timeout', timeoutOrNone, 10_000),
});

const stdinserver = object<StdinserverServe>({
  type: typeIs('stdinserver'),
  clientIdentities: required('client_identities', list(identity)),
});

const local = object<LocalServe>({ type: typeIs('local'), listenerName: required('listener_name', listenerName) });

export const serve: Decoder<ServeConfig> = byType<ServeConfig>({ tcp, tls, stdinserver, local });
