/**
 * Transfers that the jobs of this process have begun, so that none of them prunes by a listing older than another one's marks.
 * Marks on disk tell the same to whoever lists later; this closes the time between that listing and the destruction.
 */
import { ProblemError } from '../api/problem.ts';
import type { OwnTransfers } from '../endpoint/types.ts';
import type { OtherTransfers } from '../pruning/types.ts';

export class Transfers {
  /** By host and dataset, then by job. */
  readonly #begun = new Map<string, Map<string, ReadonlySet<bigint>>>();
  readonly #destroying = new Map<string, Set<Promise<unknown>>>();

  /** @param host label of the machine whose datasets are sent */
  of(host: string, jobId: string): OwnTransfers {
    return {
      begin: async (dataset, guids, signal) => {
        const key = keyOf(host, dataset);
        const before = this.#begun.get(key)?.get(jobId);
        this.#set(key, jobId, guids);
        const undo = () => this.#set(key, jobId, before);
        // Destruction has a deadline of its own, so this ends.
        await Promise.allSettled(this.#destroying.get(key) ?? []);
        if (signal?.aborted === true) {
          undo();
          throw new ProblemError('command-aborted');
        }
        return { undo };
      },
      end: (dataset) => this.#set(keyOf(host, dataset), jobId, undefined),
    };
  }

  /** What all jobs but this one have begun on that host. */
  besides(host: string, jobId: string): OtherTransfers {
    return {
      neededBy: (dataset, guid) =>
        [...(this.#begun.get(keyOf(host, dataset)) ?? [])]
          .filter(([job, guids]) => job !== jobId && guids.has(guid))
          .map(([job]) => job)
          .sort(),
      whileDestroying: async (datasets, work) => {
        const keys = [...new Set(datasets)].map((dataset) => keyOf(host, dataset));
        const { promise, resolve } = Promise.withResolvers<void>();
        for (const key of keys) this.#destroying.set(key, (this.#destroying.get(key) ?? new Set()).add(promise));
        try {
          return await work();
        } finally {
          resolve();
          for (const key of keys) {
            const left = this.#destroying.get(key);
            left?.delete(promise);
            if (left?.size === 0) this.#destroying.delete(key);
          }
        }
      },
    };
  }

  #set(key: string, jobId: string, guids: ReadonlySet<bigint> | undefined): void {
    const jobs = this.#begun.get(key) ?? new Map<string, ReadonlySet<bigint>>();
    if (guids === undefined) jobs.delete(jobId);
    else jobs.set(jobId, guids);
    if (jobs.size === 0) this.#begun.delete(key);
    else this.#begun.set(key, jobs);
  }
}

function keyOf(host: string, dataset: string): string {
  return `${host}\n${dataset}`;
}
