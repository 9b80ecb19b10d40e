/** A process that runs seeds for another one: it is asked for some, and answers with what came of them. */
import { type Household, runSeeds, type SeedsResult } from '../../test/simulation/engine/seeds.ts';

export interface SeedsOrder {
  readonly household: Household;
  readonly from: number;
  readonly count: number;
}

/** A result as it travels: without what only classes can do. */
export type SeedsAnswer = SeedsResult;

process.on('message', ({ household, from, count }: SeedsOrder) => {
  runSeeds({ household, from, count, failuresMax: count }).then(
    (result) =>
      process.send?.({ ...result, coverage: { ...result.coverage } } satisfies Record<keyof SeedsAnswer, unknown>),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
