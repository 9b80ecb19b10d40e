import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { installedFits, stampOf } from '../../../scripts/bootstrap/npm-fit.mjs';
import { ROOT } from '../../../scripts/lib/root.ts';

const zod = { version: '4.0.0', integrity: 'sha512-a' };
const forHere = { version: '1.0.0', integrity: 'sha512-b', optional: true, os: 'linux', cpu: 'x64' };
const forThere = { version: '1.0.0', integrity: 'sha512-c', optional: true, os: ['darwin'], cpu: ['arm64'] };
const forMusl = {
  version: '1.0.0',
  integrity: 'sha512-d',
  optional: true,
  os: ['linux'],
  cpu: ['x64'],
  libc: ['musl'],
};
const anyMachine = { version: '1.0.0', integrity: 'sha512-e', optional: true };

const lock = (packages: Record<string, unknown>) =>
  JSON.stringify({ packages: { '': { name: 'snapferry' }, ...packages } });
const record = (packages: Record<string, unknown>) => JSON.stringify({ packages });
const wanted = lock({
  'node_modules/zod': zod,
  'node_modules/here': forHere,
  'node_modules/there': forThere,
  'node_modules/musl': forMusl,
  'node_modules/any': anyMachine,
});
const fits = (installed: string) => installedFits(wanted, installed, 'linux', 'x64');

describe('installedFits', () => {
  it('is content when only packages for other machines are absent', () => {
    expect(fits(record({ 'node_modules/zod': zod, 'node_modules/here': forHere }))).toBe(true);
  });

  it.each([
    ['a package is absent', { 'node_modules/here': forHere }],
    ['the build for this machine is absent', { 'node_modules/zod': zod }],
    ['a version differs', { 'node_modules/zod': { ...zod, version: '4.0.1' }, 'node_modules/here': forHere }],
    ['the content differs', { 'node_modules/zod': { ...zod, integrity: 'sha512-x' }, 'node_modules/here': forHere }],
    ['there is one more', { 'node_modules/zod': zod, 'node_modules/here': forHere, 'node_modules/more': zod }],
  ])('is not content when %s', (_, installed) => {
    expect(fits(record(installed))).toBe(false);
  });

  it.each(['', '{', 'null', '{}', '{"packages":null}', '[]'])('takes an unreadable record %j for nothing', (text) => {
    expect(fits(text)).toBe(false);
  });
});

describe('the lock file', () => {
  const { packages } = z
    .object({
      packages: z.record(
        z.string(),
        z.object({
          optional: z.boolean().optional(),
          engines: z.unknown().optional(),
          optionalDependencies: z.record(z.string(), z.string()).optional(),
        }),
      ),
    })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));

  it('asks no optional package for a Node: an old npm would leave it out in silence', () => {
    const asking = Object.entries(packages).filter(
      ([, entry]) => entry.optional === true && entry.engines !== undefined,
    );
    expect(
      asking.map(([path]) => path),
      'run: node scripts/trim-lock.mjs',
    ).toEqual([]);
  });

  it('lists the optional packages of every platform: a new npm refuses it as out of step when one is absent', () => {
    const absent = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      ),
    );
    expect(absent, 'pin a version whose packages the registry has for every platform').toEqual([]);
  });
});

describe('stampOf', () => {
  it('changes with the lock file and with the machine', () => {
    const stamps = [
      stampOf('a', 'linux', 'x64'),
      stampOf('b', 'linux', 'x64'),
      stampOf('a', 'linux', 'arm64'),
      stampOf('a', 'darwin', 'x64'),
    ];
    expect(new Set(stamps).size).toBe(4);
    expect(stampOf('a', 'linux', 'x64')).toBe(stamps[0]);
  });
});
