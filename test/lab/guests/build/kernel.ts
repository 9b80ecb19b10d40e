import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { PrivateApt } from './apt.ts';
import { exec } from './exec.ts';
import type { StageNames, ZfsFlavour } from './recipe.ts';
import type { Reporter } from './report.ts';
import { stage } from './stage.ts';

/** An unpacked kernel: image, modules, and the headers to build more modules for it. */
export interface Kernel {
  /** As `uname -r` says it. */
  readonly release: string;
  readonly packageVersion: string;
  readonly tree: string;
}

/** Downloads and unpacks the release's cloud kernel, or finds it in the cache. Nothing is installed on the machine. */
export async function buildKernel(
  names: StageNames,
  openApt: () => Promise<PrivateApt>,
  report: Reporter,
): Promise<Kernel> {
  const dir = await stage(names.kernel, 'kernel and headers', report, async (into) => {
    const apt = await openApt();
    const image = dependency((await apt.show('linux-image-cloud-amd64')).depends, /linux-image-\S+-cloud-amd64/);
    const release = image.replace('linux-image-', '');
    const headers = `linux-headers-${release}`;
    const { version, depends } = await apt.show(headers);
    const needed = [
      image,
      headers,
      dependency(depends, /linux-headers-\S+-common/),
      dependency(depends, /linux-kbuild-\S+/),
      dependency(depends, /linux-compiler-\S+/),
    ];
    await downloadAndUnpack(apt, needed, join(into, 'tree'), into);
    const facts: Omit<Kernel, 'tree'> = { release, packageVersion: version };
    writeFileSync(join(into, 'kernel.json'), JSON.stringify(facts));
  });
  const facts = JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8')) as Omit<Kernel, 'tree'>;
  return { ...facts, tree: join(dir, 'tree') };
}

function dependency(depends: string, pattern: RegExp): string {
  const found = pattern.exec(depends)?.[0];
  if (found === undefined) throw new Error(`no ${pattern.source} among: ${depends}`);
  return found;
}

async function downloadAndUnpack(
  apt: PrivateApt,
  packages: readonly string[],
  tree: string,
  dir: string,
): Promise<void> {
  const debs = join(dir, 'debs');
  mkdirSync(debs);
  await apt.download(packages, debs);
  for (const deb of readdirSync(debs)) await exec(['dpkg-deb', '-x', join(debs, deb), tree]);
  await exec(['rm', '-r', debs]);
}

/** The built modules: a folder of `*.ko` and the version of the package they were built from. */
export interface ZfsModules {
  readonly packageVersion: string;
  readonly dir: string;
}

/** Builds OpenZFS's kernel modules from Debian's dkms package for `kernel`, or finds them in the cache. */
export async function buildModules(
  zfs: ZfsFlavour,
  release: string,
  names: StageNames,
  kernel: Kernel,
  openApt: () => Promise<PrivateApt>,
  report: Reporter,
): Promise<ZfsModules> {
  const dir = await stage(names.modules, `ZFS modules (${zfs})`, report, async (into) => {
    const apt = await openApt();
    const suite = zfs === 'backports' ? `${release}-backports` : undefined;
    const { version } = await apt.show('zfs-dkms', suite);
    const tree = join(into, 'tree');
    await downloadAndUnpack(apt, [`zfs-dkms=${version}`], tree, into);
    const source = join(tree, 'usr/src', theOnly(readdirSync(join(tree, 'usr/src'))));
    const log = join(into, 'build.log');
    const headers = await relocatedHeaders(kernel, join(into, 'headers'));
    const configure = [
      './configure',
      '--with-config=kernel',
      `--with-linux=${headers.common}`,
      `--with-linux-obj=${headers.flavour}`,
    ];
    await exec(configure, { cwd: source, logFile: log });
    await exec(['make', `-j${cpus().length}`], { cwd: source, logFile: log });
    const built = (await exec(['find', join(source, 'module'), '-name', '*.ko']))
      .split('\n')
      .filter((path) => path !== '');
    const modules = join(into, 'modules');
    mkdirSync(modules);
    for (const path of built) renameSync(path, join(modules, path.slice(path.lastIndexOf('/') + 1)));
    // Debugging data is nine tenths of a module.
    await exec(['strip', '-g', ...readdirSync(modules).map((name) => join(modules, name))]);
    await exec(['rm', '-r', tree, join(into, 'headers')]);
    writeFileSync(join(into, 'version'), version);
  });
  return { packageVersion: readFileSync(join(dir, 'version'), 'utf8'), dir: join(dir, 'modules') };
}

function theOnly(entries: readonly string[]): string {
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) throw new Error(`expected one entry, found: ${entries.join(' ')}`);
  return entry;
}

/**
 * Debian's headers name each other by absolute path below /usr/src. A copy made of links, with its one Makefile
 * rewritten, makes them usable wherever they have been unpacked.
 */
async function relocatedHeaders(kernel: Kernel, into: string): Promise<{ common: string; flavour: string }> {
  await exec(['cp', '-a', '--no-preserve=ownership', join(kernel.tree, 'usr'), into]);
  const src = join(into, 'src');
  const flavour = join(src, `linux-headers-${kernel.release}`);
  const common = join(src, theOnly(readdirSync(src).filter((name) => name.endsWith('-common'))));
  const makefile = join(flavour, 'Makefile');
  writeFileSync(makefile, readFileSync(makefile, 'utf8').replaceAll('/usr/src/', `${src}/`));
  return { common, flavour };
}
