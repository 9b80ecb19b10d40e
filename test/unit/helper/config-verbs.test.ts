import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEPT_MAX, replaceConfig, textDigest } from '../../../core/helper/config-file.ts';
import { ConfigVerbs } from '../../../core/helper/config-verbs.ts';
import { privateFolder } from './support/running-daemon.ts';

const SNAP = (name: string): string => `  - type: snap # ${name}
    name: ${name}
    filesystems: {"p<": true}
    snapshotting: {type: manual}
    pruning: {keep: [{type: last_n, count: 1}]}
`;
const TEXT = `# mine\njobs:\n${SNAP('a')}${SNAP('b')}`;
const ROOT = { uid: 0, user: 'root', administrator: true };
const ALICE = { uid: 1000, user: 'alice', administrator: false };
const NOW_MS = Date.UTC(2026, 10, 26, 15, 4, 5);

let folder: { path: string } & AsyncDisposable;
let file = '';
let reloads = 0;
let verbs: ConfigVerbs;
beforeEach(async () => {
  folder = await privateFolder();
  file = join(folder.path, 'snapferry.yml');
  await writeFile(file, TEXT, { mode: 0o640 });
  reloads = 0;
  verbs = new ConfigVerbs({
    file,
    nowMs: () => NOW_MS,
    reload: () => {
      reloads += 1;
    },
  });
});
afterEach(() => folder[Symbol.asyncDispose]());

const digest = () => verbs.get(ROOT).digest ?? '';
const off = { kind: 'edits' as const, edits: [{ op: 'disable' as const, job: 'a', disabled: true }] };

