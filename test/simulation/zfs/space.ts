/** How full pools and datasets are. Walks what it counts, so it is asked only where something is limited. */
import { parentIn, subtreeOf } from './lookup.ts';
import { BLOCK_BYTES, type Content, type Dataset, type Pool } from './world.ts';

function contentsOf(dataset: Dataset): readonly Content[] {
  return [
    dataset.content,
    ...dataset.snapshots.map(({ content }) => content),
    ...(dataset.partial === null ? [] : [dataset.partial.content]),
  ];
}

function countBlocks(contents: Iterable<Content>): number {
  const distinct = new Set<Content>(contents);
  const blocks = new Set<number>();
  for (const content of distinct) for (const block of content) blocks.add(block);
  blocks.delete(0);
  return blocks.size;
}

/** Blocks that are in use in the pool, each once. */
export function usedBlocks(pool: Pool): number {
  return countBlocks([...pool.datasets.values()].flatMap(contentsOf));
}

/** Blocks that still fit into the pool. */
export function freeBlocks(pool: Pool): number {
  return pool.capacityBlocks === null ? Number.POSITIVE_INFINITY : pool.capacityBlocks - usedBlocks(pool);
}

function limitOf(dataset: Dataset, property: 'quota' | 'refquota'): number | null {
  const text = dataset.properties.get(property)?.local;
  if (text === undefined || text === null || text === 'none' || text === '0') return null;
  return Math.floor(Number(text) / BLOCK_BYTES);
}

/** Blocks that quotas still permit below a dataset, its own and those above; endless where there are none. */
export function quotaBlocks(pool: Pool, name: string): number {
  let left = Number.POSITIVE_INFINITY;
  const own = pool.datasets.get(name);
  for (let at = own ?? parentIn(pool, name); at !== undefined; at = parentIn(pool, at.name)) {
    const quota = limitOf(at, 'quota');
    if (quota !== null) left = Math.min(left, quota - countBlocks(subtreeOf(pool, at.name).flatMap(contentsOf)));
  }
  return left;
}

/** Blocks that the live content of a dataset may have. */
export function refquotaBlocks(dataset: Dataset): number {
  return limitOf(dataset, 'refquota') ?? Number.POSITIVE_INFINITY;
}

/** What a full copy of its newest state would hold. */
export function referencedBytes(dataset: Dataset): number {
  return countBlocks([dataset.content]) * BLOCK_BYTES;
}

/** What a dataset and all below it take up. */
export function usedBytes(pool: Pool, name: string): number {
  return countBlocks(subtreeOf(pool, name).flatMap(contentsOf)) * BLOCK_BYTES;
}

/** What pool and quotas leave to a dataset; null where nothing limits it. */
export function availableBytes(pool: Pool, name: string): number | null {
  const blocks = Math.min(freeBlocks(pool), quotaBlocks(pool, name));
  return Number.isFinite(blocks) ? Math.max(0, blocks) * BLOCK_BYTES : null;
}
