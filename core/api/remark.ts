/**
 * The closed list of what the engine remarks beside problems: warnings of a run, why a dataset is left out, what a plan would throw
 * away. A remark travels as its text, by which older windows and terminals show it; whoever speaks another language reads the code
 * and the facts from it again. The engine takes the text from here, so that both cannot drift apart. Pure.
 */

export const REMARKS = {
  'pattern-unmatched': 'the pattern "{pattern}" matches no dataset',
  'nothing-matches': 'no dataset matches this job',
  // Before the one without the last words, which would take them for a part of the reason.
  'partial-discarded-held': '{dataset}: discarding {bytes} bytes of partial state: {reason} although it was held',
  'partial-discarded': '{dataset}: discarding {bytes} bytes of partial state: {reason}',
  'partial-would-go': '{bytes} bytes of partial state would be discarded: {reason}',
  'partial-of-other': 'it is for another dataset',
  'partial-target-gone': 'the snapshot it was for is gone from the sender',
  'partial-base-gone': 'the base it was for is gone from the sender',
  'partial-renamed': 'the dataset was renamed on the sender',
  'partial-receiver-ahead': 'the receiver has snapshots meanwhile',
  'partial-base-not-newest': 'its base is not the newest snapshot of the receiver',
  'send-stand-in': 'a stand-in without data of its own',
  'prune-stand-in': 'it is a stand-in without data of its own',
  'prune-bookmark-first': 'it becomes a bookmark first, because an unfinished transfer of job {job} may start from it',
  'prune-on-no-drive': 'nothing of it is on a drive yet, so all of it may still be needed',
  'prune-not-on-sender': 'the sender has no such dataset, so nothing tells what of it is still needed',
} as const;

export type RemarkCode = keyof typeof REMARKS;
export type RemarkFacts = Readonly<Record<string, string>>;

/** Longer texts are not looked into. */
const TEXT_MAX = 4096;

/** The remark as text. A fact may be a remark itself. */
export function remark(code: RemarkCode, facts: RemarkFacts = {}): string {
  return fillRemark(REMARKS[code], facts);
}

export function fillRemark(template: string, facts: RemarkFacts): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => facts[key] ?? '');
}

/** Code and facts of a text that `remark` made; null for any other. */
export function readRemark(text: string): { readonly code: RemarkCode; readonly facts: RemarkFacts } | null {
  if (text.length > TEXT_MAX) return null;
  for (const [code, pattern] of PATTERNS) {
    const found = pattern.exec(text);
    if (found !== null) return { code, facts: { ...found.groups } };
  }
  return null;
}

const PATTERNS: readonly (readonly [RemarkCode, RegExp])[] = (Object.keys(REMARKS) as RemarkCode[]).map((code) => {
  const parts = REMARKS[code].split(/\{(\w+)\}/);
  const source = parts.map((part, index) =>
    index % 2 === 0
      ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      : part === 'bytes'
        ? '(?<bytes>\\d{1,20})'
        : `(?<${part}>.*)`,
  );
  return [code, new RegExp(`^${source.join('')}$`, 's')];
});
