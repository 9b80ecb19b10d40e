import { describe, expect, it } from 'vitest';
import { listingRoots } from '../../../core/zfs/cli-listing.ts';
import { type Answerer, bench } from './support/fake-host.ts';

const rows = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const missing = (name: string): string => `cannot open '${name}': dataset does not exist\n`;
const ALL_TYPES = 'filesystem,volume,snapshot,bookmark';

/** Answers `zfs list` and `zfs get` of named things from what is there. */
function shelf(there: Readonly<Record<string, string>>): Answerer {
  return ([command, ...rest]) => {
    if (command !== 'list' && command !== 'get') return undefined;
    const names = rest.slice(command === 'list' ? 5 : 4);
    return {
      stdout: names.map((name) => there[name] ?? '').join(''),
      stderr: names.flatMap((name) => (there[name] === undefined ? [missing(name)] : [])).join(''),
    };
  };
}

describe('listVersions', () => {
  it('is one command for everything below the roots', async () => {
    const { zfs, ran } = bench(() => ({ stdout: rows('p/a\t7\t1', 'p/a@x\t2\t20', 'p/b\t8\t1') }));
    const listing = await zfs.listVersions(['p/a', 'p/b'], { recursive: true, details: false });
    expect(listing).toEqual([
      { dataset: 'p/a', guid: 7n, versions: [{ type: 'snapshot', name: 'x', guid: 2n, createtxg: 20n }] },
      { dataset: 'p/b', guid: 8n, versions: [] },
    ]);
    expect(ran()).toEqual([['list', '-Hp', '-r', '-t', ALL_TYPES, '-o', 'name,guid,createtxg', 'p/a', 'p/b']]);
  });

  it('asks for details only when told to', async () => {
    const { zfs, ran } = bench(() => ({ stdout: rows('p\t7\t1\t5\t-') }));
    await zfs.listVersions([], { recursive: true, details: true });
    expect(ran()).toEqual([['list', '-Hp', '-r', '-t', ALL_TYPES, '-o', 'name,guid,createtxg,creation,userrefs']]);
  });

  it('leaves out the children where only the datasets themselves are wanted', async () => {
    const { zfs, ran } = bench(() => ({ stdout: rows('p/a\t7\t1', 'p/a@x\t2\t20', 'p/a/child\t8\t1') }));
    const listing = await zfs.listVersions(['p/a'], { recursive: false, details: false });
    expect(listing.map(({ dataset }) => dataset)).toEqual(['p/a']);
    expect(ran()[0]?.slice(0, 4)).toEqual(['list', '-Hp', '-d', '1']);
  });

  it('lists the pools themselves where no root is given', async () => {
    const { zfs } = bench(() => ({ stdout: rows('p\t7\t1', 'p/a\t8\t1', 'q\t9\t1') }));
    const listing = await zfs.listVersions([], { recursive: false, details: false });
    expect(listing.map(({ dataset }) => dataset)).toEqual(['p', 'q']);
  });

  it('is no listing when anything went wrong, whatever was printed', async () => {
    const { zfs } = bench(() => ({ stdout: rows('p/a\t7\t1'), stderr: missing('p/b') }));
    const listing = zfs.listVersions(['p/a', 'p/b'], { recursive: true, details: false });
    await expect(listing).rejects.toMatchObject({ code: 'not-found', facts: { name: 'p/b', host: 'nas' } });
  });

  it('misses a root below another one, too', async () => {
    const { zfs } = bench(() => ({ stdout: rows('p/a\t7\t1') }));
    const listing = zfs.listVersions(['p/a', 'p/a/b'], { recursive: true, details: false });
    await expect(listing).rejects.toMatchObject({ code: 'not-found', facts: { name: 'p/a/b' } });
  });

  it('is no listing when the command was killed or ended oddly', async () => {
    for (const code of [null, 1, 2]) {
      const { zfs } = bench(() => ({ stdout: rows('p\t7\t1'), code }));
      await expect(zfs.listVersions(['p'], { recursive: true, details: false })).rejects.toThrow(/command-failed/);
    }
  });

  it('asks for no name that is not one', async () => {
    const { zfs, host } = bench();
    for (const root of ['-r', 'p@x', '', 'p/../q']) {
      await expect(zfs.listVersions([root], { recursive: true, details: false })).rejects.toThrow(/name-invalid/);
    }
    expect(host.calls).toEqual([]);
  });

  it('cuts a list of roots that no command could take', async () => {
    const roots = Array.from({ length: 3000 }, (_, index) => `p/${'x'.repeat(60)}${index}`);
    const { zfs, ran } = bench((args) => ({ stdout: rows(...args.slice(8).map((root) => `${root}\t1\t1`)) }));
    const listing = await zfs.listVersions(roots, { recursive: false, details: false });
    expect(new Set(listing.map(({ dataset }) => dataset))).toEqual(new Set(roots));
    expect(ran().length).toBeGreaterThan(1);
    for (const args of ran()) expect(args.join(' ').length).toBeLessThan(100 * 1024);
  });
});

