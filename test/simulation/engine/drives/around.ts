/** What the drives of a simulated household need of it. */
import type { Machine, World } from '../../zfs/world.ts';
import type { SimTime } from '../time.ts';

export interface Around {
  readonly world: World;
  readonly time: SimTime;
  readonly laptop: Machine;
  tell(text: () => string): void;
  violate(rule: string, text: string): void;
}
