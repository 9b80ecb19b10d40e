import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runChild } from '../lib/child.ts';
import { ROOT } from '../lib/root.ts';
import { bundle } from './bundle.ts';
import { buildElectron } from './electron.ts';
import { licenceText, packageFolders, readLicence } from './licences.ts';
import { buildRenderer } from './renderer.ts';

const ENTRY = join(ROOT, 'core', 'cli', 'main.ts');
/** Started by the command line as a process of its own, and found beside it. */
const DESKTOP_ENTRY = join(ROOT, 'electron', 'desktop.ts');
const DIST = join(ROOT, 'dist');

export interface BuildResult {
  readonly file: string;
  readonly sizeBytes: number;
  readonly packages: number;
  /** What a window loads, compressed. */
  readonly windowGzipBytes: number;
}

/**
 * Builds the programs and the window in dist with the licences beside them, and proves that each program starts where nothing
 * else is.
 */
export async function build(): Promise<BuildResult> {
  if (!existsSync(ENTRY)) throw new Error('there is no core/cli/main.ts to build');
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const outFile = join(DIST, 'snapferry.mjs');
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  const modules = [...(await bundle({ entry: ENTRY, outFile, version }))];
  const desktopFile = join(DIST, 'snapferry-desktop.mjs');
  modules.push(...(await bundle({ entry: DESKTOP_ENTRY, outFile: desktopFile, version })));
  const window = await buildRenderer(join(DIST, 'renderer'));
  modules.push(...window.modules);
  modules.push(...(await buildElectron({ outDir: join(DIST, 'electron'), window: join(DIST, 'renderer'), version })));
  const licences = packageFolders(modules).map(readLicence);
  writeFileSync(join(DIST, 'THIRD-PARTY-LICENSES.txt'), licenceText(licences));
  // What install-service and the packages put into the system.
  cpSync(join(ROOT, 'assets', 'linux'), join(DIST, 'linux'), { recursive: true });
  await proveAlone(outFile, version);
  await proveAlone(desktopFile, version);
  return {
    file: outFile,
    sizeBytes: readFileSync(outFile).length,
    packages: licences.length,
    windowGzipBytes: window.gzipBytes,
  };
}

/** A copy in an empty folder has to say the version it was built as. */
async function proveAlone(file: string, version: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'snapferry-build-'));
  try {
    const copy = join(folder, 'program.mjs');
    writeFileSync(copy, readFileSync(file));
    const result = await runChild(process.execPath, [copy, '--version'], { cwd: folder, output: 'keep' });
    if (result.code !== 0 || !result.stdout.includes(version)) {
      throw new Error(`the bundle does not say its version (${version}) where nothing else is:\n${result.output}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
