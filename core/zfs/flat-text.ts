/**
 * Text cut out of a large output points into it and keeps it whole in memory. What is kept longer than the output itself must
 * therefore be copied. Pure.
 */

/** Different texts remembered at once: the names of a schedule are few, those of people are many and not worth it. */
const ENTRIES_MAX = 20_000;

/** The same text in memory of its own. It must be well-formed, as everything is that was decoded from UTF-8. */
export function flatCopy(text: string): string {
  return Buffer.from(text).toString();
}

/**
 * One value for equal texts, made on the first of them. Snapshots of one moment share name and txg over all their datasets,
 * so most rows of a listing find theirs here.
 */
export class Interned<T> {
  readonly #known = new Map<string, T>();
  readonly #make: (flat: string) => T;

  constructor(make: (flat: string) => T) {
    this.#make = make;
  }

  get(text: string): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= ENTRIES_MAX) this.#known.clear();
    const flat = flatCopy(text);
    const made = this.#make(flat);
    this.#known.set(flat, made);
    return made;
  }
}
