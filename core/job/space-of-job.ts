/** Where a job needs room. Wiring only; null where nothing is asked of it. */
import { clientRoot } from '../endpoint/mapping.ts';
import type { ReceiverOptions } from '../endpoint/receiver.ts';
import type { ListingRoot } from '../endpoint/survey.ts';
import type { JobDeps, Reach } from './deps.ts';
import type { DriveGate } from './drive-gate.ts';
import { SourceSpace } from './source-space.ts';
import { SpaceSide } from './space-side.ts';

type Deps = Pick<JobDeps, 'space' | 'local' | 'clock'>;

/** `roots`: where the job lists its datasets; null where that is everywhere. */
export function sourceSpace(roots: readonly ListingRoot[] | null, { space, local, clock }: Deps): SourceSpace | null {
  if (space === undefined) return null;
  const datasets = (roots ?? []).map(({ dataset }) => dataset);
  return new SourceSpace({ book: space, zfs: local.zfs, clock }, datasets);
}

interface Way {
  readonly receiver: Pick<ReceiverOptions, 'root'>;
  readonly reach: Pick<Reach, 'zfs'>;
  readonly gate: DriveGate | null;
}

/** `destination`: as the safety of the job names it. */
export function destinationSpace(way: Way, destination: string, { space, clock }: Deps): SpaceSide | null {
  if (space === undefined) return null;
  const { receiver, reach, gate } = way;
  // The copies of a client may have a quota of their own; before the first of them there is nothing but the root.
  const base = clientRoot(receiver.root);
  const datasets = [...new Set([base, receiver.root.rootFs])];
  const host = reach.zfs.label;
  // Two drives may have pools of one name.
  const key = gate === null ? `${host}:${base}` : `drive ${gate.drive.target.poolGuid} ${base}`;
  const target = { side: 'destination', destination, host, key, datasets } as const;
  return new SpaceSide({ book: space, zfs: reach.zfs, clock }, [target]);
}
