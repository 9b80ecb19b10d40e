/** Whether the pool of a drive that is plugged in may be imported. Pure. */
import { ProblemError } from '../api/problem.ts';
import type { ImportablePool } from './importable.ts';
import type { PoolMember } from './members.ts';

/** The pool that a configuration means. */
export interface DriveTarget {
  /** What a person calls the drive. */
  readonly name: string;
  readonly pool: string;
  readonly poolGuid: bigint;
}

/** The devices of a pool among all that are plugged in. */
export function membersOf(members: readonly PoolMember[], poolGuid: bigint): readonly PoolMember[] {
  return members.filter((member) => member.poolGuid === poolGuid);
}

/** Two devices that say to be the same part of the same pool: one was copied from the other, block by block. */
export function isTwice(members: readonly PoolMember[]): boolean {
  const parts = members.flatMap(({ vdevGuid }) => (vdevGuid === null ? [] : [vdevGuid]));
  return new Set(parts).size < parts.length;
}

/**
 * Why the pool must not be imported; null when it may. When unsure, it may not: a pool that is imported on two machines is
 * destroyed, and one that is imported without a part of it diverges from that part.
 * @param pool what `zpool import` says of it; null where it lists no such pool
 * @param importedNames pools that are imported already
 */
export function importFault(
  target: DriveTarget,
  members: readonly PoolMember[],
  pool: ImportablePool | null,
  importedNames: readonly string[],
): ProblemError | null {
  const facts = { drive: target.name, pool: target.pool };
  if (members.length === 0) return new ProblemError('drive-away', facts);
  if (isTwice(members)) return new ProblemError('drive-twice', facts);
  if (pool === null) return new ProblemError('drive-incomplete', { ...facts, reason: 'zpool import does not list it' });
  const detail = { detail: pool.text };
  if (pool.name !== target.pool) return new ProblemError('drive-renamed', { ...facts, seen: pool.name }, detail);
  if (importedNames.includes(pool.name)) return new ProblemError('drive-name-taken', facts, detail);
  if (pool.unsupported && !pool.readOnly) return new ProblemError('drive-unsupported', facts, detail);
  if (pool.readOnly) return new ProblemError('drive-read-only', facts, detail);
  if (pool.usedElsewhere) return new ProblemError('drive-foreign', facts, detail);
  if (pool.incomplete) return new ProblemError('drive-incomplete', { ...facts, reason: pool.state }, detail);
  return null;
}

/** Why a pool that is imported cannot be backed up to; null when it can. */
export function importedFault(
  target: DriveTarget,
  pool: { readonly health: string; readonly readonly: boolean },
): ProblemError | null {
  const facts = { drive: target.name, pool: target.pool };
  if (pool.readonly) return new ProblemError('drive-read-only', facts);
  if (pool.health === 'ONLINE' || pool.health === 'DEGRADED') return null;
  return new ProblemError('drive-incomplete', { ...facts, reason: pool.health });
}

/** States of a pool in which a command on it comes back. */
export function answers(poolState: string | null): boolean {
  return poolState === 'ONLINE' || poolState === 'DEGRADED';
}
