import { describe, expect, it } from 'vitest';
import { PROBLEMS_DE } from '../../../core/api/messages/problems-de.ts';
import { PROBLEMS, type ProblemCode } from '../../../core/api/problem.ts';
import { remark } from '../../../core/api/remark.ts';
import { de } from '../../../renderer/i18n/de.ts';
import { en } from '../../../renderer/i18n/en.ts';
import { pickLanguage } from '../../../renderer/i18n/language.ts';
import { PSEUDO_MARKS, pseudoText } from '../../../renderer/i18n/pseudo.ts';
import { translator } from '../../../renderer/i18n/translator.ts';
import { problemSentences } from '../../../renderer/ui/problem-text.ts';

/** Every text by its path. */
function leaves(texts: object, path = ''): readonly (readonly [path: string, text: string])[] {
  return Object.entries(texts).flatMap(([key, value]: [string, string | object]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as const] : leaves(value, `${path}${key}.`),
  );
}

const fields = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{?(\w+)\}\}?/g)].map(([, name]) => name ?? '').sort();

describe('German', () => {
  const german = new Map(leaves(de));

  it.each(leaves(en))('fills the same places: %s', (path, text) => {
    expect(fields(german.get(path) ?? '')).toEqual(fields(text));
    expect(german.get(path)?.trim()).toBeTruthy();
  });

  it('says every problem', () => {
    expect(Object.keys(PROBLEMS).filter((code) => !Object.hasOwn(PROBLEMS_DE, code))).toEqual([]);
  });

  it.each(Object.keys(PROBLEMS_DE) as ProblemCode[])('knows no other facts of %s', (code) => {
    const known = new Set(Object.values(PROBLEMS[code]).flatMap(fields));
    expect(
      Object.values(PROBLEMS_DE[code] ?? {})
        .flatMap(fields)
        .filter((fact) => !known.has(fact)),
    ).toEqual([]);
  });
});

describe('a translator', () => {
  it('chooses the form by the number and writes it as the language does', () => {
    expect(translator('en').t('matrix.legend.current', { count: 1 })).toBe('1 newest');
    expect(translator('de').t('matrix.legend.current', { count: 12_345 })).toBe('12.345 auf neuestem Stand');
    expect(translator('de').t('live.datasets', { done: 1, count: 1 })).toBe('1 von 1 Dataset');
    expect(translator('en').t('live.pruned', { count: 0 })).toBe('nothing to destroy');
  });

  it('writes names as they are', () => {
    expect(translator('en').t('palette.openJob', { job: '<b>&{{x}}$t(a)' })).toBe('Open <b>&{{x}}$t(a)');
  });

  it('tells ages and what lies ahead', () => {
    const { format } = translator('en');
    const now = Date.UTC(2026, 0, 10);
    expect(format.ago(now - 30_000, now)).toBe('just now');
    expect(format.ago(now - 12 * 60_000, now)).toBe('12 min ago');
    expect(format.ago(now + 3_600_000, now)).toBe('60 min in the future');
    expect(format.until(now + 8 * 60_000, now)).toBe('in 8 min');
    expect(format.duration(200_000)).toBe('3 min 20 sec');
    expect(format.bytes(1023.97 * 1024)).toBe('1.0 MiB');
    expect(format.percent(0.9999)).toBe('99%');
  });

  it('speaks the first language that it knows', () => {
    expect(pickLanguage(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(pickLanguage(['fr'])).toBe('en');
  });
});

describe('the pseudo language', () => {
  it('marks every text and leaves what is filled in', () => {
    expect(pseudoText('Open {{job}}').startsWith(PSEUDO_MARKS[0])).toBe(true);
    expect(translator('pseudo').t('palette.openJob', { job: 'nas' })).toContain('nas');
  });
});

describe('problems', () => {
  it('are filled with their facts', () => {
    expect(problemSentences('login-refused', { host: 'nas', user: 'root' }, 'en').happened).toBe(
      'nas refused the login of root.',
    );
    const facts = { job: 'nas', reason: remark('unbuilt-hook', { type: 'command' }) };
    expect(problemSentences('config-not-runnable', facts, 'de').happened).toContain('Programme der Art command');
    expect(problemSentences('config-not-runnable', facts, 'en').happened).toContain('hooks of type command');
  });
});
