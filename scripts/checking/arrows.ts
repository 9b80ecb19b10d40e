import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type ChildResult, runChild } from '../lib/child.ts';
import { packageFile, ROOT } from '../lib/root.ts';

/** Folders with modules; those that are not there yet are left out. */
const SOURCE_FOLDERS = ['core', 'electron', 'renderer', 'scripts', 'test'];
const MODULES = '**/*.{ts,tsx,mts,mjs}';

const cruiseSchema = z.object({
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.unknown()) })),
  summary: z.object({
    violations: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.object({ name: z.string(), severity: z.string() }),
        cycle: z.array(z.object({ name: z.string() })).optional(),
      }),
    ),
  }),
});

/** What dependency-cruiser saw. */
export type Cruise = z.infer<typeof cruiseSchema>;

/** A module as it lies on disk. */
export interface ModuleOnDisk {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Whether a module imports anything: a statement at the start of a line. */
const IMPORTS = /^(import|export) [^'"]*from ['"]|^import ['"]/m;

/**
 * Every complaint about a cruise, one line each: forbidden arrows, modules on disk that the cruise did not see, and modules
 * whose imports it did not see. The latter two are not nitpicking: with a compiler that dependency-cruiser does not know, it
 * sees nothing and is content. Pure.
 */
export function arrowComplaints(cruise: Cruise, onDisk: readonly ModuleOnDisk[]): readonly string[] {
  const forbidden = cruise.summary.violations.map(({ rule, from, to, cycle }) => {
    const way = cycle === undefined ? to : cycle.map((step) => step.name).join(' -> ');
    return `${rule.name}: ${from} -> ${way}`;
  });
  const seen = new Map(cruise.modules.map((module) => [module.source, module.dependencies.length]));
  const overlooked = onDisk.filter(({ path }) => !seen.has(path)).map(({ path }) => `not seen: ${path}`);
  const blind = onDisk
    .filter(({ path, text }) => seen.get(path) === 0 && IMPORTS.test(text))
    .map(({ path }) => `its imports were not seen: ${path}`);
  if (onDisk.length === 0) return ['there are no modules to look at'];
  return [...forbidden, ...overlooked, ...blind];
}

/** Cruises the tree below `root` with the rules of this repository. Throws when dependency-cruiser gives no result. */
export async function checkArrows(root: string): Promise<{ complaints: readonly string[]; modules: number }> {
  const folders = SOURCE_FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const program = packageFile('dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const config = join(ROOT, '.dependency-cruiser.mjs');
  const args = ['--config', config, '--output-type', 'json', ...folders];
  const result = await runChild(process.execPath, [program, ...args], { cwd: root, output: 'keep' });
  const onDisk = folders.flatMap((folder) =>
    globSync(`${folder}/${MODULES}`, { cwd: root }).map((path) => ({
      path,
      text: readFileSync(join(root, path), 'utf8'),
    })),
  );
  return { complaints: arrowComplaints(parseCruise(result), onDisk), modules: onDisk.length };
}

function parseCruise({ stdout, output }: ChildResult): Cruise {
  try {
    return cruiseSchema.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new Error(`dependency-cruiser gave no result:\n${output.slice(0, 2_000)}`, { cause });
  }
}
