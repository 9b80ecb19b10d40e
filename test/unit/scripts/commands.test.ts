import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  COMMANDS,
  debianPackagesOf,
  helpOf,
  LAB_DEBIAN_PACKAGES,
  overview,
  wantsHelp,
} from '../../../scripts/bootstrap/commands.mjs';
import { missingFrom } from '../../../scripts/bootstrap/debian-packages.mjs';
import { platformProblem } from '../../../scripts/bootstrap/platform.mjs';
import { ROOT } from '../../../scripts/lib/root.ts';
import { LAB_DEBIAN_PACKAGES as PACKAGES_OF_LAB } from '../../lab/guests/build/host-packages.ts';

describe('what a command needs', () => {
  it('knows every package that the lab asks for', () => {
    expect([...LAB_DEBIAN_PACKAGES].sort()).toEqual([...PACKAGES_OF_LAB].sort());
  });

  it.each([
    ['test', [], true],
    ['test', ['--unit'], false],
    ['test', ['--unit', '--lab'], true],
    ['test', ['--filter', 'x'], true],
    ['ci', [], true],
    ['lab', ['up'], true],
    ['check', [], false],
    ['build', [], false],
  ])('%s %j: packages of the lab %j', (name, args, lab) => {
    expect(debianPackagesOf(name, args).includes('qemu-system-x86')).toBe(lab);
  });

  it.each([
    ['test', [], true],
    ['test', ['--unit'], false],
    ['test', ['--lab'], false],
    ['test', ['--unit', '--e2e'], true],
    ['ci', [], true],
    ['check', [], false],
  ])('%s %j: a desktop %j', (name, args, desktop) => {
    expect(debianPackagesOf(name, args).includes('xfce4-panel')).toBe(desktop);
    if (name === 'test' && args.includes('--e2e'))
      expect(debianPackagesOf(name, args)).not.toContain('qemu-system-x86');
  });

  it('a server that listens is installed where everything must pass, and nowhere else', () => {
    const names = Object.keys(COMMANDS).filter((name) => debianPackagesOf(name, []).includes('openssh-server'));
    expect(names).toEqual(['ci']);
  });

  it('misses what dpkg does not call installed', () => {
    const listing = 'installed gcc\nconfig-files flex\ninstalled make\n';
    expect(missingFrom(['gcc', 'flex', 'make', 'bison'], listing)).toEqual(['flex', 'bison']);
  });
});

describe('help', () => {
  const plain = { usage: '', summary: '' };

  it('is wanted before "--" only', () => {
    expect(wantsHelp(plain, ['--unit', '-h'])).toBe(true);
    expect(wantsHelp(plain, ['--help'])).toBe(true);
    expect(wantsHelp(plain, ['exec', '--', 'zfs', '--help'])).toBe(false);
    expect(wantsHelp(plain, [])).toBe(false);
  });

  it('behind a subcommand is left to the subcommand', () => {
    const nested = { ...plain, subcommands: true };
    expect(wantsHelp(nested, ['--help'])).toBe(true);
    expect(wantsHelp(nested, ['up', '--help'])).toBe(false);
    expect(wantsHelp(nested, [])).toBe(false);
  });

  it('names every command, and says of an absent one that it is absent', () => {
    for (const [name, command] of Object.entries(COMMANDS)) {
      if (command === undefined) continue;
      expect(overview()).toContain(`  ${name} `);
      expect(helpOf(name, command, true)).toContain(command.usage);
      expect(helpOf(name, command, false)).toContain('not part of this version');
    }
  });
});

describe('platformProblem', () => {
  it('refuses what has no pinned Node and what is too old', () => {
    expect(platformProblem('linux', 'x64', '18.0.0')).toBeNull();
    expect(platformProblem('linux', 'arm64', '24.1.0')).toBeNull();
    expect(platformProblem('linux', 'x64', '16.20.2')).toContain('16.20.2');
    expect(platformProblem('linux', 'riscv64', '20.0.0')).toContain('riscv64');
    expect(platformProblem('darwin', 'arm64', '20.0.0')).toContain('darwin');
    expect(platformProblem('linux', 'x64', '')).not.toBeNull();
  });
});

it('the modules of the bootstrap are plain JavaScript that needs no package', async () => {
  const { readdirSync, readFileSync } = await import('node:fs');
  const folder = join(ROOT, 'scripts', 'bootstrap');
  const files = [join(ROOT, 'scripts', 'bootstrap.mjs'), ...readdirSync(folder).map((file) => join(folder, file))];
  for (const file of files) {
    expect(file).toMatch(/\.mjs$/);
    for (const [, source = ''] of readFileSync(file, 'utf8').matchAll(/^import .*from '([^']+)';$/gm)) {
      expect(source.startsWith('node:') || (source.startsWith('./') && source.endsWith('.mjs'))).toBe(true);
    }
  }
  expect(existsSync(folder)).toBe(true);
});
