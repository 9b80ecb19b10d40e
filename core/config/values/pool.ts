/** How the pool of a drive is named in a configuration. */
import { configFault } from '../../api/config-fault.ts';
import { componentFault } from '../../zfs/names.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const GUID_MAX = 2n ** 64n - 1n;

/** The guid of a pool, as `zpool get guid` prints it. */
export function parsePoolGuid(text: string): Parsed<bigint> {
  const guid = /^[0-9]{1,20}$/.test(text) ? BigInt(text) : 0n;
  if (guid > 0n && guid <= GUID_MAX) return good(guid);
  return bad(configFault('pool-guid', { text: quote(text) }));
}

/** The name of a pool, without any dataset. */
export function parsePoolName(text: string): Parsed<string> {
  const fault = componentFault(text) ?? (/^[A-Za-z]/.test(text) ? null : configFault('pool-letter'));
  return fault === null ? good(text) : bad(configFault('pool-name', { text: quote(text), reason: fault }));
}
