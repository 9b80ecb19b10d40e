/** The one window of this shell: made when it is first wanted, hidden when it is closed, made anew when its page has crashed. */

import type { Clock } from '../../core/api/clock.ts';
import type { NamedPage } from '../../core/api/shell.ts';
import type { PageIpc } from './page-ipc.ts';
import { START_URL } from './place.ts';
import type { ElectronPort, WindowPort } from './port.ts';

/** A page that crashes again this soon is left alone until somebody asks for the window. */
const CRASH_PAUSE_MS = 60_000;

export interface AppWindowOptions {
  readonly clock: Clock;
  readonly preload: string;
  /** A file with the icon of the program; null where there is none. */
  readonly icon: string | null;
  /** Whether this program goes on without a window. */
  readonly staysWithout: () => boolean;
  /** Hears whether the window is on the screen, at every change. */
  readonly shown: (shown: boolean) => void;
  /** The window was closed, and this program has nothing else to show. */
  readonly closed: () => void;
}

export class AppWindow {
  readonly #electron: Pick<ElectronPort, 'BrowserWindow'>;
  readonly #ipc: PageIpc;
  readonly #options: AppWindowOptions;
  #window: WindowPort | null = null;
  #ending = false;
  #crashedMs = Number.NEGATIVE_INFINITY;

  constructor(electron: Pick<ElectronPort, 'BrowserWindow'>, ipc: PageIpc, options: AppWindowOptions) {
    this.#electron = electron;
    this.#ipc = ipc;
    this.#options = options;
  }

  /** Brings it to the front, at a page where one is named. */
  show(page?: NamedPage): void {
    if (this.#ending) return;
    const window = this.#window;
    if (window === null) {
      this.#make(page);
      return;
    }
    // The same document at another place: nothing is loaded anew.
    if (page !== undefined) window.loadURL(addressOf(page)).catch(() => {});
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Ends it for good. */
  end(): void {
    this.#ending = true;
    this.#window?.destroy();
  }

  #make(page?: NamedPage): void {
    const { preload, icon, shown } = this.#options;
    const window = new this.#electron.BrowserWindow({
      title: 'Snapferry',
      width: 1180,
      height: 800,
      minWidth: 360,
      minHeight: 400,
      // A white flash before the first picture helps nobody.
      show: false,
      autoHideMenuBar: true,
      ...(icon === null ? {} : { icon }),
      webPreferences: { ...PREFERENCES, preload },
    });
    this.#window = window;
    this.#ipc.attach(window.webContents);
    window.once('ready-to-show', () => {
      if (this.#window === window) this.show();
    });
    window.on('show', () => shown(true));
    window.on('hide', () => shown(false));
    window.on('close', (event) => {
      if (this.#ending || !this.#options.staysWithout()) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => this.#closed(window));
    window.webContents.on('render-process-gone', () => this.#crashed(window));
    // What cannot be loaded says so itself, in the place of the page.
    window.loadURL(page === undefined ? START_URL : addressOf(page)).catch(() => {});
  }

  #closed(window: WindowPort): void {
    if (this.#window !== window) return;
    this.#window = null;
    this.#ipc.detach();
    this.#options.shown(false);
    if (!this.#ending && !this.#options.staysWithout()) this.#options.closed();
  }

  #crashed(window: WindowPort): void {
    if (this.#window !== window) return;
    const nowMs = this.#options.clock.monotonicMs();
    const again = window.isVisible() && nowMs - this.#crashedMs > CRASH_PAUSE_MS;
    this.#crashedMs = nowMs;
    this.#window = null;
    this.#ipc.detach();
    this.#options.shown(false);
    window.destroy();
    if (again) this.#make();
  }
}

function addressOf(page: NamedPage): string {
  return `${START_URL}#/${page}`;
}

/** All spelled out, also where Electron's own default is the same today. */
const PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  plugins: false,
  navigateOnDragDrop: false,
  spellcheck: false,
  devTools: false,
} as const;
