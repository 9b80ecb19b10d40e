/** What there is on this machine: pools, datasets, and who has made their snapshots. */
import { asProblemError } from '../api/problem.ts';
import type { Discovered, SnapshotTool } from '../api/surroundings.ts';
import type { PoolGuard } from '../drives/guard.ts';
import type { Host } from '../host/types.ts';
import { listPools } from '../zfs/pools.ts';
import type { DatasetFacts, DatasetVersions, Version, Zfs } from '../zfs/types.ts';
import { toolOf } from './snapshot-tools.ts';

const DATASETS_MAX = 20_000;
const PROPERTIES = ['used', 'referenced', 'mountpoint'];

/** OpenZFS somewhere, and where its commands run. */
export interface Place {
  readonly zfs: Zfs;
  readonly host: Host;
  /** Which pools may be asked, where there are some that must not; without it all may. */
  readonly guard?: Pick<PoolGuard, 'answering'>;
}

/** A fixed number of commands. Where ZFS does not answer, that is the result. */
export async function discover(at: Place, signal: AbortSignal): Promise<Discovered> {
  const nothing: Discovered = { zfs: null, problem: null, pools: [], datasets: [], leftOut: 0 };
  try {
    const { userlandVersion, kernelVersion } = await at.zfs.capabilities({ signal });
    const zfs = { userland: userlandVersion, kernel: kernelVersion };
    const judged = (await at.guard?.answering(signal)) ?? null;
    const pools = await listPools(at.host, signal, judged?.answering);
    const silentPools = judged === null ? {} : { silentPools: [...judged.silent.keys()] };
    if (pools.length === 0) return { ...nothing, zfs, ...silentPools };
    const roots = pools.map(({ name }) => name);
    const [facts, versions] = await Promise.all([
      at.zfs.listDatasets(roots, { recursive: true, properties: PROPERTIES }, { signal }),
      at.zfs.listVersions(roots, { recursive: true, details: true }, { signal }),
    ]);
    const datasets = describeDatasets(facts, versions);
    return {
      zfs,
      problem: null,
      pools: [...pools],
      ...silentPools,
      datasets: datasets.slice(0, DATASETS_MAX),
      leftOut: Math.max(0, datasets.length - DATASETS_MAX),
    };
  } catch (thrown) {
    const problem = asProblemError(thrown);
    if (problem.code === 'command-aborted') throw problem;
    return { ...nothing, problem: problem.toProblem() };
  }
}

/** In the order of their names. Pure. */
export function describeDatasets(
  facts: readonly DatasetFacts[],
  versions: readonly DatasetVersions[],
): Discovered['datasets'] {
  const byDataset = new Map(versions.map((one) => [one.dataset, one.versions]));
  return [...facts]
    .sort((a, b) => (a.dataset < b.dataset ? -1 : 1))
    .map(({ dataset, kind, encrypted, keyLoaded, properties }) => {
      const size = (property: string): number | null => {
        const text = properties.get(property)?.value ?? '';
        return /^\d{1,20}$/.test(text) ? Number(text) : null;
      };
      return {
        name: dataset,
        kind,
        usedBytes: size('used'),
        referencedBytes: size('referenced'),
        encrypted,
        keyLoaded,
        mountpoint: properties.get('mountpoint')?.value ?? null,
        snapshots: byTool(byDataset.get(dataset) ?? []),
      };
    });
}

function byTool(versions: readonly Version[]): Discovered['datasets'][number]['snapshots'] {
  const found = new Map<SnapshotTool, number[]>();
  const counts = new Map<SnapshotTool, number>();
  for (const { type, name, creationS } of versions) {
    if (type !== 'snapshot') continue;
    const tool = toolOf(name);
    counts.set(tool, (counts.get(tool) ?? 0) + 1);
    const times = found.get(tool) ?? [];
    if (creationS !== undefined) times.push(creationS * 1000);
    found.set(tool, times);
  }
  return [...counts].map(([tool, count]) => {
    const times = found.get(tool) ?? [];
    const at = (pick: (a: number, b: number) => number) => (times.length === 0 ? null : times.reduce(pick));
    return { tool, count, oldestMs: at((a, b) => Math.min(a, b)), newestMs: at((a, b) => Math.max(a, b)) };
  });
}
