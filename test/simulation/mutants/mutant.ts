/** A defect that the engine could have, as a change of one place of one file, and how soon the simulation notices. */
import type { Household } from '../engine/seeds.ts';

export interface Mutant {
  readonly name: string;
  /** Below core/. */
  readonly file: string;
  /** What must stand there exactly once. */
  readonly find: string;
  readonly put: string;
  /** Seeds, from the first that is tried, within which it is found. */
  readonly seeds: number;
  /** The first seed that is tried; 1 unless what it takes is rare. */
  readonly from: number;
  /** What the seeds mean. */
  readonly household: Household;
}

type Place = readonly [name: string, find: string, put: string, seeds: number, from?: number];

/** Defects of one file. */
export const at = (file: string, places: readonly Place[], household: Household = 'plain'): readonly Mutant[] =>
  places.map(([name, find, put, seeds, from = 1]) => ({ name, file, find, put, seeds, from, household }));
