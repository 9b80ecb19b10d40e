#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SOCKET_PATH_DEFAULT } from '../core/api/contract.ts';
import type { NamedPage } from '../core/api/shell.ts';
import { connectDaemon } from '../core/api/wire/connect.ts';
import { BrowserFace } from './browser/face.ts';
import { hasDisplay, openWindow } from './browser/launch.ts';
import type { Connect } from './helper/link.ts';
import { languageOf, SHELL_MESSAGES } from './messages/languages.ts';
import { Pages } from './page/pages.ts';
import type { DesktopShell } from './shell/desktop-shell.ts';
import { joinDesktop, openDesk } from './shell/join.ts';
import { systemClock } from './system-clock.ts';
/** Entry of the desktop's part of Snapferry: a process of the person at the desk, without any rights of its own. */
import { VERSION } from './version.ts';

/** A server that no window has used for so long ends. */
const IDLE_MS = 10 * 60_000;

/** The built page lies beside this program, or in `dist` where this runs from the sources. */
function pageFolder(): string {
  const beside = join(import.meta.dirname, 'renderer');
  return existsSync(join(beside, 'index.html')) ? beside : join(import.meta.dirname, '..', 'dist', 'renderer');
}

const { values } = parseArgs({
  options: {
    socket: { type: 'string', default: SOCKET_PATH_DEFAULT },
    /** Only print the address of the window, and end with it. */
    print: { type: 'boolean', default: false },
    /** Without a window, for the start of a session. */
    background: { type: 'boolean', default: false },
    version: { type: 'boolean', default: false },
  },
});
if (values.version) {
  process.stdout.write(`${VERSION}\n`);
  process.exit(0);
}

const clock = systemClock;
const language = languageOf(process.env);
const messages = SHELL_MESSAGES[language];
const connect: Connect = (signal) => connectDaemon(values.socket, signal);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ending.abort());

let shell: DesktopShell | null = null;
const command = [process.execPath, ...process.argv.slice(1, 2), '--background', '--socket', values.socket];
const desk = await openDesk(process.env, command, values.socket);
const pages = new Pages({ clock, connect, desk, visible: (visible) => shell?.windowVisible(visible) });
const face = new BrowserFace({
  clock,
  random: (byteCount) => randomBytes(byteCount).toString('base64url'),
  language,
  serve: pages.serve,
  folder: pageFolder(),
  idleMs: IDLE_MS,
});
ending.signal.addEventListener('abort', () => void face.close());

/** Shows the window, or says where it is. */
async function open(page?: NamedPage): Promise<void> {
  const address = await face.address(page);
  const opened = !values.print && hasDisplay(process.env) && (await openWindow(address, process.env, clock));
  process.stdout.write(`${opened ? messages.opened : messages.openYourself(address)}\n`);
}

const joining = {
  clock,
  language,
  env: process.env,
  connect,
  desk,
  openWindow: (page?: NamedPage) => void open(page),
  ending,
};
const joined = values.print ? null : await joinDesktop(joining);
if (joined === 'elsewhere') process.exit(0);
shell = joined;
if (!values.background || shell === null) await open();
// With an icon it goes on until somebody ends it; without one, as long as the window is used.
await (shell === null ? face.ended() : shell.run().catch(() => face.ended()));
await face.close();
process.exit(0);
