import { describe, expect, it } from 'vitest';
import { type Answerer, bench } from './support/fake-host.ts';

const COLUMNS = 'name,guid,createtxg,creation,userrefs';
const row = (name: string): string => `${name}\t2\t20\t1700000000\t1\n`;
const manyOf = (dataset: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({ dataset, name: `s${n}` }));

/** Three datasets with 300 snapshots each, of which `p/c` is not there any more. */
const shelf: Answerer = ([command, ...rest]) => {
  if (command !== 'list') return undefined;
  const names = rest.slice(rest[1] === '-d' ? 7 : 5);
  const gone = names.filter((name) => name.startsWith('p/c'));
  const there = names.filter((name) => !gone.includes(name));
  return {
    stdout: there
      .flatMap((name) =>
        name.includes('@') ? [row(name)] : manyOf(name, 300).map((one) => row(`${name}@${one.name}`)),
      )
      .join(''),
    stderr: gone.map((name) => `cannot open '${name}': dataset does not exist\n`).join(''),
  };
};

describe('details of many snapshots', () => {
  it('are one listing of their datasets', async () => {
    const { zfs, ran } = bench(shelf);
    const asked = [
      ...manyOf('p/a', 299),
      ...manyOf('p/b', 299),
      { dataset: 'p/b', name: 'gone' },
      ...manyOf('p/c', 10),
    ];
    const details = await zfs.snapshotDetails(asked);
    expect(details.size).toBe(598);
    expect(details.get('p/b@s298')).toEqual({ guid: 2n, createtxg: 20n, creationS: 1700000000, userrefs: 1 });
    expect([details.has('p/b@gone'), details.has('p/c@s0'), details.has('p/a@s299')]).toEqual([false, false, false]);
    expect(ran()).toEqual([['list', '-Hp', '-d', '1', '-t', 'snapshot', '-o', COLUMNS, 'p/a', 'p/b', 'p/c']]);
  });

  it('are asked for by name where they are few of each dataset, or few at all', async () => {
    const { zfs, ran } = bench(shelf);
    await zfs.snapshotDetails(manyOf('p/a', 300));
    const scattered = Array.from({ length: 600 }, (_, n) => ({ dataset: `q/d${n}`, name: 'x' }));
    await zfs.snapshotDetails(scattered);
    expect(ran().map((args) => [args[2], args.length - 6])).toEqual([
      ['-t', 300],
      ['-t', 500],
      ['-t', 100],
    ]);
  });

  it.each([
    ['a dataset that nobody asked about', 'q@s0\t2\t20\t1700000000\t1\n'],
    ['something else than a snapshot', 'p/a\t2\t20\t1700000000\t-\n'],
    ['half a row', 'p/a@s0\t2\n'],
  ])('are refused with %s', async (_, stdout) => {
    const { zfs } = bench(([command]) => (command === 'list' ? { stdout } : undefined));
    await expect(zfs.snapshotDetails(manyOf('p/a', 600))).rejects.toThrow(/output-unreadable/);
  });
});
