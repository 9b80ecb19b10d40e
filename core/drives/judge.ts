/** Whether the pool of a drive that is plugged in may be imported. Pure. */
import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
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
  if (members.length < 2) return false;
  // One that does not say which part it is may be a copy of any other.
  return (
    members.some(({ vdevGuid }) => vdevGuid === null) ||
    new Set(members.map(({ vdevGuid }) => vdevGuid)).size < members.length
  );
}

/**
 * Why the pool must not be imported; null when it may. When unsure, it may not: a pool that is imported on two machines is
 * destroyed, and one that is imported without a part of it diverges from that part.
 * @param candidates what `zpool import` lists
 * @param isNameTaken another pool of that name is imported
 */
export function importFault(
  target: DriveTarget,
  members: readonly PoolMember[],
  candidates: readonly ImportablePool[],
  isNameTaken: boolean,
): ProblemError | null {
  const facts = { drive: target.name, pool: target.pool };
  const mine = membersOf(members, target.poolGuid);
  const [pool, another] = candidates.filter(({ guid }) => guid === target.poolGuid);
  if (mine.length === 0) return new ProblemError('drive-away', facts);
  if (isTwice(mine) || another !== undefined) return new ProblemError('drive-twice', facts);
  if (pool === undefined) return new ProblemError('drive-incomplete', { ...facts, reason: remark('drive-unlisted') });
  const detail = { detail: pool.text };
  if (pool.name !== target.pool) return new ProblemError('drive-renamed', { ...facts, seen: pool.name }, detail);
  if (isNameTaken) return new ProblemError('drive-name-taken', facts, detail);
  if (pool.unsupported && !pool.readOnly) return new ProblemError('drive-unsupported', facts, detail);
  if (pool.readOnly) return new ProblemError('drive-read-only', facts, detail);
  if (pool.usedElsewhere) return new ProblemError('drive-foreign', facts, detail);
  if (pool.incomplete || pool.state !== 'ONLINE') {
    return new ProblemError('drive-incomplete', { ...facts, reason: pool.state }, detail);
  }
  // It would not be found again after it was pulled.
  if (mine.some(({ byId }) => byId === null)) {
    return new ProblemError('drive-incomplete', { ...facts, reason: remark('drive-nameless') }, detail);
  }
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
