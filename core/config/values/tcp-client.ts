/** Who may come from which address: an entry of `clients` of a plain TCP listener. */
import { isIP } from 'node:net';
import { configFault } from '../../api/config-fault.ts';
import { componentFault } from '../../zfs/names.ts';
import type { TcpClient } from '../types.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const LONGEST = { 4: '255.255.255.255', 6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' } as const;

/**
 * An address (`192.168.1.2`, `fe80::1%eth0`) with its identity, or a network (`10.1.0.0/16`, `fe80::/16%eth1`) with an
 * identity that holds one `*`, for which the address of the peer is put in. What comes out must be an identity even for the
 * longest address.
 */
export function parseTcpClient(key: string, identity: string): Parsed<TcpClient> {
  const match = /^([\da-fA-F.:]{2,50})(?:\/(\d{1,3}))?(?:%([A-Za-z0-9_.-]{1,32}))?$/.exec(key);
  const [, address = '', bits, zone = ''] = match ?? [];
  const family = isIP(address);
  if (family !== 4 && family !== 6) return bad(configFault('client', { text: quote(key) }));
  const prefixBits = bits === undefined ? null : Number(bits);
  if (prefixBits !== null && prefixBits > (family === 4 ? 32 : 128))
    return bad(configFault('client-prefix', { text: quote(key) }));

  const stars = identity.split('*').length - 1;
  if (prefixBits === null && stars > 0) return bad(configFault('client-star'));
  if (prefixBits !== null && stars !== 1) return bad(configFault('client-no-star'));
  const peer = zone === '' ? LONGEST[family] : `${LONGEST[family]}-${zone}`;
  const fault = componentFault(identity.replace('*', () => peer));
  if (fault !== null) return bad(configFault('identity', { text: quote(identity), reason: fault }));
  return good({ address, prefixBits, zone, identity });
}
