import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, ownershipFault, readFromDisk } from '../../../core/config/load.ts';
import { file, snapJob } from './helper.ts';

const uid = process.geteuid?.() ?? 0;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapferry-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const faultOf = (path: string) =>
  loadConfig(path)
    .problems.map(({ message }) => message)
    .join();

describe('a configuration on disk', () => {
  it('is read with what it includes', () => {
    mkdirSync(join(folder, 'jobs.d'), { mode: 0o700 });
    write('jobs.d/a.yml', file(snapJob({ name: 'a' })));
    const main = write('main.yml', `include: [jobs.d]\n${file(snapJob({ name: 'main' }))}`);
    expect(loadConfig(main).config?.jobs.map(({ name }) => name)).toEqual(['main', 'a']);
  });

  it('that is not there is a complaint', () => {
    expect(faultOf(join(folder, 'gone.yml'))).toBe('the configuration cannot be read: it does not exist');
    expect(faultOf(folder)).toMatch(/it is a folder/);
  });

  it('must be text, of a size', () => {
    expect(faultOf(write('latin.yml', Uint8Array.of(0x23, 0xe9, 0x0a)))).toMatch(/not text in UTF-8/);
    expect(faultOf(write('huge.yml', '#'.repeat(1_100_000)))).toMatch(/too large/);
  });

  it('is never a pipe, behind a link neither', () => {
    const pipe = join(folder, 'pipe.yml');
    execFileSync('mkfifo', [pipe]);
    symlinkSync(pipe, join(folder, 'link.yml'));
    expect(faultOf(pipe)).toMatch(/neither a file nor a folder/);
    expect(faultOf(join(folder, 'link.yml'))).toMatch(/neither a file nor a folder/);
  });

  it('must not be writable for others, its folder neither, the folder behind a link neither', () => {
    expect(faultOf(write('open.yml', '', 0o602))).toMatch(/everybody can write to it, so it is not safe/);
    mkdirSync(join(folder, 'shared'));
    const inside = write('shared/a.yml', '');
    symlinkSync(inside, join(folder, 'link.yml'));
    chmodSync(join(folder, 'shared'), 0o707);
    expect(faultOf(inside)).toMatch(/its folder is not safe to use: everybody can write/);
    expect(faultOf(join(folder, 'link.yml'))).toMatch(/its folder is not safe to use/);
    // As in /tmp: nobody else can replace the file there.
    chmodSync(join(folder, 'shared'), 0o1777);
    expect(faultOf(inside)).toBe('');
  });

  it('belongs to root, or to whoever reads it', () => {
    const path = write('main.yml', '');
    expect(readFromDisk(path, uid).kind).toBe('file');
    const stranger = { uid: 1234, mode: 0o600 };
    expect(ownershipFault(stranger, 0)).toMatch(/number 1234/);
    expect(ownershipFault(stranger, 1234)).toBeNull();
    expect(ownershipFault({ uid: 0, mode: 0o644 }, 1234)).toBeNull();
    expect(ownershipFault({ uid: 0, mode: 0o664 }, 0)).toMatch(/group/);
    expect(ownershipFault({ uid: 1234, mode: 0o664 }, 1234)).toBeNull();
    expect(ownershipFault({ uid: 1234, mode: 0o666 }, 1234)).toMatch(/everybody/);
  });
});
