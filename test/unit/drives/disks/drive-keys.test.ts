import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { driveKeysIn } from '../../../../core/drives/disks/drive-keys.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapferry-keys-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('makes a key that only we can read, a new one every time', async () => {
  const keys = driveKeysIn(join(folder, 'drive-keys'));
  const [first, second] = [await keys.make('Blue.Drive'), await keys.make('Blue.Drive')];
  expect(first).toMatch(/\/drive-keys\/blue-drive-[0-9a-f]{8}\/key$/);
  expect(second).not.toBe(first);
  const [one, two] = [await readFile(first), await readFile(second)];
  expect(one).toHaveLength(32);
  expect(one.equals(two)).toBe(false);
  expect((await stat(first)).mode & 0o777).toBe(0o400);
  expect((await stat(dirname(first))).mode & 0o777).toBe(0o700);
  await keys.discard(first);
  await expect(stat(dirname(first))).rejects.toThrow();
  expect((await stat(second)).size).toBe(32);
});

it('never in a folder that leads elsewhere', async () => {
  const elsewhere = join(folder, 'elsewhere');
  await mkdir(elsewhere);
  await symlink(elsewhere, join(folder, 'drive-keys'));
  await expect(driveKeysIn(join(folder, 'drive-keys')).make('blue')).rejects.toThrow('identity-unreadable');
  expect(await readdir(elsewhere)).toEqual([]);
});
