/** The sentences of a problem in the language of the window. Pure. */

import { PROBLEMS_DE } from '../../core/api/messages/problems-de.ts';
import { factIn } from '../../core/api/messages/said.ts';
import { PROBLEMS, type ProblemCode, type ProblemFacts, type ProblemText } from '../../core/api/problem.ts';
import { type Language, sentenceLanguage } from '../i18n/language.ts';
import { pseudoText } from '../i18n/pseudo.ts';

export type ProblemSentences = Pick<ProblemText, 'happened' | 'meaning' | 'remedy'>;

/** English stands in where a language lacks a code: a daemon may be newer than its texts. */
export function problemSentences(code: ProblemCode, facts: ProblemFacts, language: Language): ProblemSentences {
  const text: ProblemSentences = (language === 'de' ? PROBLEMS_DE[code] : undefined) ?? PROBLEMS[code];
  const said = (sentence: string): string => {
    const filled = sentence.replace(/\{(\w+)\}/g, (_, key: string) =>
      factIn(sentenceLanguage(language), key, facts[key] ?? '…'),
    );
    return language === 'pseudo' || language === 'mirror' ? pseudoText(filled) : filled;
  };
  return { happened: said(text.happened), meaning: said(text.meaning), remedy: said(text.remedy) };
}

/** A code as it stands in the history; null where this window does not know it. */
export function knownCode(code: string): ProblemCode | null {
  return Object.hasOwn(PROBLEMS, code) ? (code as ProblemCode) : null;
}
