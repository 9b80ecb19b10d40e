import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factProperties, readDatasetFacts } from '../../../core/zfs/parse-datasets.ts';
import { parsePropertyRows, parseSource, propertyOrder } from '../../../core/zfs/parse-properties.ts';
import { TOKEN_TEXT_LENGTH_MAX } from '../../../core/zfs/token.ts';
import type { PropertyValue } from '../../../core/zfs/types.ts';

const ORDER = propertyOrder(['my:a', 'my:b']);
const dataset = (name: string, a: string, b: string): string =>
  `${name}\tmy:a\t${a}\n${name}\tmy:b\t${b}\n${name}\tcreatetxg\t1\t-\n`;

describe('parseSource', () => {
  it.each([
    ['local', 'local'],
    ['default', 'default'],
    ['inherited from p/a b', 'inherited'],
    ['-', 'none'],
    ['temporary', 'temporary'],
    ['received', 'received'],
    ['', null],
    ['locally', null],
    ['local x', null],
    ['inherited', 'inherited'],
    ['inheritedfrom x', null],
  ])('%j is %s', (text, source) => {
    expect(parseSource(text)).toBe(source);
  });
});

describe('parsePropertyRows', () => {
  it('asks for each property once, and for one last that nobody can set', () => {
    expect(propertyOrder(['createtxg', 'guid', 'guid', 'a:b'])).toEqual(['guid', 'a:b', 'createtxg']);
    expect(() => propertyOrder(['a,b'])).toThrow(/name-invalid/);
  });

  it('reads empty values and values with tabs', () => {
    const rows = parsePropertyRows(dataset('p/a b', '\tlocal', 'x\ty\t\tinherited from p'), ORDER).get('p/a b');
    expect(rows?.get('my:a')).toEqual({ value: '', source: 'local' });
    expect(rows?.get('my:b')).toEqual({ value: 'x\ty\t', source: 'inherited' });
  });

  it('leaves out what is not set, but not a value that is a dash', () => {
    const rows = parsePropertyRows(dataset('p', '-\t-', '-\tlocal'), ORDER).get('p');
    expect(rows?.has('my:a')).toBe(false);
    expect(rows?.get('my:b')).toEqual({ value: '-', source: 'local' });
  });

  it('reads no rows', () => {
    expect(parsePropertyRows('', ORDER).size).toBe(0);
  });

  const good = dataset('p', 'x\tlocal', 'y\tlocal');
  it.each([
    ['a cut off line', good.slice(0, -1)],
    ['missing rows', good.split('\n').slice(0, 2).join('\n').concat('\n')],
    ['rows in another order', 'p\tmy:b\tx\tlocal\np\tmy:a\tx\tlocal\np\tcreatetxg\t1\t-\n'],
    ['rows of another name', good.replace('p\tmy:b', 'q\tmy:b')],
    ['a name twice', good + good],
    ['an invalid name', good.replaceAll('p\t', 'p@@\t')],
    ['an unknown source', good.replace('x\tlocal', 'x\tsomewhere')],
    ['too few fields', good.replace('x\tlocal', 'local')],
    ['a value with a newline', dataset('p', 'x\nz\tlocal', 'y\tlocal')],
    ['a last row that is no number', good.replace('createtxg\t1', 'createtxg\tx')],
  ])('refuses %s', (_, text) => {
    expect(() => parsePropertyRows(text, ORDER)).toThrow(/output-unreadable/);
  });

  it('does not believe rows that a value forges', () => {
    const forged = fc.constantFrom(
      'x\tlocal\np\tmy:b\tz',
      `x\tlocal\np\tmy:b\ty\tlocal\np\tcreatetxg\t1\t-\n${dataset('q', 'x\tlocal', 'y\tlocal')}p\tmy:a\tz`,
      `x\tlocal\np\tmy:b\ty\tlocal\np\tcreatetxg\t1\t-\nq\tmy:a\tz`,
      `x\tlocal\n${dataset('q', 'x\tlocal', 'y\tlocal')}p\tmy:a\tz`,
    );
    const noise = fc.string({
      unit: fc.constantFrom('\t', '\n', 'p', 'q', 'my:a', 'my:b', 'createtxg', '1', 'local', '-'),
    });
    fc.assert(
      fc.property(fc.oneof(forged, noise), fc.boolean(), (value, first) => {
        const text = dataset('p', first ? `${value}\tlocal` : 'x\tlocal', first ? 'y\tlocal' : `${value}\tlocal`);
        let names: readonly string[] = ['p'];
        let read: PropertyValue | undefined;
        try {
          const rows = parsePropertyRows(text, ORDER);
          names = [...rows.keys()];
          read = rows.get('p')?.get(first ? 'my:a' : 'my:b');
        } catch {
          expect(value).toContain('\n');
          return;
        }
        expect(names).toEqual(['p']);
        expect(read).toEqual({ value, source: 'local' });
      }),
      { numRuns: 500 },
    );
  });
});

