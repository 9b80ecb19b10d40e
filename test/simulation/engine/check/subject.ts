import type { Effect } from '../../zfs/effects.ts';
import type { Actor } from '../actor.ts';
import type { Pair } from '../pairs.ts';
import type { Sim } from '../sim.ts';

/** An effect with everything that is known of it. */
export interface Subject {
  readonly sim: Sim;
  readonly process: Actor;
  readonly job: string;
  readonly effect: Effect;
  readonly side: 'source' | 'target';
  /** Null for what belongs to no pair of this job. */
  readonly pair: Pair | null;
}
