/**
 * What a copy was made with, remembered on the copy itself, so that it survives the daemon and a move to another machine.
 * Changing -w, -L, -e or -c within a chain of increments can damage the copy, and so can a changed key under a raw chain.
 */
import type { SendFlags } from '../zfs/types.ts';

/** User property on a received dataset: the flags of its chain. */
export const CHAIN_PROPERTY = 'snapferry:chain';
/** User property on a received dataset: fingerprint of the sender's key. */
export const KEY_PROPERTY = 'snapferry:key';

/** The flags that must not change within a chain, as remembered text: "raw,large-blocks", or "plain". */
export function chainFlags(flags: SendFlags): string {
  const parts = [
    flags.raw ? 'raw' : '',
    flags.largeBlocks ? 'large-blocks' : '',
    flags.compressed ? 'compressed' : '',
    flags.embeddedData ? 'embedded' : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'plain' : parts.join(',');
}
