/** How much a first run would send. */
import type { LookedAt } from '../api/destination.ts';
import { asProblemError } from '../api/problem.ts';
import { StepQueue } from '../replication/queue.ts';
import type { DatasetFacts, Version, Zfs } from '../zfs/types.ts';
import type { JudgedCopy } from './look-judge.ts';

/** A process each; of more datasets only the largest are asked for, the others are small beside them. */
const DRY_RUNS_MAX = 200;
const AT_ONCE = 4;

type Estimated = Pick<LookedAt, 'bytes' | 'bytesBy'>;

/** By dataset. @param facts with the property `referenced` */
export async function firstBytes(
  zfs: Zfs,
  judged: readonly JudgedCopy[],
  facts: readonly DatasetFacts[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Estimated>> {
  const referenced = new Map(
    facts.map(({ dataset, properties }) => [dataset, wholeBytes(properties.get('referenced')?.value)]),
  );
  const sizeOf = (dataset: string) => referenced.get(dataset) ?? null;
  const open = judged
    .flatMap(({ send }) => send ?? [])
    .sort((a, b) => (sizeOf(b.source.dataset) ?? 0) - (sizeOf(a.source.dataset) ?? 0));
  const queue = new StepQueue(AT_ONCE);
  let dryRuns = 0;
  const rows = open.map(async (send): Promise<readonly [string, Estimated]> => {
    const { dataset } = send.source;
    const to = newestSnapshot(send.source.versions);
    // What was written since the newest snapshot is not known to anybody.
    if (send.from !== null && (to === null || to.guid === send.from.guid))
      return [dataset, { bytes: 0, bytesBy: 'dry-run' }];
    const known = sizeOf(dataset);
    const whole: Estimated =
      send.from === null && known !== null ? { bytes: known, bytesBy: 'referenced' } : { bytes: null, bytesBy: null };
    if (to === null || dryRuns >= DRY_RUNS_MAX) return [dataset, whole];
    dryRuns += 1;
    const leave = await queue.enter(dataset, 0, signal);
    try {
      const bytes = await dryRun(zfs, send, to, signal);
      return [dataset, bytes === null ? whole : { bytes, bytesBy: 'dry-run' }];
    } finally {
      leave();
    }
  });
  return new Map(await Promise.all(rows));
}

/** Null where ZFS cannot say; that is never a reason to fail. */
async function dryRun(
  zfs: Zfs,
  { source, from, flags }: NonNullable<JudgedCopy['send']>,
  to: Version,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const request = { dataset: source.dataset, ...(from === null ? {} : { from }), to, range: false, flags };
    const [row] = await zfs.estimate(request, { signal });
    return row?.sizeBytes ?? null;
  } catch (thrown) {
    if (asProblemError(thrown).code === 'command-aborted') throw thrown;
    return null;
  }
}

function newestSnapshot(versions: readonly Version[]): Version | null {
  return versions.findLast(({ type }) => type === 'snapshot') ?? null;
}

function wholeBytes(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : null;
}
