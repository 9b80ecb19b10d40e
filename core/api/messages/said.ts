/** What the engine says in short texts, in any language. Pure. */
import { readConfigFault } from '../config-fault.ts';
import { readFieldFault } from '../field-fault.ts';
import { readRemark } from '../remark.ts';
import { fillSaying, type SayingFacts } from '../sayings.ts';
import { CONFIG_FAULTS_DE } from './config-faults-de.ts';
import { FIELD_FAULTS_DE } from './field-faults-de.ts';
import type { Language } from './languages.ts';
import { REMARKS_DE } from './remarks-de.ts';

/** Facts that are texts of the lists themselves, perhaps several in a row, and what stands between those. */
const NESTED: Readonly<Record<string, string>> = {
  reason: '; ',
  holds: ', ',
  claim: '; ',
  where: '; ',
  character: '; ',
  left: '; ',
  message: '; ',
};

interface Found {
  readonly template: string;
  readonly facts: SayingFacts;
}

/** Finds the German of a text of one list; null for any other text. */
function germanOf<Code extends string>(
  read: (text: string) => { readonly code: Code; readonly facts: SayingFacts } | null,
  texts: Readonly<Record<Code, string>>,
): (text: string) => Found | null {
  return (text) => {
    const said = read(text);
    return said === null ? null : { template: texts[said.code], facts: said.facts };
  };
}

const GERMAN = [
  germanOf(readRemark, REMARKS_DE),
  germanOf(readFieldFault, FIELD_FAULTS_DE),
  germanOf(readConfigFault, CONFIG_FAULTS_DE),
];

/** A remark, a reason or a complaint in a language; as it stands where it is none of the lists: a daemon may be newer than its texts. */
export function saidIn(language: Language, text: string): string {
  if (language !== 'de') return text;
  for (const german of GERMAN) {
    const found = german(text);
    if (found !== null) return fillSaying(found.template, inside(language, found.facts));
  }
  return text;
}

/** Several of them, one behind the other, as they stand in a fact of that name. */
export function factIn(language: Language, key: string, fact: string): string {
  const between = NESTED[key];
  if (between === undefined) return fact;
  const parts = fact.split(between).map((part) => ({ part, said: saidIn(language, part) }));
  // A text that has in it what stands between others is known as a whole, and its parts are not.
  if (parts.some(({ part, said }) => part === said)) return saidIn(language, fact);
  return parts.map(({ said }) => said).join(between);
}

function inside(language: Language, facts: SayingFacts): SayingFacts {
  return Object.fromEntries(Object.entries(facts).map(([key, fact]) => [key, factIn(language, key, fact)]));
}
