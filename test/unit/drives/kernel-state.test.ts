import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { kernelPoolState } from '../../../core/drives/kernel-state.ts';

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
