/**
 * What a window remembers by itself, and leaves with the shell: a browser forgets everything with the address of the window, which
 * is another each time.
 */
import { KEPT_TEXT_MAX, type Kept, type KeptKey, keptKeySchema } from '../core/api/shell-desk.ts';

const PREFIX = 'snapferry.';

/** What was changed and not yet left with the shell. */
const unsaid = new Map<KeptKey, string | null>();
const listeners = new Set<() => void>();

export function stored(key: KeptKey): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    // A private window may refuse to.
    return null;
  }
}

/** Null forgets it. */
export function store(key: KeptKey, value: string | null): void {
  storeHere(key, value);
  unsaid.set(key, value);
  for (const listener of listeners) listener();
}

function storeHere(key: KeptKey, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Then it holds for this window only.
  }
}

/** What the shell has of other windows, but for what this one knows better. It is stored here, and returned. */
export function takeKept(kept: Kept): Kept {
  const news: Partial<Record<KeptKey, string>> = {};
  for (const key of keptKeySchema.options) {
    const text = kept[key];
    if (text === undefined || unsaid.has(key) || stored(key) !== null) continue;
    storeHere(key, text);
    news[key] = text;
  }
  return news;
}

/** Everything to be left with the shell now: each key once, with its newest value. */
export function takeUnsaid(): readonly (readonly [KeptKey, string | null])[] {
  const taken = [...unsaid].filter(([, value]) => value === null || value.length <= KEPT_TEXT_MAX);
  unsaid.clear();
  return taken;
}

/** Calls back after every change. Returns how to stop that. */
export function onStore(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
