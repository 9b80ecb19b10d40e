import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPrivateApt, type PrivateApt } from './apt.ts';
import { installMissingPackages } from './host-packages.ts';
import { buildBase, buildImage, imageFile, type LabManifest } from './image.ts';
import { buildKernel, buildModules } from './kernel.ts';
import { withLock } from './lock.ts';
import { labCacheDir } from './paths.ts';
import { labRelease, stageNames, type ZfsFlavour } from './recipe.ts';
import type { Reporter } from './report.ts';
import { markUsed, stageDir, stageIsComplete, sweepStages } from './stage.ts';
import { buildTools, toolsFile, toolsStage } from './tools.ts';

/** A lab that is built and can be booted. */
export interface BuiltLab {
  readonly zfs: ZfsFlavour;
  /** Name of the image stage; changes with the recipe. */
  readonly key: string;
  readonly manifest: LabManifest;
  readonly rootImage: string;
  readonly toolsImage: string;
  readonly kernel: string;
  readonly initramfs: string;
  /** Private key that opens both guests. */
  readonly identityFile: string;
}

/**
 * Finds the lab for today's recipe in the cache, or builds it. Touches the network only in the second case. Waits while
 * another process is building. May be interrupted at any point and goes on with the first unfinished stage next time.
 */
export async function ensureBuilt(zfs: ZfsFlavour, report: Reporter): Promise<BuiltLab> {
  if (process.arch !== 'x64' || process.platform !== 'linux') throw new Error('the lab needs Linux on x86-64');
  const names = stageNames(zfs);
  if (!stageIsComplete(names.image) || !stageIsComplete(toolsStage()) || !qemuIsInstalled()) {
    const lock = join(labCacheDir(), 'build.lock');
    await withLock(
      lock,
      () => report('waiting for another builder', 0, 'begin'),
      () => build(zfs, report),
    );
  }
  const built = describeBuilt(zfs, names.image);
  if (built === undefined) throw new Error(`the lab's cache lost ${names.image} while it was being opened`);
  for (const name of [names.image, toolsStage()]) markUsed(name);
  return built;
}

/** The finished lab of this name, with today's tools disk; undefined where either is missing from the cache. */
export function describeBuilt(zfs: ZfsFlavour, key: string): BuiltLab | undefined {
  if (!stageIsComplete(key) || !stageIsComplete(toolsStage())) return undefined;
  const dir = stageDir(key);
  return {
    zfs,
    key,
    manifest: JSON.parse(readFileSync(join(dir, imageFile.manifest), 'utf8')) as LabManifest,
    rootImage: join(dir, imageFile.root),
    toolsImage: join(stageDir(toolsStage()), toolsFile),
    kernel: join(dir, imageFile.kernel),
    initramfs: join(dir, imageFile.initramfs),
    identityFile: join(dir, imageFile.identity),
  };
}

const qemuIsInstalled = (): boolean =>
  (process.env.PATH ?? '').split(':').some((dir) => existsSync(join(dir, 'qemu-system-x86_64')));

async function build(zfs: ZfsFlavour, report: Reporter): Promise<void> {
  const release = labRelease();
  const names = stageNames(zfs);
  await sweepStages();
  await installMissingPackages(report);
  let apt: Promise<PrivateApt> | undefined;
  const openApt = () => {
    apt ??= openPrivateApt(release, zfs === 'backports', report);
    return apt;
  };
  await buildTools(report);
  if (stageIsComplete(names.image)) return;
  const kernel = await buildKernel(names, openApt, report);
  // debootstrap waits for the network and the disk, the compiler for the processor: together they cost what one does.
  const [modules, baseTar] = await settleBoth(
    buildModules(zfs, release, names, kernel, openApt, report),
    buildBase(release, names, openApt, report),
  );
  await buildImage({ zfs, release, kernel, modules, baseTar }, names, openApt, report);
}

/** Waits for both even if one fails, so that nothing goes on behind the back of whoever sees the error. */
async function settleBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
