/** Which language is spoken, and how it writes. */
import type { Language as SentenceLanguage } from '../../core/api/messages/languages.ts';

/** The pseudo ones are for tests: they are chosen by name and offered nowhere. */
export const LANGUAGES = ['en', 'de', 'pseudo', 'mirror'] as const;
export type Language = (typeof LANGUAGES)[number];
export const OFFERED_LANGUAGES = ['en', 'de'] as const satisfies readonly Language[];

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** The first of the wanted ones (BCP 47 tags) that is spoken here; English otherwise. Pure. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [language] = tag.toLowerCase().split('-');
    const found = OFFERED_LANGUAGES.find((offered) => offered === language);
    if (found !== undefined) return found;
  }
  return 'en';
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'mirror' ? 'rtl' : 'ltr';
}

/** The tag by which numbers and dates are written, and which the page carries: British English has other clocks than American. */
export function localeOf(language: Language, wanted: readonly string[]): string {
  const spoken = language === 'pseudo' || language === 'mirror' ? 'en' : language;
  return wanted.find((tag) => tag.toLowerCase().split('-')[0] === spoken) ?? spoken;
}

/** The language of sentences that are made in core. */
export function sentenceLanguage(language: Language): SentenceLanguage {
  return language === 'de' ? 'de' : 'en';
}
