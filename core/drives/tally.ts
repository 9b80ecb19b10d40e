/** Counts what is at work on a pool, until the kernel lets go of that pool: what hangs since before is then nothing to wait for. */
export class Tally {
  #now = { count: 0 };

  get isEmpty(): boolean {
    return this.#now.count === 0;
  }

  /** Returns what ends it; to be called once. */
  begin(): () => void {
    const counted = this.#now;
    counted.count += 1;
    return () => {
      counted.count -= 1;
    };
  }

  forget(): void {
    this.#now = { count: 0 };
  }
}
