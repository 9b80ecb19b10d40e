#!/usr/bin/env node
/** Entry of the desktop's part of Snapferry: a process of the person at the desk, without any rights of its own. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SOCKET_PATH_DEFAULT } from '../core/api/contract.ts';
import { connectDaemon } from '../core/api/wire/connect.ts';
import { BrowserFace } from './browser/face.ts';
import { hasDisplay, openWindow } from './browser/launch.ts';
import { languageOf, SHELL_MESSAGES } from './messages/languages.ts';
import { systemClock } from './system-clock.ts';
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
    print: { type: 'boolean', default: false },
    version: { type: 'boolean', default: false },
  },
});

if (values.version) {
  process.stdout.write(`${VERSION}\n`);
  process.exit(0);
}

const language = languageOf(process.env);
const messages = SHELL_MESSAGES[language];
const face = new BrowserFace({
  clock: systemClock,
  random: (byteCount) => randomBytes(byteCount).toString('base64url'),
  language,
  connect: (signal) => connectDaemon(values.socket, signal),
  folder: pageFolder(),
  idleMs: IDLE_MS,
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void face.close());

const address = await face.address();
const opened = !values.print && hasDisplay(process.env) && (await openWindow(address, process.env, systemClock));
process.stdout.write(`${opened ? messages.opened : messages.openYourself(address)}\n`);
await face.ended();
process.exit(0);
