/** Which faults came where, and which problems the engine told of. */
export class Coverage {
  /** `kind at effect/phase`, how often. */
  readonly faults = new Map<string, number>();
  readonly problems = new Map<string, number>();
  readonly effects = new Map<string, number>();

  #count(map: Map<string, number>, key: string): void {
    map.set(key, (map.get(key) ?? 0) + 1);
  }

  fault(kind: string, place: string): void {
    this.#count(this.faults, `${kind} at ${place}`);
  }

  problem(code: string): void {
    this.#count(this.problems, code);
  }

  effect(kind: string, phase: string): void {
    this.#count(this.effects, `${kind}/${phase}`);
  }
}
