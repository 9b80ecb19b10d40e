/** How the desktop's part of Snapferry is started: a program of its own, beside this one. */
import { dirname, join } from 'node:path';
import type { Argv } from '../host/types.ts';

/** `entry` is the file of the command line, bundled or as source. */
export function desktopCommand(entry: string): Argv {
  const folder = dirname(entry);
  const program = entry.endsWith('.ts')
    ? join(folder, '..', '..', 'electron', 'desktop.ts')
    : join(folder, 'snapferry-desktop.mjs');
  return [process.execPath, program];
}
