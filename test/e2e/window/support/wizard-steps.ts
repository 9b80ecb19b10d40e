/** How a person goes through the wizard, for tests that are about what comes after. By structure, not by words: the same in every language. */
import type { Page } from 'playwright-core';
import type { SetupStep } from '../../../../renderer/model/route.ts';
import { NAS_KEY } from './wizard-machine.ts';

const ORDER = ['look', 'what', 'where', 'when', 'plan', 'run'] as const satisfies readonly SetupStep[];

/** The part of the step "where", from 0. */
export const part = (page: Page, index: number) => page.locator('.part').nth(index);

export async function nameMachine(page: Page): Promise<void> {
  await part(page, 0).locator('input').first().fill('nas.lan');
  await part(page, 1).locator('.button').first().click();
  await part(page, 1).locator('.fingerprint').waitFor();
}

export async function compareKey(page: Page): Promise<void> {
  await part(page, 1).locator('input').first().fill(`256 ${NAS_KEY} root@nas (ED25519)`);
  await page.locator('.compared').waitFor();
}

export async function makeKey(page: Page): Promise<void> {
  const fields = part(page, 2).locator('.fields input');
  await fields.nth(1).fill('tank/backup');
  await fields.nth(2).fill('desk');
  await part(page, 2).locator('.setup-tools .button').first().click();
  await page.locator('.bring').waitFor();
}

export async function testNas(page: Page): Promise<void> {
  await part(page, 3).locator('.button').first().click();
  await page.locator('.checks').waitFor();
}

/** From the first step to that one, each answered as most would. */
export async function goToStep(page: Page, step: SetupStep): Promise<void> {
  await page.locator('.pools').waitFor();
  for (const at of ORDER.slice(0, ORDER.indexOf(step))) {
    if (at === 'what') await page.locator('.dataset-row').first().waitFor();
    if (at === 'where') {
      await nameMachine(page);
      await compareKey(page);
      await makeKey(page);
      await testNas(page);
    }
    await page.locator('.setup-foot .button.main:not([data-disabled])').click();
  }
  await SETTLED[step](page);
}

const SETTLED: Readonly<Record<SetupStep, (page: Page) => Promise<void>>> = {
  look: (page) => page.locator('.pools').waitFor(),
  what: (page) => page.locator('.dataset-row').first().waitFor(),
  where: (page) => page.locator('.part').first().waitFor(),
  when: (page) => page.locator('.keep-picture .kept').first().waitFor({ state: 'attached' }),
  plan: async (page) => {
    await page.locator('.meaning li').first().waitFor();
    await page.locator('.commands-told').waitFor();
  },
  run: (page) => page.locator('.run-state').first().waitFor(),
};
