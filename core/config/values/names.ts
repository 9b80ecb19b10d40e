/** Names of ZFS as the configuration gives them: the rules are those of core/zfs, the form is that of a parsed value. */
import { configFault } from '../../api/config-fault.ts';
import { componentFault, entityFault, propertyNameFault } from '../../zfs/names.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

/** The path of one dataset, such as `tank/backups`. */
export function parseDataset(text: string): Parsed<string> {
  if (text.startsWith('/')) return bad(configFault('dataset-slash', { text: quote(text) }));
  if (text.endsWith('/')) return bad(configFault('dataset-end', { text: quote(text) }));
  const fault = entityFault(text, 'filesystem');
  return fault === null ? good(text) : bad(configFault('dataset', { text: quote(text), reason: fault }));
}

/** The identity of a client: one component of a dataset path, because what it sends is kept below it. */
export function parseIdentity(text: string): Parsed<string> {
  const fault = componentFault(text);
  return fault === null ? good(text) : bad(configFault('identity', { text: quote(text), reason: fault }));
}

/** The name of a ZFS property, native or user. */
export function parsePropertyName(text: string): Parsed<string> {
  const fault = propertyNameFault(text);
  return fault === null ? good(text) : bad(configFault('property-name', { text: quote(text), reason: fault }));
}
