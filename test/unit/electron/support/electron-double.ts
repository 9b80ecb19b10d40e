/** Electron as the shell knows it, in memory: what it was told can be read, and what it tells can be brought about. */
import type {
  BrowserWindowConstructorOptions,
  CustomScheme,
  MenuItemConstructorOptions,
  WindowOpenHandlerResponse,
} from 'electron';
import { START_URL } from '../../../../electron/app/place.ts';
import type {
  AppPort,
  ContentsPort,
  ElectronPort,
  IpcMainPort,
  Navigation,
  PagePort,
  Preventable,
  Sender,
  SessionPort,
  WindowPort,
} from '../../../../electron/app/port.ts';

type Listener = (...args: never[]) => void;

/** Hears and tells events by their names. */
class Events {
  readonly #listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  tell(event: string, ...args: readonly unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) Reflect.apply(listener, undefined, args);
  }

  /** Tells an event that can be prevented. Whether it was. */
  prevented(event: string, ...more: readonly unknown[]): boolean {
    let prevented = false;
    const preventable: Preventable = {
      preventDefault: () => {
        prevented = true;
      },
    };
    this.tell(event, preventable, ...more);
    return prevented;
  }

  has(event: string): boolean {
    return this.#listeners.has(event);
  }
}

export class ElectronDouble implements ElectronPort {
  /** In the order in which it was told. */
  readonly calls: string[] = [];
  readonly app = new AppDouble(this.calls);
  readonly ipcMain = new IpcMainDouble();
  readonly defaultSession = new SessionDouble(this.calls);
  readonly windows: WindowDouble[] = [];
  schemes: readonly CustomScheme[] = [];
  menu: readonly MenuItemConstructorOptions[] = [];

  readonly protocol = {
    registerSchemesAsPrivileged: (schemes: CustomScheme[]): void => {
      this.calls.push('schemes');
      this.schemes = schemes;
    },
  };
  readonly session = { defaultSession: this.defaultSession };
  readonly Menu = {
    buildFromTemplate: (template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] => template,
    setApplicationMenu: (menu: MenuItemConstructorOptions[]): void => {
      this.menu = menu;
    },
  };
  readonly BrowserWindow: ElectronPort['BrowserWindow'];

  constructor() {
    const made = (window: WindowDouble): number => this.windows.push(window);
    this.BrowserWindow = class extends WindowDouble {
      constructor(options: BrowserWindowConstructorOptions) {
        super(options);
        made(this);
      }
    };
  }

  /** The newest. */
  get window(): WindowDouble {
    const window = this.windows.at(-1);
    if (window === undefined) throw new Error('there is no window');
    return window;
  }

  /** A message from the page of the newest window, or from somebody who says to be it. */
  say(message: unknown, change: Partial<{ id: number; url: string; parent: unknown; gone: boolean }> = {}): void {
    const { id = this.window.webContents.id, url = START_URL, parent = null, gone = false } = change;
    this.ipcMain.say({ sender: { id }, senderFrame: gone ? null : { url, parent } }, message);
  }
}

class AppDouble extends Events implements AppPort {
  readonly #calls: string[];
  readonly #ready = Promise.withResolvers<void>();
  readonly switches = new Map<string, string>();
  only = true;
  quits = 0;

  constructor(calls: string[]) {
    super();
    this.#calls = calls;
  }

  readonly commandLine = {
    appendSwitch: (name: string, value = ''): void => {
      this.switches.set(name, value);
    },
  };

  enableSandbox(): void {
    this.#calls.push('sandbox');
  }

  requestSingleInstanceLock(): boolean {
    return this.only;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  becomeReady(): void {
    this.#calls.push('ready');
    this.#ready.resolve();
  }

  quit(): void {
    this.quits += 1;
    this.tell('before-quit');
  }
}

class SessionDouble extends Events implements SessionPort {
  readonly #calls: string[];
  handler: ((request: Request) => Promise<Response>) | null = null;
  #request: Parameters<SessionPort['webRequest']['onBeforeRequest']>[0] | null = null;
  #permission: Parameters<SessionPort['setPermissionRequestHandler']>[0] | null = null;
  #check: Parameters<SessionPort['setPermissionCheckHandler']>[0] | null = null;
  #display: Parameters<SessionPort['setDisplayMediaRequestHandler']>[0] | null = null;
  #pairing: Parameters<SessionPort['setBluetoothPairingHandler']>[0] | null = null;
  #device: (() => boolean) | null = null;
  spellChecker = true;

