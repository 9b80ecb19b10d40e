/** What is ticked before anybody has touched it, and why the rest is not. Pure. */
import type { Discovered } from '../../../core/api/surroundings.ts';
import { patternsOf, verdictOf } from '../../../core/api/wizard/patterns.ts';
import { type LeftOutReason, suggest } from '../../../core/api/wizard/suggest.ts';

export interface Suggested {
  readonly ticked: ReadonlySet<string>;
  readonly reasons: ReadonlyMap<string, LeftOutReason>;
}

export const NOTHING_SUGGESTED: Suggested = { ticked: new Set(), reasons: new Map() };

/** What is below something that is left out is left out for the same reason. */
export function suggestedOf(found: Discovered): Suggested {
  const suggestion = suggest(found);
  const patterns = patternsOf(suggestion);
  const ticked = new Set<string>();
  const reasons = new Map<string, LeftOutReason>();
  for (const { name } of found.datasets) {
    if (verdictOf(patterns, name)) ticked.add(name);
    const out = suggestion.leftOut.find(({ dataset }) => name === dataset || name.startsWith(`${dataset}/`));
    if (out !== undefined) reasons.set(name, out.reason);
  }
  return { ticked, reasons };
}
