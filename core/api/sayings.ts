/**
 * Closed lists of short texts with codes and facts. What the engine says by one of them travels as its text, by which older windows
 * and terminals show it; whoever speaks another language reads the code and the facts from it again. The engine takes the text from
 * the list, so that both cannot drift apart. Pure.
 */

export type SayingFacts = Readonly<Record<string, string>>;

export interface Sayings<Code extends string> {
  /** The text. A fact may be such a text itself. */
  say(code: Code, facts?: SayingFacts): string;
  /** Code and facts of a text that `say` made; null for any other. */
  read(text: string): { readonly code: Code; readonly facts: SayingFacts } | null;
}

/** Longer texts are not looked into. */
const TEXT_MAX = 4096;

const NUMBER = '\\d{1,20}';
/** What a fact can be, where that tells one text from another. */
const FORMS: Readonly<Record<string, string>> = {
  bytes: NUMBER,
  count: NUMBER,
  index: NUMBER,
  days: NUMBER,
  least: '-?\\d{1,20}',
  most: '-?\\d{1,20}',
};

/** A list of texts; of two that fit, the one that stands first is read. */
export function sayingsOf<Code extends string>(texts: Readonly<Record<Code, string>>): Sayings<Code> {
  const codes = Object.keys(texts) as Code[];
  const patterns = codes.map((code) => [code, patternOf(texts[code])] as const);
  return {
    say: (code, facts = {}) => fillSaying(texts[code], facts),
    read(text) {
      if (text.length > TEXT_MAX) return null;
      for (const [code, pattern] of patterns) {
        const found = pattern.exec(text);
        if (found !== null) return { code, facts: { ...found.groups } };
      }
      return null;
    },
  };
}

export function fillSaying(template: string, facts: SayingFacts): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => facts[key] ?? '');
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{(\w+)\}/);
  const source = parts.map((part, index) =>
    index % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : `(?<${part}>${FORMS[part] ?? '.*'})`,
  );
  return new RegExp(`^${source.join('')}$`, 's');
}
