/** What a change adds to a text, for those who want to read just that. Pure. */

/** The lines of `after` that are not at the beginning or the end of `before`; "" where there are none. */
export function addedText(before: string, after: string): string {
  const [old, next] = [before.split('\n'), after.split('\n')];
  const most = Math.min(old.length, next.length);
  let head = 0;
  while (head < most && old[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  return next.slice(head, next.length - tail).join('\n');
}
