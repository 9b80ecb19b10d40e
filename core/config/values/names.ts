/** Names of ZFS as the configuration gives them: the rules are those of core/zfs, the form is that of a parsed value. */
import { componentFault, entityFault, propertyNameFault } from '../../zfs/names.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

/** The path of one dataset, such as `tank/backups`. */
export function parseDataset(text: string): Parsed<string> {
  if (text.startsWith('/'))
    return bad(`${quote(text)} begins with "/": a dataset is named, such as tank/backups, not its mount point`);
  if (text.endsWith('/')) return bad(`${quote(text)} must not end in "/"`);
  const fault = entityFault(text, 'filesystem');
  return fault === null ? good(text) : bad(`${quote(text)} is not a dataset: ${fault}`);
}

/** The identity of a client: one component of a dataset path, because what it sends is kept below it. */
export function parseIdentity(text: string): Parsed<string> {
  const fault = componentFault(text);
  return fault === null ? good(text) : bad(`${quote(text)} cannot be an identity: ${fault}`);
}

/** The name of a ZFS property, native or user. */
export function parsePropertyName(text: string): Parsed<string> {
  const fault = propertyNameFault(text);
  return fault === null ? good(text) : bad(`${quote(text)} is not a property: ${fault}`);
}
