/** A built window in a browser, in front of a daemon that a test makes up. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import type { DaemonStatus } from '../../../../core/api/status.ts';
import { buildRenderer } from '../../../../scripts/build/renderer.ts';
import { SharedBrowser } from './browser.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { serveFolder } from './static-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the window was built; not there in suites that do not build it. */
    windowFolder?: string;
  }
}

const browser = new SharedBrowser();

/** The window, built for the whole suite or else for this file; disposing of it closes the browser of `showWindow`, too. */
export async function builtWindow(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const shared = inject('windowFolder');
  const folder = shared ?? (await mkdtemp(join(tmpdir(), 'snapferry-window-')));
  if (shared === undefined) await buildRenderer(folder);
  return {
    folder,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      if (shared === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

type BrowserOptions = NonNullable<Parameters<SharedBrowser['open']>[0]>;

export interface ShownWindow extends AsyncDisposable {
  readonly page: Page;
  readonly daemon: FakeDaemon;
  /** What the page complained about: its policy, and errors. */
  readonly complaints: readonly string[];
  /** A further window in the same browser. */
  readonly another: () => Promise<Page>;
}

export interface ShowOptions extends BrowserOptions {
  readonly place?: string;
  readonly language?: 'en' | 'de' | 'pseudo' | 'mirror';
  /** The page finds what the preload script of Electron puts into it, and no other way to the daemon is used. */
  readonly inElectron?: boolean;
  /** Before the page is opened. */
  readonly prepare?: (daemon: FakeDaemon) => void;
}

export async function showWindow(
  folder: string,
  status: DaemonStatus,
  options: ShowOptions = {},
): Promise<ShownWindow> {
  const { place = '#/', language = 'en', inElectron = false, prepare, ...browserOptions } = options;
  const stack = new AsyncDisposableStack();
  const server = stack.use(await serveFolder(folder));
  const browsing = stack.use(await browser.open(browserOptions));
  const daemon = new FakeDaemon(status);
  prepare?.(daemon);
  const complaints: string[] = [];
  const another = async (): Promise<Page> => {
    const page = await browsing.context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await daemon.serve(page);
    if (inElectron) await page.addInitScript({ content: ELECTRON_DOUBLE });
    await page.goto(`${server.url}?lang=${language}${place}`);
    return page;
  };
  return { page: await another(), daemon, complaints, another, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The bridge of Electron's preload script, with the socket of the tests behind it. Runs in the page. */
const ELECTRON_DOUBLE = `
  const connect = (events) => {
    const socket = new WebSocket(new URL('/rpc', location.href.replace(/^http/, 'ws')));
    socket.addEventListener('open', () => events.opened());
    socket.addEventListener('message', ({ data }) => events.message(String(data)));
    socket.addEventListener('close', () => events.closed(), { once: true });
    return { send: (text) => socket.send(text), close: () => socket.close() };
  };
  Object.defineProperty(globalThis, 'snapferry', { value: { connect } });
`;
