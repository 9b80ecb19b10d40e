/** How often a user may ask. Pure but for the time that is handed in. */
export class RateLimit {
  readonly #burst: number;
  readonly #perMs: number;
  #left: number;
  #atMs: number;

  /** @param burst requests at once; @param perSecond in the long run; @param nowMs by a monotonic clock */
  constructor(burst: number, perSecond: number, nowMs: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#left = burst;
    this.#atMs = nowMs;
  }

  /** Takes one; false when none is left for now. */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
