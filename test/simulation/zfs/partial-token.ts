/** Resume tokens of unfinished receives, in the form that zfs prints. */
import { encodeToken, type PairValue } from '../../unit/zfs/support/token-encoder.ts';
import { BLOCK_BYTES, type Dataset, type PartialState } from './world.ts';

/** Object that the content of a simulated dataset lies in; the one before it is where every receive begins. */
const CONTENT_OBJECT = 2n;
const FIRST_OBJECT = 1n;

function pairsOf(partial: PartialState): readonly (readonly [string, PairValue])[] {
  return [
    ...(partial.fromGuid === null ? [] : [['fromguid', partial.fromGuid] as const]),
    ['object', partial.hasContent ? CONTENT_OBJECT : FIRST_OBJECT],
    ['offset', BigInt(partial.blocks * BLOCK_BYTES)],
    ['bytes', partial.hasContent ? BigInt(streamBytes(partial.blocks)) : 0n],
    ['toguid', partial.toGuid],
    ['toname', partial.toName],
    ...partial.flags.map((flag) => [flag, true] as const),
  ];
}

/** What zfs shows as `receive_resume_token`; null where nothing can be resumed. */
export function tokenTextOf(dataset: Dataset): string | null {
  const { partial } = dataset;
  if (partial === null || !partial.kept || !partial.worthKeeping) return null;
  partial.tokenText ??= encodeToken(pairsOf(partial));
  return partial.tokenText;
}

/** Blocks that a token says have arrived. */
export function blocksOfToken(offset: bigint): number {
  return Number(offset / BigInt(BLOCK_BYTES));
}

/** Records that begin and end a stream. */
const STREAM_BYTES = 624;
const RECORD_BYTES = 312;

/** Bytes of a stream that carries so many blocks. */
export function streamBytes(blocks: number): number {
  return STREAM_BYTES + blocks * (BLOCK_BYTES + RECORD_BYTES);
}
