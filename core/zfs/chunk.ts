/** Cutting lists of names so that each command stays small enough for every system. Pure. */

/**
 * Room for the names of one command. Linux allows 128 KiB for one argument, and a command sent through ssh is a single
 * argument of the shell on the other side.
 */
export const ARGUMENT_BYTES_MAX = 96 * 1024;
/** Names in one command. More would keep the pool, and whoever waits for the result, busy for too long. */
export const NAMES_MAX = 500;
/** Quotes and a space around each argument on the remote path. */
const QUOTE_BYTES = 3;

export interface ChunkLimits {
  readonly bytesMax: number;
  readonly countMax: number;
}

export const NAME_LIMITS: ChunkLimits = { bytesMax: ARGUMENT_BYTES_MAX, countMax: NAMES_MAX };
export const LISTING_LIMITS: ChunkLimits = { bytesMax: ARGUMENT_BYTES_MAX, countMax: Number.POSITIVE_INFINITY };

/** Cuts into runs that stay within the limits, in order; an item too large for any run stands alone. */
export function chunk<T>(items: readonly T[], sizeOf: (item: T) => number, limits: ChunkLimits): readonly T[][] {
  const chunks: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item) + QUOTE_BYTES;
    if (current.length > 0 && (bytes + size > limits.bytesMax || current.length >= limits.countMax)) {
      chunks.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += size;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}

/** Cuts a list of arguments. */
export function chunkNames(names: readonly string[], limits: ChunkLimits = NAME_LIMITS): readonly string[][] {
  return chunk(names, (name) => Buffer.byteLength(name), limits);
}
