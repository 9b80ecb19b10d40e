/** Every page in every look: nothing for axe to find, nothing that is cut off, no text that is not in a message file. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { FakeDaemon } from './support/fake-daemon.ts';
import { beyondTheEdge, strayTexts, wrongInAnyLook } from './support/looks.ts';
import { answerLimits, someChecks, someMachine } from './support/machine-scenes.ts';
import {
  busyHousehold,
  calmHousehold,
  driveHealth,
  driveHousehold,
  driveSet,
  lookAtSome,
  NOW_MS,
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
  { name: 'a drive that asks', status: driveHousehold('plugged', { asks: true }), place: '#/' },
  { name: 'a drive that is connected', status: driveHousehold('connected'), place: '#/' },
  { name: 'drives', status: driveSet(), place: '#/drives' },
  {
    name: 'a drive that is being checked',
    status: driveHousehold('busy', {
      scrubbing: true,
      health: driveHealth({
        scrub: {
          sinceMs: NOW_MS,
          isPaused: false,
          fraction: 0.43,
          doneBytes: 4_400_000_000,
          totalBytes: 10_300_000_000,
        },
      }),
    }),
    place: '#/drives',
  },
  {
    name: 'a drive that fails',
    status: driveHousehold('safe', {
      problem: new ProblemError('drive-damaged', { drive: 'Blue', pool: 'blue', errors: '2' }).toProblem(),
      health: driveHealth({ lastScrub: { endedMs: NOW_MS, repairedBytes: 4096, errorCount: 2 } }),
    }),
    place: '#/drives',
  },
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
    name: 'schedule and retention of a job',
    status: calmHousehold(),
    place: '#/settings',
    act: async (page) => {
      await page.locator('.job-details .button').first().click();
      const count = page.locator('.keep-side').nth(1).locator('.keep-row').nth(2).locator('input').last();
      await count.fill('3');
      await count.press('Tab');
      await page.locator('.less-kept').first().waitFor();
    },
  },
  {
    name: 'a calendar rule that cannot be',
    status: calmHousehold(),
    place: '#/settings',
    act: async (page) => {
      const form = await openForm(page);
      await chooseKind(page, form, 1);
      await form.locator('.schedule-fields input').first().fill('61 * * * *');
      await form.locator('.schedule-fields [aria-invalid="true"]').waitFor();
    },
  },
  {
    name: 'an interval of its own, and a rule by name',
    status: calmHousehold(),
    place: '#/settings',
    act: async (page) => {
      const form = await openForm(page);
      await form.locator('.schedule-fields button').nth(1).click();
      await page.getByRole('option').last().click();
      await form.locator('.schedule-editor .span-input').first().waitFor();
      await form.locator('.other-rules .button').last().click();
      await form.locator('.other-rules input:not([type=checkbox])').first().fill('(');
    },
  },
  {
    name: 'bandwidth with quiet hours',
    status: calmHousehold(),
    place: '#/settings',
    act: async (page) => {
      const form = await openForm(page);
      const limits = form.locator('.schedule-editor').last();
      for (const at of [0, 1]) await limits.locator('.check').nth(at).click();
      await limits.locator('.schedule-fields input').last().fill('25:00');
      await limits.locator('[aria-invalid="true"]').waitFor();
    },
  },
  {
    name: 'what is on this machine',
    status: calmHousehold(),
    place: '#/settings',
    act: async (page) => {
      await page.locator('.around .button').first().click();
      await page.locator('.pool').first().waitFor();
    },
  },
  {
    name: 'a destination that was tested',
    status: calmHousehold(),
    place: '#/job/nas/datasets',
    act: async (page) => {
      await page.locator('.destination-test .button').click();
      await page.locator('.check-line').first().waitFor();
    },
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

async function openForm(page: Page): Promise<Locator> {
  const form = page.locator('.job-form').first();
  await form.locator('.job-details .button').first().click();
  await form.locator('.schedule-fields').first().waitFor();
  return form;
}

async function chooseKind(page: Page, form: Locator, at: number): Promise<void> {
  await form.locator('.schedule-fields button').first().click();
  await page.getByRole('option').nth(at).click();
}

const prepare = (daemon: FakeDaemon): void => {
  answerLimits(daemon);
  daemon.answers.set('discover', () => someMachine());
  daemon.answers.set('destination/test-job', () => someChecks());
  daemon.history = someHistory();
  daemon.plan = somePlan();
  daemon.config = someConfig();
  daemon.look = lookAtSome;
};

async function see(sight: Sight, options: ShowOptions = {}) {
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

it.each(SIGHTS)('in every look axe finds nothing, and nothing lies beyond the edge: $name', async (sight) => {
  await using shown = await see(sight);
  expect(await wrongInAnyLook(shown.page, sight.name)).toEqual([]);
  expect(shown.complaints).toEqual([]);
});

it.each(SIGHTS)(
  'in a made-up language from right to left, every text is from a message file, and nothing lies beyond the edge: $name',
  async (sight) => {
    await using shown = await see(sight, { language: 'mirror' });
    expect(await shown.page.evaluate(() => document.documentElement.dir)).toBe('rtl');
    expect(await strayTexts(shown.page)).toEqual([]);
    expect(await beyondTheEdge(shown.page)).toBeLessThanOrEqual(0);
    expect(shown.complaints).toEqual([]);
  },
);

it('what is wrong in one look alone is found', async () => {
  await using shown = await showWindow(built.folder, calmHousehold(), { prepare });
  const { page } = shown;
  await page.locator('h1').first().waitFor();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      .bad-contrast { background: Canvas; }
      @media (prefers-color-scheme: dark) { .bad-contrast { color: #222; background: #111; } }
      .too-wide { width: 640px; height: 1px; }
    `);
    document.adoptedStyleSheets.push(sheet);
    const main = document.querySelector('main');
    for (const name of ['bad-contrast', 'too-wide']) {
      const part = document.createElement('div');
      part.className = name;
      part.textContent = 'text';
      main?.append(part);
    }
    main?.append(document.createElement('button'));
  });
  const found = (await wrongInAnyLook(page, 'something wrong')).map((text) => /^.*?: [^:<]*/.exec(text)?.[0]);
  expect(found).toEqual([
    'light: button-name',
    'dark: button-name',
    'dark: color-contrast',
    'forced colours: button-name',
    'enlarged twice: button-name',
    expect.stringMatching(/^enlarged twice: \d+ pixels lie beyond the edge$/),
  ]);
});