describe('the configuration through the daemon', () => {
  it('is read with its digest and what can be run of it', () => {
    expect(verbs.get(ALICE)).toMatchObject({
      file,
      text: TEXT,
      masked: false,
      digest: textDigest(TEXT),
      jobs: [
        { name: 'a', type: 'snap', disabled: false, line: 3, refused: [] },
        { name: 'b', line: 8 },
      ],
      problems: [],
    });
  });

  it('is changed as a whole, and the file of before is kept', async () => {
    const before = digest();
    const reply = await verbs.put({ digest: before, change: off });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('# mine');
    expect(text).toContain('    disabled: true');
    expect(reply).toEqual({ digest: textDigest(text), keptAs: `${file}.20261126_150405.old` });
    expect(await readFile(reply.keptAs, 'utf8')).toBe(TEXT);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect((await readdir(folder.path)).toSorted()).toEqual(['snapferry.yml', 'snapferry.yml.20261126_150405.old']);
    expect(reloads).toBe(1);
    await expect(verbs.put({ digest: before, change: off })).rejects.toMatchObject({ code: 'config-changed' });
    // Two at once for the same text: one of them comes too late.
    const both = [1, 2].map(() => verbs.put({ digest: reply.digest, change: { kind: 'text', text: TEXT } }));
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(outcomes).toEqual(['fulfilled', 'rejected']);
  });

  it('is judged without any effect', async () => {
    const judged = verbs.validate({ digest: digest(), change: off }, ALICE);
    expect(judged).toMatchObject({ valid: true, refused: [], problems: [], effects: [{ job: 'a', kind: 'disabled' }] });
    const broken = verbs.validate({ digest: digest(), change: { kind: 'text', text: 'jobs: [{type: snap}]' } }, ALICE);
    expect(broken).toMatchObject({ valid: false, jobs: [], effects: [] });
    expect(broken.problems.length).toBeGreaterThan(0);
    expect([await readFile(file, 'utf8'), reloads]).toEqual([TEXT, 0]);
  });

  it('takes nothing that is wrong, and nothing that only the file may say; files named there are not read', async () => {
    const put = (text: string) => verbs.put({ digest: digest(), change: { kind: 'text', text } });
    await expect(put('jobs: [{type: snap}]')).rejects.toMatchObject({ code: 'config-invalid' });
    const secret = join(folder.path, 'secret.yml');
    await writeFile(secret, 'password: hunter2\n');
    const including = `include: [${secret}]\n${TEXT}`;
    await expect(put(including)).rejects.toMatchObject({ code: 'config-protected' });
    const judged = verbs.validate({ digest: digest(), change: { kind: 'text', text: including } }, ALICE);
    expect(judged.valid).toBe(false);
    expect(JSON.stringify(judged)).not.toContain('password');
    const hook = TEXT.replace(
      'type: manual',
      'type: periodic, interval: 1h, prefix: x_, hooks: [{type: command, path: /tmp/x}]',
    );
    await expect(put(hook)).rejects.toMatchObject({ code: 'config-protected' });
    expect([await readFile(file, 'utf8'), reloads]).toEqual([TEXT, 0]);
  });

  it('hides passwords from users, who cannot put back what they have not seen', async () => {
    const hooks = 'hooks: [{type: mysql-lock-tables, dsn: "root:hunter2@tcp(localhost)/", filesystems: {"p": true}}]';
    const text = TEXT.replace('type: manual', `type: periodic, interval: 1h, prefix: x_, ${hooks}`);
    await writeFile(file, text);
    const seen = verbs.get(ALICE);
    expect(seen.masked).toBe(true);
    expect(seen.text).not.toContain('hunter2');
    expect(verbs.get(ROOT).text).toContain('hunter2');
    expect(JSON.stringify(verbs.validate({ digest: digest(), change: off }, ALICE))).not.toContain('hunter2');
    const change = { kind: 'text' as const, text: seen.text ?? '' };
    await expect(verbs.put({ digest: digest(), change })).rejects.toMatchObject({ code: 'config-protected' });
    await verbs.put({ digest: digest(), change: off });
    expect(await readFile(file, 'utf8')).toContain('hunter2');
  });

  it('is told to whoever has to agree: what it means, and a new job as it would be written', () => {
    const job = {
      type: 'push',
      name: 'new',
      connect: {
        type: 'ssh',
        host: 'nas.lan',
        user: 'me',
        identity_file: '/var/lib/snapferry/keys/nas/id_ed25519',
        host_key: `SHA256:${'A'.repeat(43)}`,
        root_fs: 'tank/b',
      },
      filesystems: { 'q<': true },
      snapshotting: { type: 'manual' },
      pruning: { keep_sender: [{ type: 'last_n', count: 1 }], keep_receiver: [{ type: 'last_n', count: 1 }] },
    };
    const edits = [...off.edits, { op: 'add' as const, job }];
    const lines = verbs.describe({ digest: digest(), change: { kind: 'edits', edits } });
    expect(lines).toContain('Job new is new.');
    for (const part of ['host: nas.lan', 'root_fs: tank/b', 'q<: true'])
      expect(lines.map((one) => one.trim())).toContain(part);
    expect(verbs.describe({ digest: digest(), change: off })).toHaveLength(1);
  });

  it('is told line by line where forms change when snapshots are taken and how long they are kept', () => {
    const rules = [{ from: null, rule: { type: 'last_n' as const, count: 7, regex: '' } }];
    const edits = [
      { op: 'schedule' as const, job: 'a', schedule: { kind: 'periodic' as const, intervalS: 900, prefix: 'n_' } },
      { op: 'keep' as const, job: 'a', side: 'local' as const, rules },
    ];
    const lines = verbs.describe({ digest: digest(), change: { kind: 'edits', edits } });
    expect(lines.filter((line) => /^[-+] /.test(line))).toEqual([
      '- snapshotting: {type: manual}',
      '+ snapshotting: {type: periodic, interval: 15m, prefix: n_}',
      '- pruning: {keep: [{type: last_n, count: 1}]}',
      '+ pruning: {keep: [{type: last_n, count: 7}]}',
    ]);
  });

  it('is read again only if it can be run', async () => {
    expect(verbs.reload()).toEqual({ file });
    await writeFile(file, 'jobs: [');
    expect(() => verbs.reload()).toThrow('config-invalid');
    expect(verbs.get(ROOT)).toMatchObject({ text: 'jobs: [', jobs: [] });
    await chmod(file, 0o666);
    expect(verbs.get(ROOT)).toMatchObject({
      text: null,
      digest: null,
      problems: [{ message: expect.stringContaining('everybody can write to it') }],
    });
    expect(reloads).toBe(1);
  });
});

describe('replacing the file', () => {
  it('keeps so many of before and no more, and goes through a link to the file itself', async () => {
    const link = join(folder.path, 'link.yml');
    await symlink(file, link);
    let text = TEXT;
    for (let count = 0; count < KEPT_MAX + 5; count += 1) {
      const next = `${TEXT}# ${count}\n`;
      await replaceConfig(link, next, textDigest(text), NOW_MS + count * 1000);
      text = next;
    }
    const old = (await readdir(folder.path)).filter((name) => name.endsWith('.old'));
    expect(old).toHaveLength(KEPT_MAX);
    expect(old.toSorted().at(-1)).toBe('snapferry.yml.20261126_150429.old');
    expect((await stat(link)).isFile()).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('leaves everything as it was where it cannot be done', async () => {
    const wrong = replaceConfig(file, 'x', textDigest('other'), NOW_MS);
    await expect(wrong).rejects.toMatchObject({ code: 'config-changed' });
    const gone = replaceConfig(join(folder.path, 'no.yml'), 'x', textDigest(''), NOW_MS);
    await expect(gone).rejects.toMatchObject({ code: 'config-unwritable' });
    expect(await readdir(folder.path)).toEqual(['snapferry.yml']);
    expect(await readFile(file, 'utf8')).toBe(TEXT);
  });
});
