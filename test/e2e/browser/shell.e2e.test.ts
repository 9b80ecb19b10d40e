import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDaemon } from '../../../core/api/wire/connect.ts';
import { BrowserFace } from '../../../electron/browser/face.ts';
import { Pages } from '../../../electron/page/pages.ts';
import { systemClock } from '../../../electron/system-clock.ts';
import { safety } from '../../unit/cli/support/example-status.ts';
import { someDesk } from '../../unit/electron/support/desk.ts';
import { FakeClock } from '../../unit/helper/support/fake-clock.ts';
import { FakeJob } from '../../unit/helper/support/fake-job.ts';
import { RunningDaemon } from '../../unit/helper/support/running-daemon.ts';
import { type Browsing, openBrowser } from '../window/support/browser.ts';
import { builtWindow } from '../window/support/window.ts';

const WAIT_MS = 60_000;

function someJob(name: string): FakeJob {
  const job = new FakeJob(name);
  // Ten minutes old, by the clock of the daemon: the window looks at no other.
  const version = { name: 'snapferry_1', guid: '1', creationMs: new FakeClock().nowMs() - 600_000 };
  job.current = { ...job.current, safety: [safety('rpool/home', { newestCommon: version, newestLocal: version })] };
  return job;
}

describe('the window in a browser, from the server of the shell', () => {
  let built: Awaited<ReturnType<typeof builtWindow>>;
  let daemon: RunningDaemon;
  let face: BrowserFace;
  let browsing: Browsing;
  const complaints: string[] = [];

  beforeAll(async () => {
    built = await builtWindow();
    daemon = await RunningDaemon.start([someJob('laptop-to-nas')]);
    const connect = (signal: AbortSignal) => connectDaemon(daemon.socketPath, signal);
    const pages = new Pages({ clock: systemClock, connect, desk: someDesk().desk, visible: () => {} });
    face = new BrowserFace({
      clock: systemClock,
      random: (byteCount) => randomBytes(byteCount).toString('base64url'),
      language: 'en',
      serve: pages.serve,
      folder: built.folder,
      idleMs: 600_000,
    });
    browsing = await openBrowser();
  });

  afterAll(async () => {
    await browsing?.[Symbol.asyncDispose]();
    await face?.close();
    await daemon?.[Symbol.asyncDispose]();
    await built?.[Symbol.asyncDispose]();
  });

  async function open(address: string): Promise<Page> {
    const page = await browsing.context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(address);
    return page;
  }

  const shows = (page: Page, text: string) => page.getByText(text).first().waitFor({ timeout: WAIT_MS });

  it('opens by an address that is good once, and says how the backups stand', async () => {
    const page = await open(await face.address());
    await shows(page, 'Everything is on nas');
    // The token is nowhere any more, and nothing had to be refused on the way.
    expect(page.url()).not.toContain('open');
    expect(complaints).toEqual([]);
    await page.reload();
    await shows(page, 'Everything is on nas');
    await page.close();
  });

  it('lets nobody in who has only the address of the page, or an address that was used', async () => {
    const address = await face.address();
    const owner = await open(address);
    await shows(owner, 'Everything is on nas');
    await using other = await openBrowser();
    const stranger = await other.context.newPage();
    const { origin } = new URL(address);
    expect((await stranger.goto(`${origin}/`))?.status()).toBe(401);
    await stranger.goto(address);
    await stranger.getByRole('alert').waitFor({ timeout: WAIT_MS });
    // Somebody else had the same address: whoever came first is put out, too.
    await owner.reload();
    expect(await owner.textContent('body')).toContain('snapferry open');
    await owner.close();
  });

  it('is left alone by pages of other sites', async () => {
    const page = await open(await face.address());
    await shows(page, 'Everything is on nas');
    const { origin } = new URL(page.url());
    const other = await browsing.context.newPage();
    await other.goto('data:text/html,<p>elsewhere</p>');
    const reached = await other.evaluate(async (url) => {
      const answer = await fetch(`${url}/`, { mode: 'no-cors', credentials: 'include' }).catch(() => null);
      const socket = new WebSocket(`${url.replace('http:', 'ws:')}/rpc`);
      const opened = await new Promise<boolean>((resolve) => {
        socket.addEventListener('open', () => resolve(true));
        socket.addEventListener('error', () => resolve(false));
      });
      return { readable: answer !== null && answer.type !== 'opaque', opened };
    }, origin);
    expect(reached).toEqual({ readable: false, opened: false });
    await other.close();
    await page.close();
  });

  it('stays when the daemon is started anew, in two windows, and never shows old news as new', async () => {
    const pages = [await open(await face.address()), await open(await face.address())];
    for (const page of pages) await shows(page, 'Everything is on nas');
    await daemon.stop();
    for (const page of pages)
      await page.getByText('Everything is on nas').first().waitFor({ state: 'hidden', timeout: WAIT_MS });
    await using _ = await RunningDaemon.start([someJob('photos-to-nas')], daemon.socketPath);
    for (const page of pages) {
      await shows(page, 'photos-to-nas');
      await page.close();
    }
  });
});
