import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/root.ts';
import { bundle } from './bundle.ts';

const APP = join(ROOT, 'electron', 'app');
/** In the size that desktops show at most. */
const ICON = join(ROOT, 'assets', 'icons', '512x512.png');

export interface ElectronBuildOptions {
  readonly outDir: string;
  /** The built window. */
  readonly window: string;
  readonly version: string;
}

/**
 * Builds the folder that Electron runs, or that is packed beside it: the program, the script of its sandbox, the window. Resolves
 * with the files that went into the scripts. Throws when anything cannot be resolved.
 */
export async function buildElectron({ outDir, window, version }: ElectronBuildOptions): Promise<readonly string[]> {
  mkdirSync(outDir, { recursive: true });
  const main = { entry: join(APP, 'main.ts'), outFile: join(outDir, 'main.mjs'), electron: 'module' } as const;
  const preload = { entry: join(APP, 'preload.ts'), outFile: join(outDir, 'preload.cjs'), electron: 'script' } as const;
  const modules = [...(await bundle({ ...main, version })), ...(await bundle({ ...preload, version }))];
  cpSync(window, join(outDir, 'renderer'), { recursive: true });
  copyFileSync(ICON, join(outDir, 'icon.png'));
  writeFileSync(join(outDir, 'package.json'), `${JSON.stringify(manifest(version), null, 2)}\n`);
  return modules;
}

/** What Electron, and what packs it, read of a program. */
function manifest(version: string): Readonly<Record<string, unknown>> {
  return {
    name: 'snapferry',
    productName: 'Snapferry',
    version,
    description: 'Workstation backup for people who keep their data on ZFS',
    license: 'MIT',
    // Packages have to name both.
    // Asked for by packages. Whoever publishes one puts a page here that exists.
    homepage: 'https://snapferry.invalid',
    author: 'The authors of Snapferry',
    private: true,
    type: 'module',
    main: 'main.mjs',
    // Ties its windows to the entry of the menu.
    desktopName: 'snapferry.desktop',
  };
}
