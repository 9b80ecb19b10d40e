import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openState } from '../../../core/helper/state.ts';
import { openStateFile } from '../../../core/helper/state-file.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { FakeClock } from './support/fake-clock.ts';
import { ended } from './support/run-events.ts';
import { privateFolder } from './support/running-daemon.ts';

const CLOCK = new FakeClock();
let folder: { path: string } & AsyncDisposable;
beforeEach(async () => {
  folder = await privateFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('a file of the daemon', () => {
  it('is private, and holds what was put into it', async () => {
    const path = join(folder.path, 'f');
    const file = openStateFile(path);
    expect(await file.read(100)).toBeNull();
    await file.append('one\n');
    await file.append('two ü\n');
    expect(await mode(path)).toBe(0o600);
    expect(await file.read(100)).toEqual({ text: 'one\ntwo ü\n', cut: false });
    expect(await file.read(4)).toEqual({ text: ' ü\n', cut: true });
    await file.replace('new\n');
    expect(await file.read(100)).toEqual({ text: 'new\n', cut: false });
    expect(await mode(path)).toBe(0o600);
    expect(await readdir(folder.path)).toEqual(['f']);
  });

  it('goes on although something was left behind when it was last replaced', async () => {
    const path = join(folder.path, 'f');
    await writeFile(`${path}.new`, 'a half that is longer than what comes now');
    await openStateFile(path).replace('whole\n');
    expect(await readFile(path, 'utf8')).toBe('whole\n');
    expect(await readdir(folder.path)).toEqual(['f']);
  });

  it('follows no link and takes nothing but a file', async () => {
    const target = join(folder.path, 'target');
    await writeFile(target, 'precious');
    const link = openStateFile(join(folder.path, 'link'));
    await symlink(target, join(folder.path, 'link'));
    await symlink(target, join(folder.path, 'link.new'));
    await expect(link.read(10)).rejects.toThrow('ELOOP');
    await expect(link.append('x')).rejects.toThrow('ELOOP');
    await expect(link.replace('x')).rejects.toThrow('ELOOP');
    expect(await readFile(target, 'utf8')).toBe('precious');
    await mkdir(join(folder.path, 'dir'));
    await expect(openStateFile(join(folder.path, 'dir')).read(10)).rejects.toThrow('not a file');
    // What cannot be put in the place of something is not left beside it.
    await expect(openStateFile(join(folder.path, 'dir')).replace('x')).rejects.toThrow();
    expect((await readdir(folder.path)).includes('dir.new')).toBe(false);
  });
});

describe('the state of the daemon', () => {
  it('is kept in a private folder from one daemon to the next', async () => {
    const path = join(folder.path, 'lib', 'snapferry');
    const first = await openState(path, SILENT_LOG, CLOCK);
    expect(first.status()).toEqual({ folder: path, problem: null, damagedLines: 0 });
    first.history.hear('a', ended(1, { success: true, endMs: 77 }));
    const { pause } = await first.pauses.set('a', { kind: 'told' });
    await first.close();
    expect(await mode(path)).toBe(0o700);
    expect(await mode(join(path, 'history'))).toBe(0o700);
    expect(await mode(join(path, 'history', 'runs.jsonl'))).toBe(0o600);
    expect(await mode(join(path, 'pauses.json'))).toBe(0o600);
    const second = await openState(path, SILENT_LOG, CLOCK);
    expect(second.history.lastSuccessMs('a')).toBe(77);
    expect(second.pauses.of('a')).toEqual(pause);
    await second.close();
  });

  it('belongs to one daemon at a time; the other goes on without, and says so', async () => {
    const first = await openState(folder.path, SILENT_LOG, CLOCK);
    const second = await openState(folder.path, SILENT_LOG, CLOCK);
    expect(second.status().problem).toMatchObject({
      code: 'state-unusable',
      facts: { folder: folder.path, reason: 'another daemon uses it' },
    });
    second.history.hear('a', ended(1));
    expect(second.history.page(null, null, 10).entries).toHaveLength(1);
    await second.close();
    await first.close();
    const third = await openState(folder.path, SILENT_LOG, CLOCK);
    expect(third.status().problem).toBeNull();
    expect(third.history.page(null, null, 10).entries).toEqual([]);
    await third.close();
  });

  it('is not kept where others may write, nor where there is no folder to be had', async () => {
    const open = join(folder.path, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    const first = await openState(open, SILENT_LOG, CLOCK);
    expect(first.status().problem?.facts.reason).toBe(`others may write to ${open}`);
    await first.close();
    await writeFile(join(folder.path, 'file'), '');
    const second = await openState(join(folder.path, 'file'), SILENT_LOG, CLOCK);
    expect(second.status().problem?.code).toBe('state-unusable');
    await second.close();
    const half = join(folder.path, 'half');
    await mkdir(join(half, 'history'), { recursive: true, mode: 0o700 });
    await chmod(join(half, 'history'), 0o777);
    const third = await openState(half, SILENT_LOG, CLOCK);
    expect(third.status().problem?.facts.reason).toBe(`others may write to ${join(half, 'history')}`);
    third.history.hear('a', ended(1));
    await third.close();
    expect(await readdir(join(half, 'history'))).toEqual([]);
  });

  it('tells when it changes', async () => {
    const state = await openState(folder.path, SILENT_LOG, CLOCK);
    let changes = 0;
    state.onChange(() => {
      changes += 1;
    });
    // A folder in the place of the file: nothing can be written to it.
    await mkdir(join(folder.path, 'history', 'runs.jsonl'));
    state.history.hear('a', ended(1));
    await state.history.settled();
    expect([changes, state.status().problem?.code]).toEqual([1, 'state-unusable']);
    await state.close();
  });
});
