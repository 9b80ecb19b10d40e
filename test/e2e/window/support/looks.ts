/** The looks in which every page is seen, and what may be wrong with it in any of them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

interface Look {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly forcedColors: 'none' | 'active';
  /** In pixels of the page: half as many in a window of the same size where it is enlarged twice. */
  readonly size: { readonly width: number; readonly height: number };
}

const SIZE = { width: 1280, height: 860 };
const LIGHT = { name: 'light', colorScheme: 'light', forcedColors: 'none', size: SIZE } as const satisfies Look;

const LOOKS: readonly Look[] = [
  LIGHT,
  { ...LIGHT, name: 'dark', colorScheme: 'dark' },
  { ...LIGHT, name: 'forced colours', forcedColors: 'active' },
  { ...LIGHT, name: 'enlarged twice', size: { width: SIZE.width / 2, height: SIZE.height / 2 } },
];

async function wear(page: Page, { colorScheme, forcedColors, size }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
  await page.setViewportSize(size);
  await page.waitForFunction((width) => window.innerWidth === width, size.width);
}

/**
 * What is wrong with a page that is open, in one look after the other; empty where nothing is. With a folder in
 * `SNAPFERRY_E2E_PICTURES`, a picture of each is left there under the name of what is seen.
 */
export async function wrongInAnyLook(page: Page, seen: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const look of LOOKS) {
    await wear(page, look);
    const wide = await beyondTheEdge(page);
    const wrong = [...(await violations(page)), ...(wide > 0 ? [`${wide} pixels lie beyond the edge`] : [])];
    found.push(...wrong.map((text) => `${look.name}: ${text}`));
    await leavePicture(page, `${seen} ${look.name}`);
  }
  return found;
}

/** What keeps people from using the page, as axe finds it. */
export async function violations(page: Page): Promise<readonly string[]> {
  // There are no frames: the way that is made for them opens a page for each answer, and takes five times as long.
  const found = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Where somebody wants to look at it: see `wrongInAnyLook`. */
export async function leavePicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SNAPFERRY_E2E_PICTURES;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(/\W+/g, '-')}.png`), fullPage: true });
}

/** How many pixels of the page cannot be seen without scrolling sideways. */
export function beyondTheEdge(page: Page): Promise<number> {
  return page.evaluate(() => {
    // Where there is room, what stands beside the pages stays, and they scroll by themselves.
    const scrolled = [document.documentElement, ...document.querySelectorAll('main')];
    return Math.max(...scrolled.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  });
}

/** Texts in sight that are neither from a message file nor a name, a figure or what core says. */
export function strayTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const stray: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const parent = node.parentElement;
      if (parent === null || !/\p{L}{2}/u.test(text)) continue;
      if (parent.closest('[data-raw], bdi, code, pre, kbd, script, style, title, option, textarea') !== null) continue;
      if (text.includes('⟦') || text.includes('⟧')) continue;
      // Parts of a sentence that stand around a name carry only one of its marks, or none in the middle; dates have none.
      if (parent.closest('.fig') !== null && /^[\d\s.,:·%/]*[\p{L}.]{1,4}[\d\s.,:·%/\p{L}]*$/u.test(text)) continue;
      stray.push(text);
    }
    return stray;
  });
}
