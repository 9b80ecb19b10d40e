import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginConfiguration } from '../../../core/cli/on-demand.ts';
import { askerOf, withAsker } from '../../../core/helper/asker.ts';
import type { LookUp } from '../../../core/helper/users.ts';
import { privateFolder } from '../helper/support/running-daemon.ts';

const ACCOUNTS: Readonly<Record<string, string>> = { 'passwd 1000': 'ada:x:1000:1000::/home/ada:/bin/sh\n' };
const lookUp: LookUp = async (database, key) => ACCOUNTS[`${database} ${key}`] ?? null;

describe('snapferry daemon --on-demand', () => {
  it('serves whom pkexec was called for, and nobody who says so without it', async () => {
    expect(await askerOf({ uid: 0, env: { PKEXEC_UID: '1000' } }, lookUp)).toEqual({ uid: 1000, user: 'ada' });
    for (const [uid, env] of [
      [0, {}],
      [0, { PKEXEC_UID: '0' }],
      [0, { PKEXEC_UID: '-1' }],
      [0, { PKEXEC_UID: '1000 0' }],
      [0, { PKEXEC_UID: '4711' }],
      [0, { SUDO_UID: '1000' }],
      [1000, { PKEXEC_UID: '1000' }],
    ] as const) {
      await expect(askerOf({ uid, env }, lookUp)).rejects.toMatchObject({ code: 'not-permitted' });
    }
  });

  it('serves them beside those whom the configuration allows, once', () => {
    const ada = { uid: 1000, user: 'ada' };
    const bob = { uid: 1001, user: 'bob' };
    expect(withAsker([bob], ada)).toEqual([bob, ada]);
    expect(withAsker([ada, bob], ada)).toEqual([ada, bob]);
    expect(withAsker([bob], null)).toEqual([bob]);
  });

  it('begins a configuration where there is none, and leaves alone what is there', async () => {
    await using folder = await privateFolder();
    await mkdir(join(folder.path, 'linux'));
    await writeFile(join(folder.path, 'linux', 'snapferry.yml'), 'jobs: []\n');
    const file = join(folder.path, 'etc', 'snapferry.yml');
    await beginConfiguration({ program: folder.path }, file);
    expect(await readFile(file, 'utf8')).toBe('jobs: []\n');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    await writeFile(file, 'jobs: [mine]\n');
    await beginConfiguration({ program: folder.path }, file);
    expect(await readFile(file, 'utf8')).toBe('jobs: [mine]\n');
  });
});
