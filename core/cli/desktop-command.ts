/** How the desktop's part of Snapferry is started: a program of its own, beside this one, with or without Electron. Pure. */
import { dirname, join } from 'node:path';
import type { Argv } from '../host/types.ts';

/** What is looked at on disk. */
export interface DesktopFiles {
  readonly exists: (path: string) => boolean;
  /** Null where there is no such file. */
  readonly read: (path: string) => string | null;
}

export interface DesktopPrograms {
  /** The window in the person's browser; always there. */
  readonly browser: Argv;
  /** The window in Electron; null where Electron is not there. */
  readonly electron: Argv | null;
}

/** `entry` is the file of the command line, bundled or as source; `node` runs us. */
export function desktopPrograms(entry: string, node: string, files: DesktopFiles): DesktopPrograms {
  const folder = dirname(entry);
  const source = entry.endsWith('.ts');
  const browser = source ? join(folder, '..', '..', 'electron', 'desktop.ts') : join(folder, 'snapferry-desktop.mjs');
  return {
    browser: [node, browser],
    electron: source ? unpacked(join(folder, '..', '..'), files) : built(folder, files),
  };
}

/** Beside a package's service, which lies in the resources of the program; or as for the sources. */
function built(folder: string, files: DesktopFiles): Argv | null {
  const packed = join(folder, '..', '..', 'snapferry-desktop');
  const archive = join(folder, '..', 'app.asar');
  if (files.exists(packed) && files.exists(archive)) return [packed];
  return unpacked(join(folder, '..'), files);
}

/** The npm package `electron` fetches its program when told so, and says then where it is. */
function unpacked(root: string, files: DesktopFiles): Argv | null {
  const electron = join(root, 'node_modules', 'electron');
  const program = files.read(join(electron, 'path.txt'))?.trim() ?? '';
  // A file name, and no way out of the folder.
  if (!/^[\w.-]+$/.test(program) || program.startsWith('.')) return null;
  const [binary, app] = [join(electron, 'dist', program), join(root, 'dist', 'electron')];
  return files.exists(binary) && files.exists(join(app, 'main.mjs')) ? [binary, app] : null;
}

/** What decides where the window is shown. */
export interface DesktopWish {
  /** A person wants it in the browser. */
  readonly browser: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
}

/** In Electron wherever that can be: it needs a screen, and its sandbox is not for root. */
export function desktopProgram({ browser, electron }: DesktopPrograms, wish: DesktopWish): Argv {
  const { DISPLAY = '', WAYLAND_DISPLAY = '' } = wish.env;
  const screen = DISPLAY !== '' || WAYLAND_DISPLAY !== '';
  return electron === null || wish.browser || !screen || wish.uid === 0 ? browser : electron;
}
