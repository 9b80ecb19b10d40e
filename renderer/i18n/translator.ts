/** Texts and figures of one language, ready to use. */
import { createInstance } from 'i18next';
import { type Format, formatOf } from '../text/format.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { directionOf, type Language, localeOf } from './language.ts';
import { pseudoTexts } from './pseudo.ts';
import type { TextKey, Texts } from './texts.ts';

export type Values = Readonly<Record<string, string | number>>;

export interface Translator {
  readonly language: Language;
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  /** The text of that name. A plural is chosen by `count`, which is written by the rules of the language. */
  readonly t: (key: TextKey, values?: Values) => string;
  readonly format: Format;
}

const MADE = new Map<string, Translator>();

function textsOf(language: Language): Texts {
  switch (language) {
    case 'en':
      return en;
    case 'de':
      return de;
    case 'pseudo':
    case 'mirror':
      return pseudoTexts(en);
  }
}

/** The translator of a language, which writes figures as the first of the wanted tags that fits it does; made once. */
export function translator(language: Language, wanted: readonly string[] = []): Translator {
  const locale = localeOf(language, wanted);
  const known = MADE.get(`${language} ${locale}`);
  if (known !== undefined) return known;
  const instance = createInstance({
    lng: locale,
    resources: { [locale]: { translation: textsOf(language) } },
    // React escapes; escaping here would show entities.
    interpolation: { escapeValue: false, skipOnVariables: true },
    initAsync: false,
    returnNull: false,
  });
  void instance.init();
  const numbers = new Intl.NumberFormat(locale);
  const t = (key: TextKey, values: Values = {}): string => {
    const { count } = values;
    // The number chooses the form; what is shown of it is written as the language does.
    const replace = typeof count === 'number' ? { ...values, count: numbers.format(count) } : values;
    const options: Readonly<Record<string, unknown>> = { ...values, replace };
    return instance.t(key, options);
  };
  const made = { language, locale, direction: directionOf(language), t, format: formatOf(locale, t) };
  MADE.set(`${language} ${locale}`, made);
  return made;
}
