import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { kernelPoolState, kernelPools } from '../../../core/drives/kernel-state.ts';

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
