/** How the pool of a drive is named in a configuration. */
import { componentFault } from '../../zfs/names.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const GUID_MAX = 2n ** 64n - 1n;

/** The guid of a pool, as `zpool get guid` prints it. */
export function parsePoolGuid(text: string): Parsed<bigint> {
  const guid = /^[0-9]{1,20}$/.test(text) ? BigInt(text) : 0n;
  if (guid > 0n && guid <= GUID_MAX) return good(guid);
  return bad(`${quote(text)} is not the guid of a pool: write the decimal number that "zpool get guid" prints`);
}

/** The name of a pool, without any dataset. */
export function parsePoolName(text: string): Parsed<string> {
  const fault = componentFault(text) ?? (/^[A-Za-z]/.test(text) ? null : 'it does not begin with a letter');
  return fault === null ? good(text) : bad(`${quote(text)} is not the name of a pool: ${fault}`);
}
