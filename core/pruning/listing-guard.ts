/**
 * A listing that suddenly shows far less than the one before is not believed at once: nothing is destroyed on the strength of
 * it until a second one says the same.
 */
import { ProblemError } from '../api/problem.ts';

/** How many snapshots one listing showed. */
export interface ListingCount {
  /** Tells listings apart: host, job, side. */
  readonly key: string;
  /** As a person knows it. */
  readonly host: string;
  readonly count: number;
}

/** Below this, halving is an everyday matter. */
const WORTH_DOUBT = 10;

/** Whether a listing shows less than half of what was there. */
export function listingShrank(before: number, now: number): boolean {
  return before >= WORTH_DOUBT && now * 2 < before;
}

/** Remembers counts for as long as the process lives. */
export class ListingGuard {
  readonly #believed = new Map<string, number>();
  readonly #doubted = new Map<string, number>();

  /** `listing-shrank` while the listing needs a second look, else null. */
  check({ key, host, count }: ListingCount): ProblemError | null {
    const before = this.#believed.get(key);
    const firstLook = this.#doubted.get(key);
    const confirmed = firstLook !== undefined && !listingShrank(firstLook, count);
    if (before !== undefined && listingShrank(before, count) && !confirmed) {
      this.#doubted.set(key, count);
      return new ProblemError('listing-shrank', { host, before: String(before), now: String(count) });
    }
    this.#believed.set(key, count);
    this.#doubted.delete(key);
    return null;
  }

  /** So many were destroyed on purpose; the next listing may show that much less. */
  destroyed(key: string, count: number): void {
    const before = this.#believed.get(key);
    if (before !== undefined) this.#believed.set(key, Math.max(0, before - count));
  }
}
