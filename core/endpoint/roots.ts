/** Where to list so that every dataset a filter can match is seen, with as few commands as possible. Pure. */
import { isAtOrBelow } from '../zfs/names.ts';
import type { ListingRoot } from './survey.ts';

/**
 * Listing roots for the patterns of a filter; null means all imported pools. Patterns that only exclude need no listing, and
 * an exact pattern below a listed subtree needs none of its own.
 */
export function listingRoots(patterns: ReadonlyMap<string, boolean>): readonly ListingRoot[] | null {
  const included = [...patterns].filter(([, verdict]) => verdict).map(([pattern]) => pattern);
  if (included.includes('<')) return null;
  const subtrees = included.filter((pattern) => pattern.endsWith('<')).map((pattern) => pattern.slice(0, -1));
  const topmost = subtrees.filter((path) => !subtrees.some((other) => other !== path && isAtOrBelow(path, other)));
  const exact = included.filter(
    (pattern) => !pattern.endsWith('<') && !topmost.some((root) => isAtOrBelow(pattern, root)),
  );
  return [
    ...topmost.map((dataset) => ({ dataset, recursive: true })),
    ...exact.map((dataset) => ({ dataset, recursive: false })),
  ];
}
