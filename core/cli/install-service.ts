/**
 * `snapferry install-service` and `uninstall-service`: the program, its own Node and all that makes it a service of this machine,
 * in folders of root. With `--root` everything goes below another folder and nothing is started; with `--in-place` the program
 * is run where a package has put it.
 */
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProblemError } from '../api/problem.ts';
import type { CliContext, Installation } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printLines } from './io.ts';
import {
  CONFIG_FILE,
  filled,
  KEPT_FOLDERS,
  LOCAL_PLACES,
  PACKAGE_PLACES,
  type Places,
  plannedFiles,
} from './service-plan.ts';
import { serviceTexts } from './texts-service.ts';

export interface ServiceOptions {
  /** Everything goes below this folder; "/" is this machine itself. */
  readonly root: string;
  /** Into the folders of the distribution rather than those of the administrator. */
  readonly package: boolean;
  /** The program stays where it is, and the service runs it there: a package has put it into a folder of root's. */
  readonly inPlace: boolean;
}

const PROGRAM_FILES = ['snapferry.mjs', 'snapferry-desktop.mjs', 'renderer', 'THIRD-PARTY-LICENSES.txt'];

export async function installServiceCommand(ctx: CliContext, options: ServiceOptions): Promise<ExitCode> {
  const { io, installation } = ctx;
  const places = placesOf(ctx, options);
  const at = (path: string): string => join(options.root, path);
  checkRoot(ctx, options);
  if (!existsSync(join(installation.program, 'snapferry.mjs'))) {
    throw new ProblemError('request-invalid', { reason: 'only a built program can be installed: npm run build' });
  }
  if (options.inPlace) await checkInPlace(installation, options);
  else await copyProgram(installation, at(places.lib));
  for (const { source, target, mode } of plannedFiles(places)) {
    const text = filled(await readFile(join(installation.program, 'linux', source), 'utf8'), places);
    await put(at(target), (fresh) => writeFile(fresh, text), mode);
  }
  if (!existsSync(at(CONFIG_FILE))) {
    const text = await readFile(join(installation.program, 'linux', 'snapferry.yml'), 'utf8');
    await put(at(CONFIG_FILE), (fresh) => writeFile(fresh, text), 0o640);
  }
  const failed = isHere(options)
    ? await runAll(installation, [
        ['systemd-sysusers', `${places.sysusers}/snapferry.conf`],
        ['systemd-tmpfiles', '--create', `${places.tmpfiles}/snapferry.conf`],
        ['systemctl', 'daemon-reload'],
        ['systemctl', 'enable', 'snapferry.service'],
        // An upgrade: runs at work end in good order and go on with the new program.
        ['systemctl', 'restart', 'snapferry.service'],
      ])
    : [];
  printLines(io.stdout, [serviceTexts.installed(places.lib)]);
  return report(ctx, failed);
}

export async function uninstallServiceCommand(ctx: CliContext, options: ServiceOptions): Promise<ExitCode> {
  const { io, installation } = ctx;
  const places = placesOf(ctx, options);
  const at = (path: string): string => join(options.root, path);
  checkRoot(ctx, options);
  const here = isHere(options);
  const failed = here ? await runAll(installation, [['systemctl', 'disable', '--now', 'snapferry.service']]) : [];
  for (const { target } of plannedFiles(places)) await rm(at(target), { force: true });
  if (!options.inPlace) await rm(at(places.lib), { recursive: true, force: true });
  await rm(at('/run/snapferry'), { recursive: true, force: true });
  if (here) failed.push(...(await runAll(installation, [['systemctl', 'daemon-reload']])));
  printLines(io.stdout, [serviceTexts.removed(KEPT_FOLDERS)]);
  return report(ctx, failed);
}

function placesOf({ installation }: CliContext, options: ServiceOptions): Places {
  const places = options.package ? PACKAGE_PLACES : LOCAL_PLACES;
  return options.inPlace ? { ...places, lib: installation.program } : places;
}

async function copyProgram({ program, node }: Installation, lib: string): Promise<void> {
  await mkdir(lib, { recursive: true, mode: 0o755 });
  for (const name of PROGRAM_FILES) {
    const source = join(program, name);
    if (existsSync(source)) await put(join(lib, name), (fresh) => cp(source, fresh, { recursive: true }), 0o755);
  }
  await put(join(lib, 'node'), (fresh) => cp(node, fresh, { dereference: true }), 0o755);
}

/** What root is going to run has its Node beside it, and belongs to root all the way up. */
async function checkInPlace({ program, node }: Installation, options: ServiceOptions): Promise<void> {
  const real = await realpath(program);
  if ((await realpath(node)) !== join(real, 'node') || real !== program) {
    throw new ProblemError('request-invalid', { reason: `"${join(program, 'node')}" does not run this` });
  }
  if (!isHere(options)) return;
  for (const path of [join(real, 'node'), join(real, 'snapferry.mjs'), ...foldersUpTo(real)]) {
    const { uid, mode } = await stat(path);
    if (uid !== 0 || (mode & 0o022) !== 0) {
      throw new ProblemError('request-invalid', { reason: `others than root can change "${path}"` });
    }
  }
}

/** A folder and all that it lies in. */
function foldersUpTo(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...foldersUpTo(above)];
}

function isHere({ root }: ServiceOptions): boolean {
  return root === '/';
}

/** Where others than root could write, root must not run anything from. */
function checkRoot({ io }: CliContext, options: ServiceOptions): void {
  if (isHere(options) && io.uid !== 0) throw new ProblemError('not-permitted');
}

/** Beside its place first, so that a running program never sees half of it. */
async function put(target: string, write: (fresh: string) => Promise<unknown>, mode: number): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await write(fresh);
  await chmod(fresh, mode);
  if (process.geteuid?.() === 0) await chown(fresh, 0, 0);
  // A folder cannot take the place of one that is not empty.
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

async function runAll({ run }: Installation, commands: readonly (readonly [string, ...string[]])[]): Promise<string[]> {
  const failed: string[] = [];
  for (const command of commands) {
    const said = await run(...command);
    if (said !== null) failed.push(serviceTexts.failed(command.join(' '), said));
  }
  return failed;
}

function report({ io }: CliContext, failed: readonly string[]): ExitCode {
  printLines(io.stderr, failed);
  return failed.length === 0 ? EXIT.ok : EXIT.problems;
}
