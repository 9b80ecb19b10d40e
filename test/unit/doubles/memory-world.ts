/** What several simulated machines share: time, guids, and one list of effects that can end in a crash. */

/** The engine is killed: not a `ProblemError`, and from then on nothing answers any more. */
export class CrashError extends Error {
  override readonly name = 'CrashError';
}

const GUID_STEP = 0x9e37_79b9_7f4a_7c15n;
const GUID_MASK = 2n ** 64n - 1n;

export class MemoryWorld {
  nowS = 1_700_000_000;
  /** Every change of any pool, in order. */
  readonly effects: string[] = [];
  /** Called after every change, with its description. Must not throw: collect what is wrong instead. */
  onEffect: (effect: string) => void = () => {};
  #guids = 0n;
  #crashAt: number | null = null;
  #dead = false;

  /** Spread over all 64 bits, never the same twice. */
  nextGuid(): bigint {
    this.#guids += 1n;
    return (this.#guids * GUID_STEP) & GUID_MASK;
  }

  /** The engine dies right after its `count`-th effect from now on. */
  crashAfter(count: number): void {
    this.#crashAt = this.effects.length + count;
  }

  /** A new process: answers again. */
  revive(): void {
    this.#crashAt = null;
    this.#dead = false;
  }

  get crashed(): boolean {
    return this.#dead;
  }

  checkAlive(): void {
    if (this.#dead) throw new CrashError('the engine was killed');
  }

  /** One change that either happens or does not. */
  effect(description: string, change: () => void): void {
    this.checkAlive();
    change();
    this.effects.push(description);
    this.onEffect(description);
    if (this.#crashAt !== null && this.effects.length >= this.#crashAt) {
      this.#dead = true;
      throw new CrashError(`killed after: ${description}`);
    }
  }
}
