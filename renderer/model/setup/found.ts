/** What looking around has found, as it is told. Pure. */
import type { Discovered, SnapshotTool } from '../../../core/api/surroundings.ts';

type Pool = Discovered['pools'][number];

/** Snapshots of one program in one pool. */
export interface ToolTraces {
  readonly tool: SnapshotTool;
  readonly count: number;
  /** Null where it is not known. */
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
}

export interface PoolFound {
  readonly pool: Pool;
  readonly datasets: number;
  readonly encrypted: number;
  /** Encrypted ones whose keys are not loaded. */
  readonly locked: number;
  /** Those with the most snapshots first. */
  readonly tools: readonly ToolTraces[];
  readonly health: 'good' | 'degraded' | 'bad';
}

const poolNameOf = (dataset: string): string => dataset.split('/', 1)[0] ?? '';

export function poolsFound({ pools, datasets }: Discovered): readonly PoolFound[] {
  return pools.map((pool) => {
    const own = datasets.filter(({ name }) => poolNameOf(name) === pool.name);
    return {
      pool,
      datasets: own.length,
      encrypted: own.filter(({ encrypted }) => encrypted).length,
      locked: own.filter(({ encrypted, keyLoaded }) => encrypted && keyLoaded === false).length,
      tools: tracesOf(own.flatMap(({ snapshots }) => snapshots)),
      health: pool.health === 'ONLINE' ? 'good' : pool.health === 'DEGRADED' ? 'degraded' : 'bad',
    };
  });
}

function tracesOf(rows: Discovered['datasets'][number]['snapshots']): readonly ToolTraces[] {
  const tools = new Map<SnapshotTool, ToolTraces>();
  for (const { tool, count, oldestMs, newestMs } of rows) {
    const before = tools.get(tool) ?? { tool, count: 0, oldestMs: null, newestMs: null };
    tools.set(tool, {
      tool,
      count: before.count + count,
      oldestMs: outer(before.oldestMs, oldestMs, Math.min),
      newestMs: outer(before.newestMs, newestMs, Math.max),
    });
  }
  return [...tools.values()].filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
}

function outer(a: number | null, b: number | null, pick: (a: number, b: number) => number): number | null {
  if (a === null || b === null) return a ?? b;
  return pick(a, b);
}

/** Programs that take snapshots here by themselves, and go on doing so. */
export function otherTools(found: Discovered): readonly SnapshotTool[] {
  const seen = new Set(found.datasets.flatMap(({ snapshots }) => snapshots.map(({ tool }) => tool)));
  seen.delete('snapferry');
  seen.delete('other');
  return [...seen].toSorted();
}
