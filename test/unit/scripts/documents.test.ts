import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../scripts/lib/root.ts';

const documents = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Targets of links to files, without anchors. */
const fileLinks = (text: string): readonly string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target]) =>
    target === undefined || /^[a-z]+:/.test(target) ? [] : [target],
  );

describe('documents', () => {
  it.each(documents)('%s links only to what is there', (path) => {
    const dead = fileLinks(textOf(path)).filter((target) => !existsSync(join(ROOT, dirname(path), target)));
    expect(dead).toEqual([]);
  });

  it('the configuration in the README is one of the examples, as it is', () => {
    const [, shown] = /```yaml\n([\s\S]*?)```/.exec(textOf('README.md')) ?? [];
    expect(shown).toBe(textOf('docs/examples/snapshots-only.yml'));
  });

  it('name only commands that package.json has', () => {
    const scripts = /"scripts": (\{[^}]*\})/.exec(textOf('package.json'))?.[1] ?? '{}';
    const known = Object.keys(JSON.parse(scripts));
    expect(known).toContain('test');
    const named = documents.flatMap((path) => [...textOf(path).matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => name === undefined || !known.includes(name))).toEqual([]);
  });
});
