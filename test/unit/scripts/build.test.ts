import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../scripts/build/bundle.ts';
import { licenceText, packageFolders, readLicence } from '../../../scripts/build/licences.ts';
import { runChild } from '../../../scripts/lib/child.ts';
import { packageFile } from '../../../scripts/lib/root.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapferry-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bundle', () => {
  it('makes one executable file in which ssh2 works where nothing else is', { timeout: 30_000 }, async () => {
    const entry = join(folder, 'entry.ts');
    const ssh2 = packageFile('ssh2', 'lib', 'index.js');
    writeFileSync(
      entry,
      `import ssh2 from '${ssh2}';
      declare const SNAPFERRY_VERSION: string;
      // One in some hundred keys that ssh2 makes cannot be read by ssh2.
      const make = () => ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('ed25519').private);
      let key = make();
      while (key instanceof Error) key = make();
      const client: { new(): unknown } = ssh2.Client;
      console.log(SNAPFERRY_VERSION, key.type, typeof new client());`,
    );
    const alone = join(folder, 'alone');
    mkdirSync(alone);
    const outFile = join(alone, 'out.mjs');
    const modules = await bundle({ entry, outFile, version: '9.8.7' });
    rmSync(entry);
    expect(statSync(outFile).mode & 0o111).toBe(0o111);
    const run = await runChild(process.execPath, [outFile], { cwd: alone, output: 'keep' });
    expect(run.output).toBe('9.8.7 ssh-ed25519 object\n');
    expect(run.code).toBe(0);
    expect(packageFolders(modules)).toContain(packageFile('ssh2'));
  });

  it.each(['', '#!/usr/bin/env node\n'])('begins with one line for the kernel (entry with %j)', async (first) => {
    const entry = join(folder, 'first.ts');
    const outFile = join(folder, 'first.mjs');
    writeFileSync(entry, `${first}console.log(1);\n`);
    await bundle({ entry, outFile, version: '1' });
    expect(readFileSync(outFile, 'utf8').match(/^#!.*$/gm)).toEqual(['#!/usr/bin/env node']);
  });

  it('refuses an import that cannot be resolved', async () => {
    const entry = join(folder, 'broken.ts');
    writeFileSync(entry, `import x from 'no-such-package';\nconsole.log(x);`);
    await expect(bundle({ entry, outFile: join(folder, 'broken.mjs'), version: '1' })).rejects.toThrow(
      /no-such-package/,
    );
  });
});

describe('licences', () => {
  it('finds the packages of module files, each once, with nested and scoped ones', () => {
    expect(
      packageFolders([
        '/a/core/cli/main.ts',
        '/a/node_modules/zod/index.js',
        '/a/node_modules/zod/v4/core.js',
        '/a/node_modules/@pinojs/redact/index.js',
        '/a/node_modules/ssh2/node_modules/asn1/lib/index.js',
        '\0rolldown/runtime.js',
      ]),
    ).toEqual(['/a/node_modules/@pinojs/redact', '/a/node_modules/ssh2/node_modules/asn1', '/a/node_modules/zod']);
  });

  it('reads the text, also of a package of the old form', () => {
    expect(readLicence(packageFile('zod'))).toMatchObject({ name: 'zod', licence: 'MIT' });
    expect(readLicence(packageFile('ssh2'))).toMatchObject({ name: 'ssh2', licence: 'MIT' });
    expect(readLicence(packageFile('ssh2')).text).toContain('Permission is hereby granted');
  });

  it('refuses a package without a licence or without its text', () => {
    const dir = join(folder, 'bare');
    mkdirSync(dir);
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'bare', version: '1.0.0', license: 'MIT' }));
    expect(() => readLicence(dir)).toThrow(/bare/);
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'bare', version: '1.0.0' }));
    writeFileSync(join(dir, 'LICENSE'), 'text');
    expect(() => readLicence(dir)).toThrow(/bare/);
  });

  it('names every package and carries every text', () => {
    const text = licenceText([{ name: 'one', version: '1.2.3', licence: 'MIT', text: 'Do what you like.' }]);
    expect(text).toContain('one 1.2.3 (MIT)');
    expect(text).toContain('Do what you like.');
  });
});
