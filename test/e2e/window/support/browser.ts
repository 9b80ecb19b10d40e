/** Debian's Chromium, with a profile of its own that is removed with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

export interface Browsing extends AsyncDisposable {
  readonly context: BrowserContext;
}

const LAUNCH = { executablePath: '/usr/bin/chromium', headless: true, args: FLAGS };
const LOOK = { locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1280, height: 860 } };

type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>;

export async function openBrowser(options: ContextOptions = {}): Promise<Browsing> {
  const profile = await mkdtemp(join(tmpdir(), 'snapferry-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...LAUNCH,
    ...LOOK,
    ...options,
  });
  return {
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** One browser for a whole test file: starting it takes longer than most tests. What is opened in it knows nothing of the others. */
export class SharedBrowser {
  #browser: Browser | null = null;

  async open(options: ContextOptions = {}): Promise<Browsing> {
    const browser = this.#browser?.isConnected() === true ? this.#browser : await chromium.launch(LAUNCH);
    this.#browser = browser;
    const context = await browser.newContext({ ...LOOK, ...options });
    return { context, [Symbol.asyncDispose]: () => context.close() };
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#browser = null;
  }
}