describe('listingRoots', () => {
  it('drops what another root covers', () => {
    expect(listingRoots(['p/a/b', 'p/a', 'p/aa', 'p/a'], true)).toEqual(['p/a', 'p/aa']);
    expect(listingRoots(['p/a/b', 'p/a', 'p/a'], false)).toEqual(['p/a/b', 'p/a']);
  });
});

describe('listDatasets', () => {
  const facts = (name: string, ...more: readonly string[]): string =>
    rows(
      ...[
        'type\tfilesystem\t-',
        'guid\t5\t-',
        'mounted\tyes\t-',
        'encryption\toff\tdefault',
        'encryptionroot\t-\t-',
        'keystatus\t-\t-',
        'receive_resume_token\t-\t-',
        ...more,
        'createtxg\t1\t-',
      ].map((row) => `${name}\t${row}`),
    );

  it('is one command with everything planning needs', async () => {
    const { zfs, ran } = bench(([command]) =>
      command === 'get'
        ? { stdout: facts('p', 'a:b\tx\tlocal') + facts('p/c', 'a:b\tx\tinherited from p') }
        : undefined,
    );
    const datasets = await zfs.listDatasets(['p'], { recursive: true, properties: ['a:b'] });
    expect(datasets.map(({ dataset, properties }) => [dataset, properties.get('a:b')?.source])).toEqual([
      ['p', 'local'],
      ['p/c', 'inherited'],
    ]);
    expect(ran()).toEqual([
      [
        'get',
        '-Hp',
        '-r',
        '-t',
        'filesystem,volume',
        '-o',
        'name,property,value,source',
        'type,guid,mounted,encryption,encryptionroot,keystatus,receive_resume_token,a:b,createtxg',
        'p',
      ],
    ]);
  });

  it('asks for snapshots_changed from 2.2 on, and for one level where told to', async () => {
    const answer: Answerer = ([command]) =>
      command === 'get' ? { stdout: facts('p', 'snapshots_changed\t1700000000\t-') } : undefined;
    const { zfs, ran } = bench(answer, { version: '2.2.0-1' });
    const [dataset] = await zfs.listDatasets([], { recursive: false, properties: [] });
    expect(dataset?.snapshotsChangedS).toBe(1700000000);
    expect(ran()[0]?.slice(0, 4)).toEqual(['get', '-Hp', '-d', '0']);
    expect(ran()[0]?.at(-1)).toBe(
      'type,guid,mounted,encryption,encryptionroot,keystatus,receive_resume_token,snapshots_changed,createtxg',
    );
  });

  it('is no listing when a root is missing', async () => {
    const { zfs } = bench(([command]) =>
      command === 'get' ? { stdout: facts('p'), stderr: missing('q') } : undefined,
    );
    await expect(zfs.listDatasets(['p', 'q'], { recursive: true, properties: [] })).rejects.toThrow(/not-found/);
  });
});

