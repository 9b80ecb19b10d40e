/** Listings as zfs prints them, of any size. */
import { createHash } from 'node:crypto';

/** One recursive listing with creation and holds. Guids are those of the snapshots, the same on both sides. */
export function listingText(root: string, datasets: number, snapshots: number): string {
  const lines: string[] = [];
  for (let d = 0; d < datasets; d++) {
    const dataset = `${root}/set${String(d).padStart(5, '0')}`;
    lines.push(`${dataset}\t${guidOf(root, d)}\t${d + 10}\t1750000000\t-`);
    for (let s = 0; s < snapshots; s++) {
      const name = `${dataset}@snapferry_20261101_${String(s).padStart(6, '0')}_000`;
      lines.push(`${name}\t${guidOf('snapshot', d * 100_000 + s)}\t${1000 + s * 7}\t${1_750_000_000 + s * 900}\t0`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function guidOf(kind: string, n: number): bigint {
  return createHash('sha256').update(`${kind} ${n}`).digest().readBigUInt64BE() || 1n;
}
