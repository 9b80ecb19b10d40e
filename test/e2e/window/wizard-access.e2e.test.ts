/** Every step of the wizard in every look: nothing for axe to find, nothing cut off, no text that is not in a message file. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SETUP_STEPS, type SetupStep } from '../../../renderer/model/route.ts';
import type { FakeDaemon } from './support/fake-daemon.ts';
import { beyondTheEdge, strayTexts, wrongInAnyLook } from './support/looks.ts';
import { builtWindow, type ShowOptions, showWindow } from './support/window.ts';
import { bareHousehold, nothingThere, someMachine, wizardAnswers } from './support/wizard-machine.ts';
import { compareKey, goToStep, makeKey, nameMachine, part, testNas } from './support/wizard-steps.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

interface Sight {
  readonly name: string;
  readonly step: SetupStep;
  readonly prepare?: (daemon: FakeDaemon) => void;
  readonly act?: (page: Page) => Promise<void>;
}

const SIGHTS: readonly Sight[] = [
  ...SETUP_STEPS.map((step) => ({ name: step, step })),
  {
    name: 'the commands of the first run',
    step: 'plan',
    act: async (page) => {
      await page.locator('.commands-told button').first().click();
      await page.locator('.commands-told figure').first().waitFor();
    },
  },
  {
    name: 'a NAS that is too small',
    step: 'plan',
    prepare: (daemon) => {
      wizardAnswers(daemon);
      daemon.answers.set('destination/look', (params) => nothingThere(params, someMachine(), 1e9));
    },
    act: (page) => page.locator('.too-small').waitFor(),
  },
  { name: 'a key that is compared', step: 'where', act: nameMachine },
  {
    name: 'a key that is another one',
    step: 'where',
    act: async (page) => {
      await nameMachine(page);
      await part(page, 1).locator('input').first().fill('SHA256:another');
      await page.locator('.problem-box').waitFor();
    },
  },
  { name: 'a drive, before one is plugged in', step: 'where', act: (page) => page.locator('.place').nth(1).click() },
  { name: 'zrepl, later', step: 'where', act: (page) => page.locator('.place').nth(2).click() },
  {
    name: 'everything about the NAS',
    step: 'where',
    act: async (page) => {
      await nameMachine(page);
      await compareKey(page);
      await makeKey(page);
      await testNas(page);
    },
  },
];

async function see({ step, act, prepare = wizardAnswers }: Sight, options: ShowOptions = {}) {
  const shown = await showWindow(built.folder, bareHousehold(), {
    place: '#/setup/look',
    prepare,
    reducedMotion: 'reduce',
    ...options,
  });
  await goToStep(shown.page, step);
  await act?.(shown.page);
  return shown;
}

it.each(SIGHTS)('in every look axe finds nothing, and nothing lies beyond the edge: $name', async (sight) => {
  await using shown = await see(sight);
  expect(await wrongInAnyLook(shown.page, `setup ${sight.name}`)).toEqual([]);
  expect(shown.complaints).toEqual([]);
});

it.each(SIGHTS)(
  'in a made-up language from right to left, every text is from a message file, and nothing lies beyond the edge: $name',
  async (sight) => {
    await using shown = await see(sight, { language: 'mirror' });
    expect(await strayTexts(shown.page)).toEqual([]);
    expect(await beyondTheEdge(shown.page)).toBeLessThanOrEqual(0);
    expect(shown.complaints).toEqual([]);
  },
);
