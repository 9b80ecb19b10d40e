/** What one service leaves of open pools for the next one, in memory. */
import type { PoolMember } from '../../../core/drives/members.ts';
import type { OpenedDrives } from '../../../core/drives/opened.ts';

export function openedInMemory(): OpenedDrives {
  const known = new Map<bigint, readonly PoolMember[]>();
  return {
    recall: (poolGuid) => known.get(poolGuid) ?? [],
    remember: (poolGuid, parts) => known.set(poolGuid, parts),
  };
}
