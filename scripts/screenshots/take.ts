import type { Page } from 'playwright-core';
import type { DaemonStatus } from '../../core/api/status.ts';
import { openBrowser } from '../../test/e2e/window/support/browser.ts';
import { FakeDaemon } from '../../test/e2e/window/support/fake-daemon.ts';
import { lookAtSome, NOW_MS, someConfig, someHistory, somePlan } from '../../test/e2e/window/support/scenes.ts';
import { serveFolder } from '../../test/e2e/window/support/static-server.ts';

/** One picture of the window. */
export interface Picture {
  readonly name: string;
  readonly status: DaemonStatus;
  /** Of the page: "#/activity". */
  readonly place: string;
  readonly dark?: boolean;
  /** How much everything is enlarged, as a person does it; 1 unless given. */
  readonly zoom?: number;
  readonly language?: 'en' | 'de' | 'pseudo' | 'mirror';
  readonly forcedColors?: boolean;
  /** In pixels of the screen; 1200 × 760 unless given. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Further answers of the made-up daemon. */
  readonly prepare?: (daemon: FakeDaemon) => void;
  /** What is done before the picture is taken. */
  readonly act?: (page: Page, daemon: FakeDaemon) => Promise<void>;
}

const SIZE = { width: 1200, height: 760 };

/** Shows the window that was built into `folder`, and writes the picture as a PNG. */
export async function takePicture(folder: string, picture: Picture, file: string): Promise<void> {
  const { width, height } = picture.size ?? SIZE;
  const zoom = picture.zoom ?? 1;
  await using server = await serveFolder(folder);
  await using browsing = await openBrowser({
    // To a page, enlarging is a smaller window with more pixels to each of its own.
    viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
    deviceScaleFactor: zoom,
    colorScheme: picture.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
    forcedColors: picture.forcedColors === true ? 'active' : 'none',
  });
  const daemon = new FakeDaemon(picture.status);
  daemon.history = someHistory();
  daemon.plan = somePlan();
  daemon.config = someConfig();
  daemon.look = lookAtSome;
  picture.prepare?.(daemon);
  const page = await browsing.context.newPage();
  // The same pictures every time.
  await page.clock.setFixedTime(NOW_MS);
  await daemon.serve(page);
  await page.goto(`${server.url}?lang=${picture.language ?? 'en'}${picture.place}`);
  await page.locator('h1').first().waitFor();
  await picture.act?.(page, daemon);
  await page.screenshot({ path: file, animations: 'disabled' });
}
