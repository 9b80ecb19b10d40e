/** One command for everything, and only when it fails one for each pool: a pool that hangs must not hide the others. */
import { asProblemError, type ProblemError } from '../api/problem.ts';
import { poolOf } from '../zfs/names.ts';
import { failureReach } from '../zfs/reach.ts';

export interface PerPoolResult<R> {
  readonly results: readonly R[];
  /** By pool: why there is no result for it. */
  readonly failures: ReadonlyMap<string, ProblemError>;
}

/** Runs `command` over the items, none for no items. Never rejects. */
export async function perPool<T extends { readonly dataset: string }, R>(
  items: readonly T[],
  command: (items: readonly T[]) => Promise<R>,
): Promise<PerPoolResult<R>> {
  if (items.length === 0) return { results: [], failures: new Map() };
  const pools = Map.groupBy(items, ({ dataset }) => poolOf(dataset));
  try {
    return { results: [await command(items)], failures: new Map() };
  } catch (error) {
    const failure = asProblemError(error);
    if (pools.size === 1 || failureReach(failure.code) === 'host') {
      return { results: [], failures: new Map([...pools.keys()].map((pool) => [pool, failure])) };
    }
  }
  const results: R[] = [];
  const failures = new Map<string, ProblemError>();
  for (const [pool, members] of pools) {
    try {
      results.push(await command(members));
    } catch (error) {
      failures.set(pool, asProblemError(error));
    }
  }
  return { results, failures };
}
