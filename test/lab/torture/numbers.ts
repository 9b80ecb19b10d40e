/** Numbers from a seed. Pure. */

/** Marsaglia's xorshift32: the same everywhere, for a seed written down. Gives whole numbers below `limit`. */
export function numbersFrom(seed: number): (limit: number) => number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}
