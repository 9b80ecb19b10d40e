/** Entry of Snapferry in Electron: a process of the person at the desk, without any rights of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as electron from 'electron';
import { SOCKET_PATH_DEFAULT } from '../../core/api/contract.ts';
import { connectDaemon } from '../../core/api/wire/connect.ts';
import { languageOf } from '../messages/languages.ts';
import { readStaticFiles } from '../page/files.ts';
import { joinDesktop, openDesk } from '../shell/join.ts';
import { systemClock } from '../system-clock.ts';
import { runApp } from './app.ts';

// Chromium has options of its own, which are none of ours.
const { values } = parseArgs({
  args: process.argv.slice(1),
  strict: false,
  options: { socket: { type: 'string' }, background: { type: 'boolean' } },
});
const socket = typeof values.socket === 'string' ? values.socket : SOCKET_PATH_DEFAULT;
/** Starts this program without a window: an AppImage is a file that holds it; what was not packed needs its folder, too. */
const own =
  process.defaultApp === true ? [process.execPath, import.meta.dirname] : [process.env.APPIMAGE ?? process.execPath];
const command = [...own, '--background', ...(socket === SOCKET_PATH_DEFAULT ? [] : ['--socket', socket])];
const icon = join(import.meta.dirname, 'icon.png');

// Not awaited: Electron becomes ready only after this module has ended.
void runApp(electron, {
  clock: systemClock,
  language: languageOf(process.env),
  env: process.env,
  connect: (signal) => connectDaemon(socket, signal),
  openDesk: () => openDesk(process.env, command, socket),
  background: values.background === true,
  preload: join(import.meta.dirname, 'preload.cjs'),
  icon: existsSync(icon) ? icon : null,
  files: () => readStaticFiles(join(import.meta.dirname, 'renderer')),
  join: joinDesktop,
});
