/** Whether a machine is the one that it should be: what it shows, against what its console says. Pure. */
import type { Reply } from '../../../core/api/contract.ts';

export type HostKey = Reply<'destination/hostkeys'>['keys'][number];

const HASH = 'SHA256:';
const HASH_CHARS = 43;

const PREFERRED = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa'];

/** The key that is compared: the most common kind of which one file stands on every machine. */
export function preferredKey(keys: readonly HostKey[]): HostKey | null {
  for (const type of PREFERRED) {
    const found = keys.find((key) => key.type === type);
    if (found !== undefined) return found;
  }
  return keys[0] ?? null;
}

export type Comparison =
  | { readonly kind: 'nothing' }
  /** As far as it goes it is the same, but it is not all of it. */
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'same'; readonly key: HostKey }
  | { readonly kind: 'different' };

/** Of what was typed or pasted: a fingerprint with or without its beginning, or the whole line that ssh-keygen prints. */
export function compareFingerprint(typed: string, keys: readonly HostKey[]): Comparison {
  const words = typed.trim().split(/\s+/);
  const word = words.find((one) => one.startsWith(HASH)) ?? (words.length === 1 ? words[0] : words.at(1)) ?? '';
  const hash = word.startsWith(HASH) ? word.slice(HASH.length) : word;
  if (hash === '' || HASH.startsWith(word)) return { kind: 'nothing' };
  const key = keys.find(({ fingerprint }) => fingerprint === `${HASH}${hash}`);
  if (key !== undefined) return { kind: 'same', key };
  const begins = keys.some(({ fingerprint }) => fingerprint.startsWith(`${HASH}${hash}`));
  return begins && hash.length < HASH_CHARS ? { kind: 'unfinished' } : { kind: 'different' };
}

/** In groups of four after its beginning, as one reads it aloud; each with where it begins. */
export function groupedFingerprint(fingerprint: string): readonly { readonly at: number; readonly text: string }[] {
  const hash = fingerprint.startsWith(HASH) ? fingerprint.slice(HASH.length) : fingerprint;
  return [...hash.matchAll(/.{1,4}/g)].map(({ index, 0: text }) => ({ at: index, text }));
}
