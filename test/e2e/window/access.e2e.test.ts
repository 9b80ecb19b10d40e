/** Every page in every look: nothing for axe to find, nothing that is cut off, no text that is not in a message file. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeDaemon } from './support/fake-daemon.ts';
import {
  busyHousehold,
  calmHousehold,
  someConfig,
  someHistory,
  somePlan,
  troubledHousehold,
} from './support/scenes.ts';
import { builtWindow, type ShowOptions, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

interface Sight {
  readonly name: string;
  readonly status: ReturnType<typeof calmHousehold>;
  readonly place: string;
  readonly act?: (page: Page, daemon: FakeDaemon) => Promise<void>;
}

const SIGHTS: readonly Sight[] = [
  { name: 'overview', status: calmHousehold(), place: '#/' },
  { name: 'overview while running', status: busyHousehold(), place: '#/' },
  { name: 'overview in trouble', status: troubledHousehold(), place: '#/' },
  { name: 'nothing configured', status: { ...calmHousehold(), jobs: [] }, place: '#/' },
  { name: 'run', status: busyHousehold(), place: '#/job/nas' },
  { name: 'datasets', status: calmHousehold(), place: '#/job/nas/datasets' },
  { name: 'history', status: calmHousehold(), place: '#/job/nas/history' },
  {
    name: 'prune',
    status: calmHousehold(),
    place: '#/job/nas/plan',
    act: async (page) => {
      await page.locator('.plan-head .button').click();
      await page.locator('.timeline').waitFor();
    },
  },
  {
    name: 'activity',
    status: calmHousehold(),
    place: '#/activity',
    act: (page) => page.locator('.history-line').nth(2).click(),
  },
  {
    name: 'settings',
    status: calmHousehold(),
    place: '#/settings',
    act: (page) => page.locator('.job-form').first().waitFor(),
  },
  {
    name: 'no connection',
    status: calmHousehold(),
    place: '#/',
    act: async (page, daemon) => {
      daemon.reachable = false;
      await daemon.cut();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'evidence',
    status: calmHousehold(),
    place: '#/',
    act: async (page) => {
      await page.locator('.cell').first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'commands',
    status: busyHousehold(),
    place: '#/',
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
    },
  },
];

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' },
  'enlarged twice': { viewport: { width: 640, height: 430 }, deviceScaleFactor: 2 },
} as const satisfies Record<string, ShowOptions>;

const prepare = (daemon: FakeDaemon): void => {
  daemon.history = someHistory();
  daemon.plan = somePlan();
  daemon.config = someConfig();
};

async function see(sight: Sight, options: ShowOptions) {
  const shown = await showWindow(built.folder, sight.status, {
    place: sight.place,
    prepare,
    reducedMotion: 'reduce',
    ...options,
  });
  await shown.page.locator('h1').first().waitFor();
  await sight.act?.(shown.page, shown.daemon);
  return shown;
}

describe.each(Object.entries(LOOKS))('%s', (_, look) => {
  it.each(SIGHTS)('axe finds nothing: $name', async (sight) => {
    await using shown = await see(sight, look);
    const { violations } = await new AxeBuilder({ page: shown.page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
    expect(shown.complaints).toEqual([]);
  });
});

describe('enlarged twice', () => {
  it.each(SIGHTS)('nothing lies beyond the edge: $name', async (sight) => {
    await using shown = await see(sight, LOOKS['enlarged twice']);
    const beyond = await shown.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(beyond).toBeLessThanOrEqual(0);
  });
});

/** Texts in sight that are neither from a message file nor a name, a figure or what core says. */
function strayTexts(page: Page): Promise<readonly string[]> {
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

describe('the pseudo languages', () => {
  it.each(SIGHTS)('every text is from a message file: $name', async (sight) => {
    await using shown = await see(sight, { language: 'pseudo' });
    expect(await strayTexts(shown.page)).toEqual([]);
  });

  it.each(SIGHTS)('nothing lies beyond the edge when it is written from right to left: $name', async (sight) => {
    await using shown = await see(sight, { language: 'mirror' });
    const { dir, beyond } = await shown.page.evaluate(() => ({
      dir: document.documentElement.dir,
      beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    expect(dir).toBe('rtl');
    expect(beyond).toBeLessThanOrEqual(0);
    expect(shown.complaints).toEqual([]);
  });
});
