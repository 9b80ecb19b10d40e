/** The languages of the shell, and which one a person has chosen for their desktop. */
import type { Language } from '../../core/api/messages/languages.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import type { ShellMessages } from './keys.ts';

export const SHELL_MESSAGES: Readonly<Record<Language, ShellMessages>> = { en, de };

/** By the environment, see locale(7); English where nothing fits. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const choices = [...(env.LANGUAGE ?? '').split(':'), env.LC_ALL, env.LC_MESSAGES, env.LANG];
  const known = choices.find((choice) => choice !== undefined && choice !== '');
  return /^de\b|^de_/i.test(known ?? '') ? 'de' : 'en';
}
