/** The window beside what `npm start` shows in the terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build/build.ts';
import { ROOT } from '../lib/root.ts';

const CLI = join(ROOT, 'core', 'cli', 'main.ts');

/** Opens it where there is a screen: in Electron where that is installed, in the browser otherwise. Gives how to end it. */
export async function openWindow(env: Readonly<Record<string, string | undefined>>): Promise<() => void> {
  if ((env.DISPLAY ?? '') === '' && (env.WAYLAND_DISPLAY ?? '') === '') {
    process.stdout.write(
      'There is no screen for the window; "snapferry open --print" gives an address for a browser.\n',
    );
    return () => {};
  }
  if (!existsSync(join(ROOT, 'dist', 'electron', 'main.mjs'))) await build();
  const child: ChildProcess = spawn(process.execPath, [CLI, 'open'], { stdio: 'ignore' });
  // What is shown in the terminal does not depend on it.
  child.on('error', () => {});
  return () => void child.kill('SIGTERM');
}
