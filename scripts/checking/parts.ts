import { runChild } from '../lib/child.ts';
import type { Part } from '../lib/parts.ts';
import { packageFile, ROOT } from '../lib/root.ts';
import { checkArrows } from './arrows.ts';

/** What can be said of the sources without running them. */
export const CHECKS: readonly Part[] = [
  {
    name: 'lint',
    run: () => judge(['@biomejs', 'biome', 'bin', 'biome'], ['check', '--error-on-warnings', '--colors=off', '.']),
  },
  { name: 'types', run: () => judge(['typescript', 'bin', 'tsc'], ['-p', '.']) },
  { name: 'types of the window', run: () => judge(['typescript', 'bin', 'tsc'], ['-p', 'renderer']) },
  { name: 'arrows', run: arrows },
  { name: 'unused code', run: () => judge(['knip', 'bin', 'knip.js'], ['--no-progress', '--no-config-hints']) },
];

/** Runs a program of an npm package, which ends with 0 where it has nothing to complain about. */
async function judge(program: readonly string[], args: readonly string[]): Promise<string | null> {
  const result = await runChild(process.execPath, [packageFile(...program), ...args], { cwd: ROOT, output: 'keep' });
  return result.code === 0 ? null : result.output;
}

async function arrows(): Promise<string | null> {
  const { complaints } = await checkArrows(ROOT);
  return complaints.length === 0 ? null : complaints.join('\n');
}
