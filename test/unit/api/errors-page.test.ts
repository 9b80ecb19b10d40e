import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEMS, type ProblemText } from '../../../core/api/problem.ts';
import { errorsPage } from '../../../scripts/generate-errors.ts';

describe('docs/errors.md', () => {
  it('is current: otherwise run scripts/generate-errors.ts', () => {
    expect(readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')).toBe(errorsPage());
  });

  it('names every code once', () => {
    const codes = [...errorsPage().matchAll(/^## `(.*)`$/gm)].map((match) => match[1]);
    expect(codes.toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });
});

describe('the table of problems', () => {
  const problems: [string, ProblemText][] = Object.entries(PROBLEMS);
  it.each(problems)('%s says three things in sentences', (_, { happened, meaning, remedy }) => {
    for (const text of [meaning, remedy]) expect(text).not.toBe('');
    for (const text of [happened, meaning, remedy]) expect(text).toBe(text.trim());
    expect(happened).toMatch(/[.}]$/);
    expect(meaning).toMatch(/\.$/);
  });
});
