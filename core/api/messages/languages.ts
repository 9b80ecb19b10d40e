/** The languages that Snapferry speaks. */
import { de } from './de.ts';
import { en } from './en.ts';
import type { Messages } from './keys.ts';

export type Language = 'en' | 'de';

export const MESSAGES: Readonly<Record<Language, Messages>> = { en, de };
