/** What drives need of the household around them. */
import type { Machine, World } from '../../zfs/world.ts';
import type { SimTime } from '../time.ts';

export interface Surroundings {
  readonly world: World;
  readonly laptop: Machine;
  readonly time: SimTime;
  readonly tell: (text: () => string) => void;
  readonly violate: (rule: string, text: string) => void;
}
