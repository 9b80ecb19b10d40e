/**
 * Pools of this machine that must not be asked for anything: a command on a pool whose disk is gone may hang for good, and so may
 * one that asks all pools at once. Pure.
 */
import { ProblemError } from '../api/problem.ts';

/** An imported pool, by the kernel's own statistics. */
export interface PoolSight {
  readonly name: string;
  /** Null where the kernel does not say. */
  readonly state: string | null;
}

/** Why nothing may be asked of a pool, by its name. */
export type SilentPools = ReadonlyMap<string, ProblemError>;

/** It waits for its disk, whoever has pulled it. */
export function isSuspended(state: string | null): boolean {
  return state === 'SUSPENDED';
}

export function suspended(pool: string, host: string): ProblemError {
  return new ProblemError('pool-unavailable', { name: pool, host });
}

/** Which of the imported pools answer, and why the others do not. */
export function judgePools(
  imported: readonly PoolSight[],
  lost: SilentPools,
  host: string,
): { readonly answering: readonly string[]; readonly silent: SilentPools } {
  const silent = new Map<string, ProblemError>();
  for (const { name, state } of imported) {
    const reason = lost.get(name) ?? (isSuspended(state) ? suspended(name, host) : null);
    if (reason !== null) silent.set(name, reason);
  }
  const answering = imported.map(({ name }) => name).filter((name) => !silent.has(name));
  return { answering: answering.sort(), silent };
}

/**
 * How to list all pools: null, all at once, or by these names. A drive that was pulled is left out, and its own state tells of it.
 * @throws ProblemError where a pool is silent that nobody is known to have pulled: to leave it out would say of its data what
 * nobody knows
 * @param imported null where the kernel does not say
 */
export function listingOf(
  imported: readonly PoolSight[] | null,
  lost: SilentPools,
  host: string,
): readonly string[] | null {
  if (imported === null) {
    const [reason] = lost.values();
    if (reason !== undefined) throw reason;
    return null;
  }
  const { answering, silent } = judgePools(imported, lost, host);
  for (const [name, reason] of silent) if (!lost.has(name)) throw reason;
  return silent.size === 0 ? null : answering;
}
