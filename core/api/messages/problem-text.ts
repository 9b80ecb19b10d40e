/** The sentences of a problem in a language. Pure. */
import type { Problem, ProblemText } from '../problem.ts';
import { visible } from '../visible.ts';
import type { Language } from './languages.ts';
import { PROBLEMS_DE } from './problems-de.ts';
import { factIn } from './said.ts';

export type ProblemSentences = Pick<ProblemText, 'happened' | 'meaning' | 'remedy'>;

/** As the engine says it where a language lacks a code: a daemon may be newer than its texts. Names come in visible form. */
export function problemIn(language: Language, { code, facts, ...said }: Problem): ProblemSentences {
  const text = language === 'de' ? PROBLEMS_DE[code] : undefined;
  const fill = (sentence: string): string =>
    sentence.replace(/\{(\w+)\}/g, (_, key: string) => factIn(language, key, facts[key] ?? '…'));
  return {
    happened: visible(text === undefined ? said.happened : fill(text.happened)),
    meaning: visible(text === undefined ? said.meaning : fill(text.meaning)),
    remedy: visible(text === undefined ? said.remedy : fill(text.remedy)),
  };
}
