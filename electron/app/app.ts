/** The shell in Electron: one process of the session, its window, its icon and notices. Wiring only. */

import type { Clock } from '../../core/api/clock.ts';
import type { Language } from '../../core/api/messages/languages.ts';
import type { NamedPage } from '../../core/api/shell.ts';
import type { Connect } from '../helper/link.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import type { StaticFiles } from '../page/files.ts';
import { Pages } from '../page/pages.ts';
import type { ShellDesk } from '../shell/desk.ts';
import type { DesktopShell } from '../shell/desktop-shell.ts';
import type { Joining } from '../shell/join.ts';
import { fileAnswer } from './files.ts';
import { windowMenu } from './menu.ts';
import { PageIpc } from './page-ipc.ts';
import { SCHEME, SCHEME_PRIVILEGES } from './place.ts';
import type { ElectronPort } from './port.ts';
import { wallsOfApp, wallsOfSession } from './walls.ts';
import { AppWindow } from './window.ts';

export interface AppOptions {
  readonly clock: Clock;
  readonly language: Language;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connect: Connect;
  readonly openDesk: () => Promise<ShellDesk>;
  /** Without a window at first, for the start of a session. */
  readonly background: boolean;
  readonly preload: string;
  readonly icon: string | null;
  readonly files: () => Promise<StaticFiles>;
  readonly join: (joining: Joining) => Promise<Pick<DesktopShell, 'run' | 'windowVisible'> | 'elsewhere' | null>;
}

/**
 * Starts it, before Electron is ready: what follows has to be known to it by then. Resolves when this program may end, or at once
 * where another one of this session shows its window instead.
 */
export async function runApp(electron: ElectronPort, options: AppOptions): Promise<void> {
  const { app } = electron;
  electron.protocol.registerSchemesAsPrivileged([SCHEME_PRIVILEGES]);
  wallsOfApp(app);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const ending = new AbortController();
  app.on('before-quit', () => ending.abort());
  // Without a listener the program would end with its last window.
  app.on('window-all-closed', () => {});
  await app.whenReady();
  const desk = await options.openDesk();
  if (!ending.signal.aborted) await new App(electron, options, desk, ending).run();
  app.quit();
}

class App {
  readonly #options: AppOptions;
  readonly #desk: ShellDesk;
  readonly #ending: AbortController;
  readonly #window: AppWindow;
  #shell: Pick<DesktopShell, 'run' | 'windowVisible'> | null = null;
  /** The page says that it can be seen; the window is on the screen. */
  #seen = { page: false, window: false };

  constructor(electron: ElectronPort, options: AppOptions, desk: ShellDesk, ending: AbortController) {
    const { clock, connect, language, preload, icon } = options;
    this.#options = options;
    this.#desk = desk;
    this.#ending = ending;
    const session = electron.session.defaultSession;
    wallsOfSession(session);
    const files = options.files();
    session.protocol.handle(SCHEME, async (request) =>
      fileAnswer(request, await files, SHELL_MESSAGES[language].notBuilt),
    );
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(windowMenu(language)));
    const pages = new Pages({ clock, connect, desk, visible: (page) => this.#see({ page }) });
    this.#window = new AppWindow(electron, new PageIpc(electron.ipcMain, pages.serve), {
      clock,
      preload,
      icon,
      staysWithout: () => this.#shell !== null && !ending.signal.aborted,
      shown: (window) => this.#see({ window }),
      closed: () => ending.abort(),
    });
    electron.app.on('second-instance', () => this.#window.show());
  }

  async run(): Promise<void> {
    const { clock, language, env, connect, background, join } = this.#options;
    const [ending, desk] = [this.#ending, this.#desk];
    const openWindow = (page?: NamedPage): void => this.#window.show(page);
    const joined = await join({ clock, language, env, connect, desk, openWindow, ending });
    if (joined === 'elsewhere') return;
    this.#shell = joined;
    if (!background || joined === null) openWindow();
    const ended = untilAborted(ending.signal);
    // A bus that refuses the icon leaves a program with a window.
    await joined?.run().catch(() => this.#stay());
    await ended;
    this.#window.end();
  }

  #stay(): void {
    this.#shell = null;
    this.#window.show();
  }

  #see(change: Partial<{ page: boolean; window: boolean }>): void {
    this.#seen = { ...this.#seen, ...change };
    this.#shell?.windowVisible(this.#seen.page && this.#seen.window);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
