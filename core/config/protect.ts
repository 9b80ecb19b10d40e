/**
 * What a configuration says that only its file may say: programs, hooks, files of keys, other files, and who may ask the
 * daemon. Pure.
 */
import { Complaints } from './complaint.ts';
import { plainNode } from './plain-tree.ts';
import type { YamlNode } from './yaml/nodes.ts';
import { parseYaml } from './yaml/parse.ts';

const PROTECTED_KEYS = new Set([
  'hooks',
  'identity_file',
  'known_hosts',
  'ca',
  'cert',
  'key',
  'key_file',
  'options',
  'ssh_command',
  'transport_open_command',
]);
const PROTECTED_TOP = new Set(['include', 'global']);

/** Where the daemon keeps the keys that it made itself; these may be named. */
export const OWN_KEYS_FOLDER = '/var/lib/snapferry/keys';
/** Where it keeps those of drives that it encrypted. */
const OWN_DRIVE_KEY = /^\/var\/lib\/snapferry\/drive-keys\/[a-z0-9][a-z0-9-]{0,62}\/key$/;
const OWN_KEY = new RegExp(`^${OWN_KEYS_FOLDER}/[a-z0-9][a-z0-9-]{0,62}/id_ed25519$`);

const OWN_KEYS: Readonly<Record<string, RegExp>> = { identity_file: OWN_KEY, key_file: OWN_DRIVE_KEY };

/** Each as one text: whose it is, where it stands, and what it says. */
export function protectedItems(text: string): ReadonlySet<string> {
  const top = parseYaml(text, '', new Complaints());
  const found = new Set<string>();
  if (top?.kind !== 'map') return found;
  for (const { key, value } of top.entries) {
    if (PROTECTED_TOP.has(key)) collectAll(value, key, found);
    if (key !== 'jobs' || value.kind !== 'list') continue;
    for (const job of value.items) collect(job, `job ${nameOf(job)}`, found);
  }
  return found;
}

/** What the new text says of this kind and the old one does not, as texts for a person. */
export function protectedChanges(before: string, after: string): readonly string[] {
  const old = protectedItems(before);
  return [...protectedItems(after)].filter((item) => !old.has(item));
}

function collect(node: YamlNode, at: string, found: Set<string>): void {
  if (node.kind === 'list') for (const item of node.items) collect(item, at, found);
  if (node.kind !== 'map') return;
  for (const { key, value } of node.entries) {
    const isOwnKey = value.kind === 'scalar' && (OWN_KEYS[key]?.test(value.text) ?? false);
    if (PROTECTED_KEYS.has(key) && !isOwnKey) collectAll(value, `${at}: ${key}`, found);
    // One drive may become the first of a set: what is said of it says the same there.
    else if (key === 'drives' && at.endsWith(': connect')) collect(value, at, found);
    else collect(value, `${at}: ${key}`, found);
  }
}

/** The whole of it as one item: a hook is what all its keys say together. */
function collectAll(node: YamlNode, at: string, found: Set<string>): void {
  const written = JSON.stringify(plainNode(node));
  if (written !== '""' && written !== '[]' && written !== '{}') found.add(`${at} = ${written}`);
}

function nameOf(job: YamlNode): string {
  const name = job.kind === 'map' ? job.entries.find(({ key }) => key === 'name')?.value : undefined;
  return name?.kind === 'scalar' ? name.text : '';
}