describe('dataset facts', () => {
  const support = { nativeEncryption: true, resumableReceive: true, snapshotsChanged: true };
  const values = (entries: Readonly<Record<string, string>>): ReadonlyMap<string, PropertyValue> =>
    new Map(Object.entries(entries).map(([name, value]) => [name, { value, source: 'none' as const }]));
  const plain = { type: 'filesystem', guid: '5', encryption: 'off', mounted: 'yes' };
  const read = (entries: Readonly<Record<string, string>>, wanted: readonly string[] = [], known = support) =>
    readDatasetFacts('p/a', values(entries), known, wanted);

  it('asks for what the installation knows', () => {
    expect(factProperties(support, ['a:b', 'type'])).toEqual([
      'type',
      'guid',
      'mounted',
      'encryption',
      'encryptionroot',
      'keystatus',
      'receive_resume_token',
      'snapshots_changed',
      'a:b',
      'createtxg',
    ]);
    const nothing = { nativeEncryption: false, resumableReceive: false, snapshotsChanged: false };
    expect(factProperties(nothing, [])).toEqual(['type', 'guid', 'mounted', 'createtxg']);
    // One property that an old zfs does not know fails the whole listing.
    expect(factProperties(nothing, ['a:b', 'keyformat', 'pbkdf2salt'])).toEqual(factProperties(nothing, ['a:b']));
    expect(factProperties(support, ['keyformat'])).toContain('keyformat');
  });

  it('reads a plain filesystem', () => {
    expect(read({ ...plain, 'a:b': 'x', snapshots_changed: '1700000000' }, ['a:b', 'a:c'])).toEqual({
      dataset: 'p/a',
      guid: 5n,
      kind: 'filesystem',
      encrypted: false,
      encryptionRoot: null,
      keyLoaded: null,
      resumeToken: null,
      snapshotsChangedS: 1700000000,
      mounted: true,
      properties: new Map([['a:b', { value: 'x', source: 'none' }]]),
    });
  });

  it('reads an encrypted volume with partial state', () => {
    const facts = { encryption: 'aes-256-gcm', encryptionroot: 'p', keystatus: 'unavailable' };
    expect(read({ type: 'volume', guid: '5', ...facts, receive_resume_token: '1-a-b-c' })).toMatchObject({
      kind: 'volume',
      encrypted: true,
      encryptionRoot: 'p',
      keyLoaded: false,
      resumeToken: '1-a-b-c',
      snapshotsChangedS: null,
      mounted: false,
    });
    expect(read({ ...plain, ...facts, keystatus: 'available' }).keyLoaded).toBe(true);
    expect(read({ ...plain, ...facts, keystatus: 'what' }).keyLoaded).toBeNull();
  });

  it('knows no encryption where zfs knows none', () => {
    expect(read({ type: 'filesystem', guid: '5' }, [], { ...support, nativeEncryption: false }).encrypted).toBe(false);
  });

  it('bounds the token and leaves it to the decoder to refuse it', () => {
    const { resumeToken } = read({ ...plain, receive_resume_token: '1'.repeat(1_000_000) });
    expect(resumeToken).toHaveLength(TOKEN_TEXT_LENGTH_MAX + 1);
  });

  it.each([
    ['an unknown type', { ...plain, type: 'snapshot' }],
    ['no guid', { type: 'filesystem', encryption: 'off' }],
    ['no word on encryption', { type: 'filesystem', guid: '5' }],
    ['a strange encryption', { ...plain, encryption: 'a b' }],
  ])('refuses %s', (_, entries) => {
    expect(() => read(entries)).toThrow(/output-unreadable/);
  });
});
