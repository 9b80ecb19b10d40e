import { configFault } from '../api/config-fault.ts';
/** "Did you mean": the known word that is nearest to what was written. */

/** Edits from one word to the other: insert, delete, replace, or swap two neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The known word that was probably meant, or null. Case, "-" and "_" are forgiven; so are more or fewer letters at the end. */
export function nearest(written: string, known: Iterable<string>): string | null {
  if (written.length > 64) return null;
  const plain = (word: string) => word.toLowerCase().replaceAll('-', '_');
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const word of known) {
    const [a, b] = [plain(written), plain(word)];
    const extended = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
    const distance = extended ? 1 : editDistance(a, b);
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint for an unknown word: the nearest one, or all of them when they are few. */
export function hintFor(written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  return meant === null ? configFault('known', { words: known.join(', ') }) : configFault('meant', { word: meant });
}

/** A hint for a key that does not belong where it stands, beside those that do and are given, and those that are left. */
export function hintForKey(written: string, left: readonly string[], given: readonly string[]): string {
  if (nearest(written, left) !== null) return hintFor(written, left);
  const twin = nearest(written, given);
  if (twin !== null) return configFault('twin-key', { key: twin });
  return left.length === 0 ? configFault('key-too-many') : hintFor(written, left);
}
