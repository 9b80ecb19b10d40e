import { describe, expect, it } from 'vitest';
import type { IncludeFound } from '../../../core/config/include.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { complaintsOf, configOf, file, parse, snapJob } from './helper.ts';

type Tree = Readonly<Record<string, string | readonly string[]>>;

/** A disk of these files (texts) and folders (names). */
function disk(tree: Tree) {
  return (path: string): IncludeFound => {
    const found = tree[path];
    if (found === undefined) return { kind: 'fault', reason: 'it does not exist' };
    return typeof found === 'string' ? { kind: 'file', text: found } : { kind: 'directory', names: found };
  };
}

const named = (name: string) => file(snapJob({ name }));

describe('include', () => {
  it('reads files and folders from the directory of the main file, jobs in order', () => {
    const tree = {
      '/etc/snapferry/one.yml': named('one'),
      '/abs/two.yml': named('two'),
      '/etc/snapferry/jobs.d': ['b.yml', '.hidden.yml', 'a.yml', 'c.yaml', 'README', 'folder.yml'],
      '/etc/snapferry/jobs.d/a.yml': named('a'),
      '/etc/snapferry/jobs.d/b.yml': '',
      '/etc/snapferry/jobs.d/.hidden.yml': named('hidden'),
      '/etc/snapferry/jobs.d/folder.yml': ['x.yml'],
      '/empty': [],
    };
    const text = `include: [./one.yml, /abs/two.yml, jobs.d, /empty]\n${named('main')}`;
    expect(configOf(text, disk(tree)).jobs.map(({ name }) => name)).toEqual(['main', 'one', 'two', 'hidden', 'a']);
  });

  it('resolves against the main file also when that is named relatively', () => {
    const text = 'include: [one.yml]';
    const readInclude = disk({ 'conf/one.yml': named('one') });
    expect(parseConfig(text, { fileName: 'conf/main.yml', readInclude }).config?.jobs).toHaveLength(1);
  });

  it.each<[string, Tree, RegExp]>([
    ['gone.yml', {}, /include\[0\]: "\/etc\/snapferry\/gone.yml" cannot be included: it does not exist/],
    ['/x/y.yaml', { '/x/y.yaml': '' }, /must end in \.yml/],
    ['/x', { '/x': ['a.yml'] }, /its file "a.yml" is at fault: it does not exist/],
    ['"a\\0b"', {}, /not a path/],
    ['""', {}, /must not be empty/],
  ])('complains about %s', (entry, tree, message) => {
    expect(complaintsOf(`include:\n  - ${entry}\n`, disk(tree)).join()).toMatch(message);
  });

  it('needs somebody who reads', () => {
    expect(complaintsOf('include: [a.yml]').join()).toMatch(/1:11 include\[0\]: .*other files cannot be read here/);
  });

  it('does not nest, and takes only jobs', () => {
    const tree = { '/a.yml': `include: [/b.yml]\nglobal: {logging: []}\n${named('a')}` };
    const { problems, config } = parse('include: [/a.yml]', disk(tree));
    expect(problems).toMatchObject([
      { file: '/a.yml', line: 1, severity: 'error', message: 'an included file cannot include others' },
      { file: '/a.yml', line: 2, severity: 'warning', message: 'global has no effect in an included file' },
    ]);
    expect(config).toBeNull();
    const harmless = { '/a.yml': 'include: []\nglobal:\njobs: []' };
    expect(complaintsOf('include: [/a.yml]', disk(harmless))).toEqual([]);
  });

  it('checks names over all files', () => {
    const tree = { '/a.yml': named('same') };
    const { problems } = parse(`include: [/a.yml]\n${named('same')}`, disk(tree));
    expect(problems).toMatchObject([
      { file: '/a.yml', line: 3, message: expect.stringContaining('(/etc/snapferry/snapferry.yml, line 4)') },
    ]);
  });

  it('keeps the faults of every file apart', () => {
    const tree = { '/a.yml': 'jobs: 5', '/b.yml': 'jobs: [' };
    const { problems, texts } = parse('include: [/a.yml, /b.yml]\nx: 1', disk(tree));
    expect(problems.map((problem) => `${problem.file}:${problem.line}`)).toEqual([
      '/etc/snapferry/snapferry.yml:2',
      '/a.yml:1',
      '/b.yml:1',
    ]);
    expect([...texts.keys()]).toEqual(['/etc/snapferry/snapferry.yml', '/a.yml', '/b.yml']);
  });

  it('is bounded', () => {
    const names = Array.from({ length: 201 }, (_, n) => `${n}.yml`);
    const tree = { '/d': names, ...Object.fromEntries(names.map((name) => [`/d/${name}`, ''])) };
    expect(complaintsOf('include: [/d]', disk(tree)).join()).toMatch(/more than 200 files/);
  });
});
