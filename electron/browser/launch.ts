/**
 * Shows an address in a window of the person's browser. The address holds a token and arguments of programs can be read by
 * everybody, so the browser is given a file of ours, only readable by this user, that leads there.
 */
import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../core/api/clock.ts';

/** Browsers that show a page as a window of its own, without their controls. */
const APP_BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'brave-browser',
  'microsoft-edge',
];
const ANY_BROWSER = 'xdg-open';
/** As long as the token is good. */
const FILE_LIFE_MS = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether there is a screen to show something on. */
export function hasDisplay(env: Environment): boolean {
  return (env.DISPLAY ?? '') !== '' || (env.WAYLAND_DISPLAY ?? '') !== '';
}

/** The command that shows a page, `null` where no browser is installed. `has` says whether a program is there. */
export async function browserCommand(
  page: string,
  has: (program: string) => Promise<boolean>,
): Promise<readonly [program: string, ...args: string[]] | null> {
  for (const program of APP_BROWSERS) {
    if (await has(program)) return [program, `--app=${page}`];
  }
  return (await has(ANY_BROWSER)) ? [ANY_BROWSER, page] : null;
}

/** Opens the address in a window. Resolves with false where there is no browser. */
export async function openWindow(address: string, env: Environment, clock: Clock): Promise<boolean> {
  const folder = await mkdtemp(join(env.XDG_RUNTIME_DIR ?? tmpdir(), 'snapferry-open-'));
  const file = join(folder, 'open.html');
  await writeFile(file, leadTo(address), { mode: 0o600 });
  const command = await browserCommand(pathToFileURL(file).href, (program) => isInPath(program, env));
  if (command !== null) start(command);
  void clock.sleep(command === null ? 0 : FILE_LIFE_MS).then(() => rm(folder, { recursive: true, force: true }));
  return command !== null;
}

/** A page that leads to an address of ours, which holds nothing that HTML could misread. */
function leadTo(address: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Snapferry</title><meta http-equiv="refresh" content="0; url=${address}">\n`;
}

function start([program, ...args]: readonly [program: string, ...args: string[]]): void {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}

async function isInPath(program: string, env: Environment): Promise<boolean> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
