/** What forms change of the file, for whoever has to agree to it. Pure. */
import type { ConfigEdit } from '../api/config.ts';
import { applyEdits, maskSecrets } from './edit.ts';

/** Each is looked at by itself, which reads the whole text; more are looked at together. */
const APART_MAX = 8;

/** The lines of schedules, keep rules and drives that go ("- ") and that come ("+ "), without passwords. Throws as `applyEdits`. */
export function changedLines(text: string, edits: readonly ConfigEdit[]): readonly string[] {
  const forms = edits.filter(({ op }) => op === 'schedule' || op === 'keep' || op === 'add-drive');
  if (forms.length === 0) return [];
  const parts = forms.length > APART_MAX ? [forms] : forms.map((edit) => [edit]);
  const before = masked(applyEdits(text, []));
  return parts.flatMap((part) => differing(before, masked(applyEdits(text, part))));
}

function masked(text: string): readonly string[] {
  return (maskSecrets(text) ?? '').split('\n');
}

/** All between the first and the last line that differ. */
function differing(before: readonly string[], after: readonly string[]): readonly string[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [
    ...before.slice(head, before.length - tail).map((line) => `- ${line.trim()}`),
    ...after.slice(head, after.length - tail).map((line) => `+ ${line.trim()}`),
  ];
}
