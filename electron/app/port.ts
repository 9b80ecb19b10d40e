/**
 * What this shell uses of Electron, and nothing more. The module `electron` fits it as it is; tests put a double of it in its
 * place. Types are taken from Electron's own declarations wherever they name something.
 */
import type {
  BrowserWindowConstructorOptions,
  CustomScheme,
  HandlerDetails,
  MenuItemConstructorOptions,
  WindowOpenHandlerResponse,
} from 'electron';

export interface ElectronPort {
  readonly app: AppPort;
  readonly ipcMain: IpcMainPort;
  readonly protocol: { registerSchemesAsPrivileged(schemes: CustomScheme[]): void };
  readonly session: { readonly defaultSession: SessionPort };
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => WindowPort;
  readonly Menu: {
    buildFromTemplate(template: MenuItemConstructorOptions[]): unknown;
    /** Takes only what was made from a template. */
    setApplicationMenu(menu: unknown): void;
  };
}

/** An event whose usual consequence can be kept from happening. */
export interface Preventable {
  preventDefault(): void;
}

export interface AppPort {
  readonly commandLine: { appendSwitch(name: string, value?: string): void };
  enableSandbox(): void;
  requestSingleInstanceLock(): boolean;
  whenReady(): Promise<void>;
  quit(): void;
  on(event: 'second-instance', listener: () => void): unknown;
  on(event: 'before-quit', listener: () => void): unknown;
  on(event: 'window-all-closed', listener: () => void): unknown;
  on(event: 'web-contents-created', listener: (event: unknown, contents: ContentsPort) => void): unknown;
}

export interface SessionPort {
  readonly protocol: { handle(scheme: string, handler: (request: Request) => Promise<Response>): void };
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { readonly url: string }, answer: (response: { cancel?: boolean }) => void) => void,
    ): void;
  };
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: (contents: unknown, permission: string, origin: string) => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  setDisplayMediaRequestHandler(handler: (request: unknown, answer: (streams: null) => void) => void): void;
  setBluetoothPairingHandler(
    handler: (details: unknown, answer: (response: { confirmed: boolean }) => void) => void,
  ): void;
  setSpellCheckerEnabled(enabled: boolean): void;
  on(event: 'will-download', listener: (event: Preventable) => void): unknown;
  on(event: 'select-hid-device', listener: (event: Preventable, details: unknown, choose: Choose) => void): unknown;
  on(event: 'select-usb-device', listener: (event: Preventable, details: unknown, choose: Choose) => void): unknown;
  on(
    event: 'select-serial-port',
    listener: (
      event: Preventable,
      ports: unknown,
      contents: unknown,
      // This one has to be told something: the empty text is no port.
      choose: (portId: string) => void,
    ) => void,
  ): unknown;
}

type Choose = (deviceId?: string) => void;

export interface ContentsPort {
  setWindowOpenHandler(handler: (details: HandlerDetails) => WindowOpenHandlerResponse): void;
  on(event: 'will-navigate', listener: (event: Preventable) => void): unknown;
  on(event: 'will-frame-navigate', listener: (event: Preventable) => void): unknown;
  on(event: 'will-redirect', listener: (event: Preventable) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
  on(
    event: 'select-bluetooth-device',
    listener: (event: Preventable, devices: unknown, choose: (deviceId: string) => void) => void,
  ): unknown;
}

/** The page in a window. */
export interface PagePort {
  readonly id: number;
  isDestroyed(): boolean;
  send(channel: string, message: unknown): void;
  on(event: 'render-process-gone', listener: () => void): unknown;
  on(event: 'did-start-navigation', listener: (details: Navigation) => void): unknown;
}

export interface Navigation {
  readonly isMainFrame: boolean;
  readonly isSameDocument: boolean;
}

export interface WindowPort {
  readonly webContents: PagePort;
  loadURL(url: string): Promise<void>;
  show(): void;
  hide(): void;
  focus(): void;
  restore(): void;
  isMinimized(): boolean;
  isVisible(): boolean;
  destroy(): void;
  on(event: 'close', listener: (event: Preventable) => void): unknown;
  on(event: 'closed', listener: () => void): unknown;
  on(event: 'show', listener: () => void): unknown;
  on(event: 'hide', listener: () => void): unknown;
  once(event: 'ready-to-show', listener: () => void): unknown;
}

/** Who sent a message. A frame that has gone meanwhile is null. */
export interface Sender {
  readonly sender: { readonly id: number };
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

export interface IpcMainPort {
  on(channel: string, listener: (event: Sender, ...args: unknown[]) => void): unknown;
}
