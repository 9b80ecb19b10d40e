import { existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from './exec.ts';
import { stagesDir } from './paths.ts';
import { inPhase, type Reporter } from './report.ts';

/** The folder of a finished stage, whether or not it is there yet. */
export const stageDir = (name: string): string => join(stagesDir(), name);

export const stageIsComplete = (name: string): boolean => existsSync(stageDir(name));

/**
 * One cached step of the build. `fill` gets an empty folder; only when it has come back is the folder renamed to its
 * final name, so that a stage either is there whole or not at all. Resolves with the final folder.
 */
export async function stage(
  name: string,
  phase: string,
  report: Reporter,
  fill: (dir: string) => Promise<void>,
): Promise<string> {
  const finished = stageDir(name);
  if (existsSync(finished)) {
    markUsed(name);
    return finished;
  }
  return inPhase(report, phase, async () => {
    const unfinished = join(stagesDir(), `.unfinished-${process.pid}-${name}`);
    await removeTree(unfinished);
    mkdirSync(unfinished, { recursive: true });
    await fill(unfinished);
    renameSync(unfinished, finished);
    return finished;
  });
}

/** Notes that a finished stage is in use, so that it is kept. */
export function markUsed(name: string): void {
  const now = new Date();
  utimesSync(stageDir(name), now, now);
}

const keepUnusedDays = 14;

/**
 * Removes what interrupted builds left behind, and stages that nobody has used for two weeks: every change of the recipe
 * leaves hundreds of megabytes. Only to be called by whoever holds the build lock.
 */
export async function sweepStages(): Promise<void> {
  mkdirSync(stagesDir(), { recursive: true });
  const oldMs = Date.now() - keepUnusedDays * 24 * 3_600_000;
  for (const entry of readdirSync(stagesDir())) {
    const path = join(stagesDir(), entry);
    if (entry.startsWith('.unfinished-') || statSync(path).mtimeMs < oldMs) await removeTree(path);
  }
}

/** Removes a folder that may hold files of root's. */
export async function removeTree(dir: string): Promise<void> {
  if (existsSync(dir)) await exec(['rm', '-rf', '--one-file-system', dir], { asRoot: true });
}
