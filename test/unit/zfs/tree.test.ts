import { describe, expect, it } from 'vitest';
import { dropLeading, formatDatasetPath, hasPrefix, parseDatasetPath } from '../../../core/zfs/dataset-path.ts';
import { walkTopDown } from '../../../core/zfs/tree.ts';

describe('walkTopDown', () => {
  const walk = (datasets: readonly string[]): readonly string[] =>
    walkTopDown(datasets).map(({ dataset, filledIn }) => (filledIn ? `${dataset} f` : dataset));

  it('fills in what lies between', () => {
    expect(walk(['pool1', 'pool1/foo/bar', 'pool1/foo/bar/looloo', 'pool2/test/bar'])).toEqual([
      'pool1',
      'pool1/foo f',
      'pool1/foo/bar',
      'pool1/foo/bar/looloo',
      'pool2 f',
      'pool2/test f',
      'pool2/test/bar',
    ]);
  });

  it('puts parents first whatever the order', () => {
    expect(walk(['pool1', 'pool1/foo/bar/looloo', 'pool1/foo/bar', 'pool1/bang/baz'])).toEqual([
      'pool1',
      'pool1/foo f',
      'pool1/foo/bar',
      'pool1/foo/bar/looloo',
      'pool1/bang f',
      'pool1/bang/baz',
    ]);
  });

  it('has nothing to visit for nothing', () => {
    expect(walk([])).toEqual([]);
  });
});

describe('dataset paths', () => {
  it('drops leading components, and more than there are', () => {
    const path = parseDatasetPath('foo/bar/a/b');
    const rest = dropLeading(path, 2);
    expect(formatDatasetPath(rest)).toBe('a/b');
    expect(formatDatasetPath(dropLeading(rest, 2))).toBe('');
    expect(formatDatasetPath(dropLeading(dropLeading(rest, 2), 1))).toBe('');
  });

  it('compares by components', () => {
    expect(hasPrefix(parseDatasetPath('a/bc'), parseDatasetPath('a/b'))).toBe(false);
    expect(hasPrefix(parseDatasetPath('a/b/c'), parseDatasetPath('a/b'))).toBe(true);
    expect(hasPrefix(parseDatasetPath('a'), parseDatasetPath('a/b'))).toBe(false);
    expect(hasPrefix(parseDatasetPath('a'), parseDatasetPath(''))).toBe(true);
  });

  it.each(['/a', 'a/', 'a//b', 'a/../b', 'a@b', 'a%b', 'a+b', 'ä'])('refuses %j', (text) => {
    expect(() => parseDatasetPath(text)).toThrow(/name-invalid/);
  });
});
