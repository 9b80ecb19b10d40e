/** What drives need of the world. */
import type { Clock } from '../api/clock.ts';
import type { ProblemError } from '../api/problem.ts';
import type { Host } from '../host/types.ts';

export interface DrivePorts {
  /** The machine that drives are plugged into. */
  readonly host: Host;
  readonly clock: Clock;
  /**
   * The state of an imported pool by the kernel's own statistics, which take no lock and never block; null where no pool of that
   * name is imported. Never rejects.
   */
  readonly poolState: (pool: string) => Promise<string | null>;
  readonly warn: (problem: ProblemError, message: string) => void;
}
