import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPattern, compileFilter } from '../../../core/endpoint/filter.ts';

const filter = (patterns: Record<string, boolean>) => compileFilter(new Map(Object.entries(patterns)));

describe('which datasets a filter takes', () => {
  it.each([
    [{}, [], ['', 'foo', 'zroot']],
    [
      { 'tank<': true, 'tank/tmp<': false, 'tank/home/x<': false, 'tank/home/x/1': true },
      ['tank', 'tank/home/y', 'tank/home/x/1'],
      ['zroot', 'tank/tmp', 'tank/tmp/foo', 'tank/home/x', 'tank/home/x/2'],
    ],
    [{ 'tank/home/bob': true, 'tank/home/bob<': false }, ['tank/home/bob'], ['tank/home/bob/downloads']],
    [
      { 'tank<': true, 'tank/foo<': false, 'tank/foo/bar': true },
      ['tank/bar', 'tank/foo/bar', 'tank/var/log'],
      ['tank/foo/bar/loo', 'zroot'],
    ],
    [{ 'tank/foo<': true }, ['tank/foo', 'tank/foo/x'], ['tank/foobar', 'tank']],
    [{ '<': true, secret: false }, ['tank', 'tank/x', 'secret/x'], ['secret', '']],
  ])('%j', (patterns, taken, left) => {
    const compiled = filter(patterns);
    expect(taken.filter((dataset) => !compiled.matches(dataset))).toEqual([]);
    expect(left.filter((dataset) => compiled.matches(dataset))).toEqual([]);
  });

  it('gives the same answer whatever the order of the patterns', () => {
    const component = fc.constantFrom('a', 'b', 'ab');
    const path = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const pattern = fc.tuple(path, fc.constantFrom('', '<')).map((parts) => parts.join(''));
    const entries = fc.uniqueArray(fc.tuple(pattern, fc.boolean()), { selector: (entry) => entry[0], maxLength: 6 });
    fc.assert(
      fc.property(entries, path, (list, dataset) => {
        const forwards = compileFilter(new Map(list)).matches(dataset);
        expect(compileFilter(new Map(list.toReversed())).matches(dataset)).toBe(forwards);
        const components = (text: string) => text.replace('<', '').split('/').length;
        // The same rule said the slow way.
        const deciding = list
          .filter(([p]) => p === dataset || (p.endsWith('<') && `${dataset}/`.startsWith(`${p.slice(0, -1)}/`)))
          .sort(([a], [b]) => Number(b === dataset) - Number(a === dataset) || components(b) - components(a))[0];
        expect(forwards).toBe(deciding?.[1] ?? false);
      }),
    );
  });
});

describe('patterns', () => {
  it.each(['tank', 'tank<', '<', '', 'tank/a b<', 'a:b.c_d-e/f'])('takes %j', (pattern) => {
    expect(checkPattern(pattern)).toBeNull();
  });

  it.each([
    'tank<x',
    'tank<<',
    '<<',
    'tank/*',
    '*',
    'tank@a',
    'tank#a',
    'a|b',
    'a\tb',
    'a>b',
    'tank/',
    'tank/<',
    '/',
    '/tank',
    'tank//a',
    'tank/a+b',
  ])('refuses %j', (pattern) => {
    expect(checkPattern(pattern)).not.toBeNull();
    expect(() => filter({ [pattern]: true })).toThrow('name-invalid');
  });

  it('names those that match no dataset, but never the root pattern', () => {
    const compiled = filter({ '<': true, 'tank<': true, 'tank/gone': false, 'tank/home<': false });
    expect(compiled.unmatchedPatterns(['tank', 'tank/home', 'zroot'])).toEqual(['tank/gone']);
  });
});