  constructor(calls: string[]) {
    super();
    this.#calls = calls;
  }

  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Promise<Response>): void => {
      this.#calls.push(`handle ${scheme}`);
      this.handler = handler;
    },
  };
  readonly webRequest: SessionPort['webRequest'] = {
    onBeforeRequest: (listener) => {
      this.#request = listener;
    },
  };

  setPermissionRequestHandler(handler: Parameters<SessionPort['setPermissionRequestHandler']>[0]): void {
    this.#permission = handler;
  }
  setPermissionCheckHandler(handler: Parameters<SessionPort['setPermissionCheckHandler']>[0]): void {
    this.#check = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.#device = handler;
  }
  setDisplayMediaRequestHandler(handler: Parameters<SessionPort['setDisplayMediaRequestHandler']>[0]): void {
    this.#display = handler;
  }
  setBluetoothPairingHandler(handler: Parameters<SessionPort['setBluetoothPairingHandler']>[0]): void {
    this.#pairing = handler;
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }

  /** What is not asked about is allowed, as in Electron. */
  cancels(url: string): boolean {
    let cancelled = false;
    this.#request?.({ url }, ({ cancel }) => {
      cancelled = cancel === true;
    });
    return cancelled;
  }

  grants(permission: string): readonly boolean[] {
    const answers: boolean[] = [];
    this.#permission?.(null, permission, (granted) => answers.push(granted));
    answers.push(this.#check?.(null, permission, 'snapferry://window') ?? true);
    return answers;
  }

  grantsDevice(): boolean {
    return this.#device?.() ?? true;
  }

  sharesScreen(): boolean {
    let shared = true;
    this.#display?.({}, (streams) => {
      shared = streams !== null;
    });
    return shared;
  }

  pairs(): boolean {
    let paired = true;
    this.#pairing?.({}, ({ confirmed }) => {
      paired = confirmed;
    });
    return paired;
  }
}

export class ContentsDouble extends Events implements ContentsPort {
  opens: WindowOpenHandlerResponse['action'] = 'allow';

  setWindowOpenHandler(handler: Parameters<ContentsPort['setWindowOpenHandler']>[0]): void {
    const details = { url: 'https://example.org/', frameName: '', features: '', disposition: 'new-window' } as const;
    this.opens = handler({ ...details, referrer: { url: '', policy: 'no-referrer' } }).action;
  }
}

class PageDouble extends Events implements PagePort {
  static #count = 0;
  readonly id: number;
  readonly heard: unknown[] = [];
  destroyed = false;

  constructor() {
    super();
    PageDouble.#count += 1;
    this.id = PageDouble.#count;
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  send(channel: string, message: unknown): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    this.heard.push(message);
    this.tell(`sent ${channel}`, message);
  }

  navigate(details: Navigation): void {
    this.tell('did-start-navigation', details);
  }
}

export class WindowDouble extends Events implements WindowPort {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new PageDouble();
  url = '';
  #visible = false;
  minimized = false;
  focused = 0;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }

  once(event: string, listener: Listener): void {
    this.on(event, listener);
  }

  async loadURL(url: string): Promise<void> {
    this.url = url;
  }

  show(): void {
    const before = this.#visible;
    this.#visible = true;
    if (!before) this.tell('show');
  }

  hide(): void {
    this.#visible = false;
    this.tell('hide');
  }

  focus(): void {
    this.focused += 1;
  }

  restore(): void {
    this.minimized = false;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  destroy(): void {
    this.webContents.destroyed = true;
    this.#visible = false;
    this.tell('closed');
  }

  /** A person closes it. */
  close(): void {
    if (!this.prevented('close')) this.destroy();
  }
}

class IpcMainDouble implements IpcMainPort {
  #listener: ((event: Sender, ...args: unknown[]) => void) | null = null;
  channel = '';

  on(channel: string, listener: (event: Sender, ...args: unknown[]) => void): void {
    this.channel = channel;
    this.#listener = listener;
  }

  say(event: Sender, ...args: readonly unknown[]): void {
    this.#listener?.(event, ...args);
  }
}
