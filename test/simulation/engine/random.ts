/** Random numbers for the simulation: streams that go on, and values that depend on nothing but what they are asked for. */
import { Random } from '../../conformance/random.ts';

export type Chooser = Pick<Random, 'below' | 'pick'> & {
  /** True in so many of a hundred cases. */
  chance(percent: number): boolean;
  /** Any of the items; undefined of none. */
  any<T>(items: readonly T[]): T | undefined;
};

/** A stream of choices. */
export function chooser(seed: number): Chooser {
  const random = new Random(spread(seed));
  return {
    below: (limit) => random.below(limit),
    pick: (items) => random.pick(items),
    chance: (percent) => random.below(100) < percent,
    any: (items) => items[random.below(items.length)],
  };
}

/**
 * In [0, 1), the same for the same numbers. Latencies are made this way: what one happening costs must not move all the
 * others when a schedule is made smaller.
 */
export function fraction(seed: number, index: number): number {
  return spread(Math.imul(seed, 0x9e37_79b1) ^ spread(index)) / 2 ** 32;
}

/** Neighbouring seeds must not give similar streams. */
function spread(value: number): number {
  let z = (value + 0x9e37_79b9) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
