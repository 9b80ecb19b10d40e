/** The looks in which every page is seen, and what may be wrong with it in any of them. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import type { ShowOptions } from './window.ts';

export const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' },
  'enlarged twice': { viewport: { width: 640, height: 430 }, deviceScaleFactor: 2 },
} as const satisfies Record<string, ShowOptions>;

/** What keeps people from using the page, as axe finds it. */
export async function violations(page: Page): Promise<readonly string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** How many pixels of the page cannot be seen without scrolling sideways. */
export function beyondTheEdge(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
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
