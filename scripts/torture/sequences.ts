/** Random sequences of operations on real ZFS, compared with the simulated one: as many at a time as there are guests. */
import { z } from 'zod';
import { compareSequence } from '../../test/lab/conformance/support/compare.ts';
import { inLane, type Lane, openLane } from '../../test/lab/conformance/support/lane.ts';
import type { Guest } from '../../test/lab/guests/index.ts';
import type { Torment } from './campaign.ts';

/** Of each point: one in each guest. */
export const SEQUENCES_PER_POINT = 2;
/** What sequences leave is destroyed after so many points: a pool is not made for all of a thousand. */
const POINTS_PER_POOL = 50;

export const sequenceEntrySchema = z.strictObject({
  index: z.number().int().nonnegative(),
  seeds: z.array(z.number().int().nonnegative()).readonly(),
  violations: z.array(z.string()).readonly(),
  durationMs: z.number().nonnegative(),
});

export type SequenceEntry = Readonly<z.infer<typeof sequenceEntrySchema>>;

/** Lanes in all guests, made anew now and then. */
class Lanes {
  readonly #guests: readonly Guest[];
  readonly #endings: (() => Promise<void>)[] = [];
  #open: readonly Lane[] = [];
  #points = 0;

  constructor(guests: readonly Guest[]) {
    this.#guests = guests;
  }

  async next(): Promise<readonly Lane[]> {
    if (this.#open.length === 0 || this.#points >= POINTS_PER_POOL) {
      await this.close();
      this.#open = await Promise.all(this.#guests.map((guest) => openLane('sequences', guest, this.#endings)));
      this.#points = 0;
    }
    this.#points += 1;
    return this.#open;
  }

  async close(): Promise<void> {
    this.#open = [];
    for (const end of this.#endings.splice(0).reverse()) await end();
  }
}

async function violationsOf(lane: Lane, seed: number): Promise<readonly string[]> {
  const difference = await compareSequence((work) => inLane(lane, work), seed);
  if (difference === null) return [];
  const { index, left, right } = difference;
  return [`operation ${index} of seed ${seed}: ${JSON.stringify(left)} instead of ${JSON.stringify(right)}`];
}

/** @param from the first seed */
export function comparedSequences(from: number): Torment<SequenceEntry> {
  const seedOf = (index: number, number: number) => from + index * SEQUENCES_PER_POINT + number;
  const seedsOf = (index: number) => Array.from({ length: SEQUENCES_PER_POINT }, (_, number) => seedOf(index, number));
  return {
    setStage: async (lab, instance, report) => {
      const guests = await lab.up({ instance, fresh: true, endWithUs: true, report });
      const lanes = new Lanes([guests.workstation, guests.nas]);
      return {
        strike: async (index) => {
          const startedMs = performance.now();
          const found = await Promise.all(
            (await lanes.next()).map((lane, number) => violationsOf(lane, seedOf(index, number))),
          );
          const durationMs = Math.round(performance.now() - startedMs);
          return { index, seeds: seedsOf(index), violations: found.flat(), durationMs };
        },
        log: () => 'there is no daemon in it',
        close: async () => {
          await lanes.close().catch(() => undefined);
          guests.close();
        },
      };
    },
    failed: (index, why, durationMs) => ({ index, seeds: seedsOf(index), violations: [why], durationMs }),
    lineOf: ({ seeds, violations, durationMs }) =>
      `${violations.length > 0 ? 'DIFFER' : 'equal'} seeds ${seeds.join(', ')} (${(durationMs / 1000).toFixed(1)} s)`,
  };
}

/** In words. */
export function sequenceFigures(entries: readonly SequenceEntry[]): readonly string[] {
  const count = entries.reduce((sum, { seeds }) => sum + seeds.length, 0);
  const seconds = entries.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const each = count === 0 ? 0 : seconds / count;
  const different = entries.reduce((sum, { violations }) => sum + violations.length, 0);
  return [`${count} sequences, ${each.toFixed(1)} s each; ${different} differ`];
}