describe('snapshotDetails', () => {
  const row = (name: string): string => `${name}\t2\t20\t1700000000\t1\n`;

  it('leaves out what is gone', async () => {
    const { zfs, ran } = bench(shelf({ 'p/a@x': row('p/a@x') }));
    const details = await zfs.snapshotDetails([
      { dataset: 'p/a', name: 'x' },
      { dataset: 'p/a', name: 'gone' },
    ]);
    expect(details).toEqual(new Map([['p/a@x', { guid: 2n, createtxg: 20n, creationS: 1700000000, userrefs: 1 }]]));
    expect(ran()).toEqual([
      ['list', '-Hp', '-t', 'snapshot', '-o', 'name,guid,createtxg,creation,userrefs', 'p/a@x', 'p/a@gone'],
    ]);
  });

  it.each([
    ['another complaint', { stdout: row('p@x'), stderr: `${missing('p@y')}cannot open 'p@z': permission denied\n` }],
    ['no complaint', { stdout: row('p@x'), code: 1 }],
    ['a name that is nowhere', { stdout: row('p@x') }],
    ['a name that is there and missing', { stdout: row('p@x') + row('p@y'), stderr: missing('p@y') }],
    ['a name that nobody asked for', { stdout: row('p@x') + row('p@y') + row('p@z') }],
    ['a death', { stdout: row('p@x'), stderr: missing('p@y'), code: null }],
  ])('is an error with %s', async (_, answer) => {
    const { zfs } = bench(() => answer);
    const names = ['x', 'y'].map((name) => ({ dataset: 'p', name }));
    await expect(zfs.snapshotDetails(names)).rejects.toThrow(/command-failed|output-unreadable|permission-denied/);
  });

  it('asks for fewer names where the complaints were too many to be kept', async () => {
    const { zfs, ran } = bench((args) => {
      const names = args.slice(6);
      if (names.length > 2) return { stderr: `(...)${missing('p@d')}` };
      return shelf({ 'p@a': row('p@a') })(args, { deadlineMs: 1 });
    });
    const details = await zfs.snapshotDetails(['a', 'b', 'c', 'd'].map((name) => ({ dataset: 'p', name })));
    expect([...details.keys()]).toEqual(['p@a']);
    expect(ran().map((args) => args.length - 6)).toEqual([4, 2, 2]);
  });
});

describe('properties', () => {
  const property = (name: string, value: string): string => `${name}\ta:b\t${value}\tlocal\n${name}\tcreatetxg\t7\t-\n`;

  it('are those of one name', async () => {
    const { zfs, ran } = bench(shelf({ 'p/a#b m': property('p/a#b m', 'x') }));
    expect(await zfs.getProperties('p/a#b m', ['a:b'])).toEqual(new Map([['a:b', { value: 'x', source: 'local' }]]));
    expect(ran()).toEqual([['get', '-Hp', '-o', 'name,property,value,source', 'a:b,createtxg', 'p/a#b m']]);
  });

  it.each(['p/no such', 'p@no such', 'p#no such'])('of %s are not found', async (name) => {
    const { zfs } = bench(shelf({}));
    await expect(zfs.getProperties(name, ['a:b'])).rejects.toMatchObject({ code: 'not-found', facts: { name } });
  });

  it('are read back for many names at once', async () => {
    const { zfs, ran } = bench(shelf({ p: property('p', 'x'), 'p@s': property('p@s', 'y') }));
    const back = await zfs.readBack(['p', 'p@s', 'p#gone'], ['a:b', 'createtxg']);
    expect([...back.keys()]).toEqual(['p', 'p@s']);
    expect(back.get('p@s')?.get('createtxg')?.value).toBe('7');
    expect(ran()).toHaveLength(1);
    expect((await zfs.readBack([], ['a:b'])).size).toBe(0);
    expect(ran()).toHaveLength(1);
  });

  it('of encryption are absent where zfs is older than encryption, instead of failing everything', async () => {
    const answer = shelf({ p: property('p', 'x') });
    const { zfs, ran } = bench((args, options) =>
      args[0] === 'load-key' ? { stderr: "unrecognized command 'load-key'\n", code: 2 } : answer(args, options),
    );
    const back = await zfs.readBack(['p'], ['a:b', 'encryption']);
    expect(back.get('p')).toEqual(new Map([['a:b', { value: 'x', source: 'local' }]]));
    expect(ran().at(-1)).toEqual(['get', '-Hp', '-o', 'name,property,value,source', 'a:b,createtxg', 'p']);
  });
});
