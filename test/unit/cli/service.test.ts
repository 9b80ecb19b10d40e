import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../../core/cli/exit.ts';
import { filled, LOCAL_PLACES, PACKAGE_PLACES, plannedFiles } from '../../../core/cli/service-plan.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { privateFolder } from '../helper/support/running-daemon.ts';
import { CommandLine } from './support/command-line.ts';

const ASSETS = new URL('../../../assets/linux/', import.meta.url).pathname;
const asset = (name: string): string => readFileSync(join(ASSETS, name), 'utf8');

let folder: { path: string } & AsyncDisposable;
let built = '';
let root = '';
beforeEach(async () => {
  folder = await privateFolder();
  built = join(folder.path, 'dist');
  root = join(folder.path, 'root');
  await mkdir(join(built, 'linux'), { recursive: true });
  await mkdir(join(built, 'renderer'));
  await writeFile(join(built, 'renderer', 'index.html'), '<p>');
  await writeFile(join(built, 'snapferry.mjs'), '// the program');
  await writeFile(join(folder.path, 'node'), '#!/bin/sh\n', { mode: 0o755 });
  for (const name of readdirSync(ASSETS)) await writeFile(join(built, 'linux', name), asset(name));
});
afterEach(() => folder[Symbol.asyncDispose]());

function commandLine(ran: string[] = [], said: string | null = null): CommandLine {
  const cli = new CommandLine();
  cli.installation = {
    program: built,
    node: join(folder.path, 'node'),
    run: async (...command) => {
      ran.push(command.join(' '));
      return said;
    },
  };
  return cli;
}

/** Everything below a folder, by its path. */
function below(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length))
    .toSorted();
}

