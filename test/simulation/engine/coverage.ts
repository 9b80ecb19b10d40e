/** Which faults came where, which words the commands said, and which problems the engine told of. */

export interface Counts {
  /** `kind at effect/phase`, how often. */
  readonly faults: ReadonlyMap<string, number>;
  readonly problems: ReadonlyMap<string, number>;
  /** `effect/phase`. */
  readonly effects: ReadonlyMap<string, number>;
  /** What commands complained of, names left out. */
  readonly texts: ReadonlyMap<string, number>;
}

export class Coverage implements Counts {
  readonly faults = new Map<string, number>();
  readonly problems = new Map<string, number>();
  readonly effects = new Map<string, number>();
  readonly texts = new Map<string, number>();

  #count(map: Map<string, number>, key: string, times = 1): void {
    map.set(key, (map.get(key) ?? 0) + times);
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

  /** @param stderr of a command that failed */
  text(stderr: string): void {
    // Features are found out from the usage, which is an error, too.
    if (stderr.includes('usage:\n')) return;
    for (const line of stderr.split('\n')) if (line.trim() !== '') this.#count(this.texts, withoutNames(line));
  }

  /** Takes in what was counted elsewhere. */
  add(other: Counts): void {
    for (const kind of ['faults', 'problems', 'effects', 'texts'] as const) {
      for (const [key, times] of other[kind]) this.#count(this[kind], key, times);
    }
  }
}

/** The same words for whatever they are said of. */
function withoutNames(line: string): string {
  return line
    .replace(/'[^']*'/g, "'...'")
    .replace(/(?:tank|backup|drive)\/[^ :]*(?: now: x)?/g, '...')
    .replace(/\b(?:0x[0-9a-f]+|1-[0-9a-f-]{20,})\b/g, '...')
    .trim();
}
