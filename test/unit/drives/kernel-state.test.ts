import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { isAtRest, kernelPoolAtRest, kernelPoolState, kernelPools } from '../../../core/drives/kernel-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapferry-test-kstat-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['ONLINE\n', 'ONLINE'],
  ['SUSPENDED\n', 'SUSPENDED'],
  ['', null],
  ['Online\n', null],
  ['ONLINE\nDEGRADED\n', null],
])('the kernel says %j: %s', async (text, state) => {
  mkdirSync(join(folder, 'blue'), { recursive: true });
  writeFileSync(join(folder, 'blue', 'state'), text);
  expect(await kernelPoolState('blue', folder)).toBe(state);
});

it('no pool of that name, or no name of a pool, is none', async () => {
  expect(await kernelPoolState('red', folder)).toBeNull();
  expect(await kernelPoolState('blue/../blue', folder)).toBeNull();
  expect(await kernelPoolState('..', folder)).toBeNull();
});

it('all imported pools are those with a folder; what else lies there is none', async () => {
  const all = mkdtempSync(join(folder, 'all-'));
  for (const [pool, state] of [
    ['blue', 'SUSPENDED\n'],
    ['tank', 'ONLINE\n'],
    ['$import', 'ONLINE\n'],
  ] as const) {
    mkdirSync(join(all, pool));
    writeFileSync(join(all, pool, 'state'), state);
  }
  mkdirSync(join(all, 'old'));
  writeFileSync(join(all, 'arcstats'), '1\n');
  expect((await kernelPools(all))?.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'blue', state: 'SUSPENDED' },
    { name: 'old', state: null },
    { name: 'tank', state: 'ONLINE' },
  ]);
  expect(await kernelPools(join(all, 'nowhere'))).toBeNull();
});

const HEAD = `71 0 0x01 4 448 5310183712 9213131542
txg      birth            state ndirty       nread        nwritten     reads    writes   otime        qtime        wtime        stime
`;
const row = (txg: number, state: string, dirty = 0) =>
  `${txg}       ${9_000_000 + txg}          ${state}     ${dirty}            0            0            0        0        5119990742   3526         21831        0\n`;

it.each([
  ['all is written', HEAD + row(4, 'C', 512) + row(5, 'C') + row(6, 'O'), true],
  ['it has just been imported', HEAD + row(6, 'O'), true],
  ['something is being written', HEAD + row(4, 'C') + row(5, 'S') + row(6, 'O'), false],
  ['something waits to be written', HEAD + row(4, 'S') + row(5, 'W') + row(6, 'O'), false],
  ['something is brought together', HEAD + row(4, 'C') + row(5, 'Q') + row(6, 'O'), false],
  ['nothing is open', HEAD + row(4, 'C') + row(5, 'C'), false],
  ['no history is kept', HEAD, false],
  ['it is not understood', `${HEAD}something else\n${row(6, 'O')}`, false],
  ['there is nothing', '', false],
])('where %s', async (_, text, rests) => {
  mkdirSync(join(folder, 'green'), { recursive: true });
  writeFileSync(join(folder, 'green', 'txgs'), text);
  expect(await kernelPoolAtRest('green', folder)).toBe(rests);
  expect([await kernelPoolAtRest('none', folder), await kernelPoolAtRest('../green', folder)]).toEqual([false, false]);
});

it('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof isAtRest(text) === 'boolean'));
});
