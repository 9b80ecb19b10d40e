import { describe, expect, it } from 'vitest';
import { Complaints } from '../../../core/config/complaint.ts';
import { entryOf, isNull, itemOf, placeOf, type YamlNode } from '../../../core/config/yaml/nodes.ts';
import { MAX_TEXT_LENGTH, parseYaml } from '../../../core/config/yaml/parse.ts';

function read(text: string): { readonly node: YamlNode | null; readonly complaints: readonly string[] } {
  const complaints = new Complaints();
  const node = parseYaml(text, 'f.yml', complaints);
  const list = complaints.sorted().map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  return { node, complaints: list };
}

/** The tree as plain values: scalars as their text, quoted ones with a mark. */
function plain(node: YamlNode | null): unknown {
  if (node === null) return null;
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
  if (node.kind === 'broken') return 'BROKEN';
  return node.quoted ? `'${node.text}'` : node.text;
}

function good(text: string): unknown {
  const { node, complaints } = read(text);
  expect(complaints).toEqual([]);
  return plain(node);
}

describe('the tree of a text', () => {
  it.each([
    ['', null],
    ['   \n\n', null],
    ['---\n', null],
    ['# only a comment\n', null],
    ['---\n# c\n...\n', null],
    ['a: 1\n...\n', { a: '1' }],
    ['\ufeffa: 1', { a: '1' }],
    ['a: off\nb: 007\nc: 1.50\nd: yes\n', { a: 'off', b: '007', c: '1.50', d: 'yes' }],
    ["a: \"x\\ty\"\nb: 'it''s'\n", { a: "'x\ty'", b: "'it's'" }],
    ['a: |\n  one\n  two\n', { a: "'one\ntwo\n'" }],
    ['{a: 1, b: :8888,}', { a: '1', b: ':8888' }],
    ['"<": true\n"<<": x\n', { '<': 'true', '<<': 'x' }],
    ['yes: 1\n007: 2\n', { yes: '1', '007': '2' }],
    ['a: !!str 5\nb: !!int 5\nc: ! 5', { a: "'5'", b: '5', c: "'5'" }],
    ['a: &x [1, 2]\nb: *x\n', { a: ['1', '2'], b: ['1', '2'] }],
    ['&k key: 1\nother: *k\n', { key: '1', other: 'key' }],
    ['a: &x 1\nb: &x 2\nc: *x\n', { a: '1', b: '2', c: '2' }],
    ['d: &d {a: 1, b: 2}\ne:\n  <<: *d\n  b: 3\n', { d: { a: '1', b: '2' }, e: { a: '1', b: '3' } }],
    [
      'a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\n',
      { a: { x: '1' }, b: { x: '2', y: '2' }, c: { x: '1', y: '2', z: '3' } },
    ],
  ])('%j', (text, value) => {
    expect(good(text)).toEqual(value);
  });

  it('knows where everything stands', () => {
    const { node } = read('a:\n  - b: 1\n    "c d":   two\ne:\n');
    if (node === null) throw new Error('empty');
    expect(placeOf(node, 'a')).toEqual({ file: 'f.yml', line: 2, column: 3 });
    const item = itemOf(entryOf(node, 'a')?.value ?? node, 0);
    expect(placeOf(item, 'c d')).toMatchObject({ line: 3, column: 14 });
    expect(entryOf(item, 'c d')?.keyPlace).toMatchObject({ line: 3, column: 5 });
    // Where there is no value, its key is the place to look at.
    expect(placeOf(node, 'e')).toMatchObject({ line: 4, column: 1 });
    expect(placeOf(node, 'a', 'missing')).toMatchObject({ line: 2, column: 3 });
  });

  it('tells null from text', () => {
    const { node } = read('- \n- ~\n- null\n- "null"\n- ""\n- nil\n- []\n');
    const items = node?.kind === 'list' ? node.items : [];
    expect(items.map(isNull)).toEqual([true, true, true, false, false, false, false]);
  });
});

describe('what is refused', () => {
  it.each([
    ['a: 1\nb: 2\na: 3\n', '3:1 a: the key "a" is given twice'],
    ['x: {a: 1, "a": 2}', '1:11 x.a: the key "a" is given twice'],
    ['jobs:\n  - name: n\n    a: 1\n    a: 2\n', '4:5 jobs[0] "n".a: the key "a" is given twice'],
    ['a: 1\n---\nb: 2\n', '2:1 : a second YAML document begins here; only one is allowed'],
    ['a: !foo x', '1:9 a: the tag "!foo" is not supported'],
    ['a: !!binary x', '1:13 a: the tag "tag:yaml.org,2002:binary" is not supported'],
    ['a: *nobody\n', '1:4 a: no anchor stands before the alias *nobody'],
    ['a: &x [*x]\n', '1:8 a[0]: the alias *x stands inside of what it refers to'],
    ['? [a, b]\n: 1\n', '1:3 : a key must be a text'],
    ['a: {<<: 5}', '1:9 a: the merge key << takes a map, or a list of maps'],
    ['a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n', '4:3 b["<<"]: the key "<<" is given twice'],
  ])('%j', (text, complaint) => {
    expect(read(text).complaints).toEqual([complaint]);
  });

  it('says one thing for each line of bad syntax, with a hint about stars', () => {
    const complaints = new Complaints();
    expect(parseYaml('a: 1\ncron: * * * * *\nb: [1\n', 'f.yml', complaints)).toBeNull();
    const [first, ...others] = complaints.sorted();
    expect(first).toMatchObject({ line: 2, column: 7, hint: expect.stringContaining('must be quoted') });
    expect(first?.message).toMatch(/^this is not valid YAML/);
    expect(new Set(others.map(({ line }) => line)).size).toBe(others.length);
  });

  it('says that tabs do not indent', () => {
    const complaints = new Complaints();
    parseYaml('a:\n\tb: 1\n', 'f.yml', complaints);
    expect(complaints.sorted()[0]?.hint).toBe('indent with spaces');
  });

  it('bounds size and depth before it reads', () => {
    expect(read('#'.repeat(MAX_TEXT_LENGTH + 1)).complaints[0]).toContain('longer than');
    for (const text of ['['.repeat(200_000), '{a: '.repeat(1000), '- '.repeat(100_000), '? '.repeat(1000)]) {
      expect(read(text).complaints).toEqual(['1:1 : the file nests lists or maps too deeply']);
    }
    const staircase = Array.from({ length: 60 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');
    expect(read(staircase).complaints[0]).toContain('nest too deeply here');
    // Brackets in texts are no depth.
    expect(good(`a: "${'['.repeat(100)}"\nb: x${'['.repeat(100)}\n`)).toHaveProperty('a');
  });

  it('bounds what aliases stand for', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 30; n += 1)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      );
    const { complaints } = read(lines.join('\n'));
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain('more than 50000 values');
  });
});
