/** The real loopback server of the window in front of a daemon's socket, in this process. */
import { randomBytes } from 'node:crypto';
import { connectDaemon } from '../../../../core/api/wire/connect.ts';
import { systemClock } from '../../../../core/host/system-clock.ts';
import { BrowserFace } from '../../../../electron/browser/face.ts';
import { Pages } from '../../../../electron/page/pages.ts';
import { someDesk } from '../../../unit/electron/support/desk.ts';

const IDLE_MS = 600_000;

/** @param windowFolder the built window */
export function faceOf(
  windowFolder: string,
  socketPath: () => string,
  desk: ReturnType<typeof someDesk>['desk'] = someDesk().desk,
): BrowserFace {
  const connect = (signal: AbortSignal) => connectDaemon(socketPath(), signal);
  const pages = new Pages({ clock: systemClock, connect, desk, visible: () => {} });
  return new BrowserFace({
    clock: systemClock,
    random: (byteCount) => randomBytes(byteCount).toString('base64url'),
    language: 'en',
    serve: pages.serve,
    folder: windowFolder,
    idleMs: IDLE_MS,
  });
}