describe('snapferry install-service', () => {
  it('puts everything below another folder, twice the same, and uninstall takes all but configuration away', async () => {
    const ran: string[] = [];
    const cli = commandLine(ran);
    expect(await cli.run('install-service', '--root', root)).toBe(EXIT.ok);
    const first = below(root);
    expect(first).toEqual(
      [
        ...plannedFiles(LOCAL_PLACES).map(({ target }) => target),
        `${LOCAL_PLACES.lib}/snapferry.mjs`,
        `${LOCAL_PLACES.lib}/renderer/index.html`,
        `${LOCAL_PLACES.lib}/node`,
        '/etc/snapferry/snapferry.yml',
      ].toSorted(),
    );
    expect((await stat(join(root, LOCAL_PLACES.bin, 'snapferry'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(root, '/etc/snapferry/snapferry.yml'))).mode & 0o777).toBe(0o640);
    await writeFile(join(root, '/etc/snapferry/snapferry.yml'), '# mine\n');
    await writeFile(join(built, 'snapferry.mjs'), '// the next one');
    expect(await commandLine(ran).run('install-service', '--root', root)).toBe(EXIT.ok);
    expect(below(root)).toEqual(first);
    expect(await readFile(join(root, LOCAL_PLACES.lib, 'snapferry.mjs'), 'utf8')).toBe('// the next one');
    expect(await readFile(join(root, '/etc/snapferry/snapferry.yml'), 'utf8')).toBe('# mine\n');
    expect(await commandLine(ran).run('uninstall-service', '--root', root)).toBe(EXIT.ok);
    expect(below(root)).toEqual(['/etc/snapferry/snapferry.yml']);
    expect(ran).toEqual([]);
  });

  it('uses the folders of the distribution for a package', async () => {
    expect(await commandLine().run('install-service', '--root', root, '--package')).toBe(EXIT.ok);
    expect(existsSync(join(root, PACKAGE_PLACES.systemd, 'snapferry.service'))).toBe(true);
    expect(existsSync(join(root, '/usr/local'))).toBe(false);
  });

  it('runs a program in its place, whose Node lies beside it, and leaves both there', async () => {
    const cli = commandLine();
    expect(await cli.run('install-service', '--root', root, '--package', '--in-place')).toBe(EXIT.failed);
    expect(cli.io.err).toContain('does not run this');
    await writeFile(join(built, 'node'), '', { mode: 0o755 });
    const own = commandLine();
    own.installation = { ...own.installation, node: join(built, 'node') };
    expect(await own.run('install-service', '--root', root, '--package', '--in-place')).toBe(EXIT.ok);
    const targets = plannedFiles(PACKAGE_PLACES).map(({ target }) => target);
    expect(below(root)).toEqual([...targets, '/etc/snapferry/snapferry.yml'].toSorted());
    const unit = await readFile(join(root, PACKAGE_PLACES.systemd, 'snapferry.service'), 'utf8');
    expect(unit).toContain(`ExecStart=${built}/node ${built}/snapferry.mjs daemon`);
    expect(await own.run('uninstall-service', '--root', root, '--package', '--in-place')).toBe(EXIT.ok);
    expect(below(root)).toEqual(['/etc/snapferry/snapferry.yml']);
    expect(existsSync(join(built, 'snapferry.mjs'))).toBe(true);
  });

  it('does not run as root what others than root can change', async () => {
    await writeFile(join(built, 'node'), '', { mode: 0o755 });
    const ran: string[] = [];
    const cli = commandLine(ran);
    cli.installation = { ...cli.installation, node: join(built, 'node') };
    cli.io.uid = 0;
    await chmod(built, 0o777);
    expect(await cli.run('install-service', '--package', '--in-place')).toBe(EXIT.failed);
    expect(cli.io.err).toContain('others than root can change');
    expect(ran).toEqual([]);
  });

  it('is for root, and for what was built', async () => {
    const cli = commandLine();
    expect(await cli.run('install-service')).toBe(EXIT.failed);
    expect(cli.io.err).toContain('Only root may do this.');
    const unbuilt = new CommandLine();
    expect(await unbuilt.run('install-service', '--root', root)).toBe(EXIT.failed);
    expect(unbuilt.io.err).toContain('npm run build');
  });
});

describe('the files of a service', () => {
  it.each([LOCAL_PLACES, PACKAGE_PLACES])('are whole, and name nothing but folders of root (%#)', (places) => {
    for (const { source } of plannedFiles(places)) {
      const text = filled(asset(source), places);
      for (const [, path] of text.matchAll(/^(?:ExecStart|ExecReload|Exec)=(\S+)/gm)) {
        expect([places.bin, places.lib].some((known) => path?.startsWith(`${known}/`))).toBe(true);
      }
    }
    expect(filled(asset('org.snapferry.policy'), places)).toContain(`>${places.bin}/snapferry<`);
    expect(() => filled('@nobody@', places)).toThrow('@nobody@');
  });

  it('begin with a configuration that is valid and backs nothing up', () => {
    expect(parseConfig(asset('snapferry.yml'), { fileName: 'f' })).toMatchObject({
      config: { jobs: [] },
      problems: [],
    });
  });

  it('have the icon of the window', () => {
    expect(asset('snapferry.svg')).toBe(readFileSync(new URL('../../../renderer/icon.svg', import.meta.url), 'utf8'));
  });

  it('ask for a password every time', () => {
    const policy = asset('org.snapferry.policy');
    const allowed = [...policy.matchAll(/<allow_\w+>(.*?)<\/allow_\w+>/g)].map((match) => match[1]);
    expect(allowed).toEqual(['auth_admin', 'auth_admin', 'auth_admin']);
    expect(policy).toContain('exec.argv1">confirm<');
  });
});

const validate = spawnSync('desktop-file-validate', ['--version']);
const noValidator =
  validate.error === undefined ? '' : ' (skipped: no desktop-file-validate; Debian: desktop-file-utils)';
describe.skipIf(noValidator !== '')(`the entries of menus${noValidator}`, () => {
  it.each(['snapferry.desktop', 'snapferry-autostart.desktop'])('%s is valid', async (name) => {
    const file = join(folder.path, name);
    await writeFile(file, filled(asset(name), PACKAGE_PLACES));
    const said = spawnSync('desktop-file-validate', [file], { encoding: 'utf8' });
    expect([said.status, said.stdout]).toEqual([0, '']);
  });
});

const analyze = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
const missing = analyze.status === 0 ? null : 'systemd-analyze is not installed (Debian: systemd)';
describe.skipIf(missing !== null)(
  `the unit, as systemd sees it${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    it('has no fault, and leaves little to attack', async () => {
      expect(await commandLine().run('install-service', '--root', root, '--package')).toBe(EXIT.ok);
      // What it orders itself after belongs to others.
      for (const name of [
        'zfs.target',
        'network.target',
        'multi-user.target',
        'sysinit.target',
        'basic.target',
        'shutdown.target',
      ]) {
        await writeFile(join(root, PACKAGE_PLACES.systemd, name), `[Unit]\nDescription=${name}\n`);
      }
      const unit = join(root, PACKAGE_PLACES.systemd, 'snapferry.service');
      const verified = spawnSync('systemd-analyze', ['verify', `--root=${root}`, '--man=no', 'snapferry.service'], {
        encoding: 'utf8',
      });
      const complaints = verified.stderr.split('\n').filter((line) => line.includes('snapferry'));
      expect(complaints).toEqual([]);
      const security = spawnSync(
        'systemd-analyze',
        ['security', '--offline=true', '--no-pager', '--threshold=45', unit],
        {
          encoding: 'utf8',
        },
      );
      expect(security.stdout).toMatch(/Overall exposure level for snapferry\.service: [0-4]\.\d/);
      expect(security.status).toBe(0);
    });
  },
);
