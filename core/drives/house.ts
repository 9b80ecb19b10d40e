/** What drives need of each other. */
import type { DriveTarget } from './judge.ts';
import type { DrivePorts } from './ports.ts';
import type { DriveWatch } from './watch.ts';

/** What the drives of one machine share. */
export interface DriveHouse {
  readonly ports: DrivePorts;
  readonly watch: DriveWatch;
  /** One import or export at a time. */
  readonly oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  /** Other drives whose pools have the same name: it does not tell then whose pool it is. */
  readonly namesakes: (target: DriveTarget) => readonly { readonly isLost: boolean }[];
}
