import type { SetupStep } from '../../renderer/model/route.ts';
import { BLUE, driveAnswers, SYSTEM, USED } from '../../test/e2e/window/support/drive-machine.ts';
import { busyHousehold, calmHousehold, driveSet, troubledHousehold } from '../../test/e2e/window/support/scenes.ts';
import {
  bareHousehold,
  nothingThere,
  someMachine,
  wizardAnswers,
} from '../../test/e2e/window/support/wizard-machine.ts';
import { compareKey, goToStep, makeKey, nameMachine, part } from '../../test/e2e/window/support/wizard-steps.ts';
import type { Picture } from './take.ts';

const overview: Picture = { name: 'overview', status: calmHousehold(), place: '#/' };
const job: Picture = { name: 'job', status: busyHousehold(), place: '#/job/nas' };
const trouble: Picture = { name: 'trouble', status: troubledHousehold(), place: '#/' };
const evidence: Picture = {
  name: 'evidence',
  status: calmHousehold(),
  place: '#/',
  act: async (page) => {
    await page.getByRole('button', { name: /rpool\/home\/ada\/photos on blue/ }).click();
    await page.getByRole('dialog').waitFor();
  },
};
const prune: Picture = {
  name: 'prune',
  status: calmHousehold(),
  place: '#/job/nas/plan',
  act: async (page) => {
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.locator('.timeline').waitFor();
  },
};
const activity: Picture = {
  name: 'activity',
  status: calmHousehold(),
  place: '#/activity',
  act: async (page) => {
    await page.getByRole('button', { name: /with problems/ }).click();
    await page.locator('.history-details').waitFor();
  },
};
const palette: Picture = {
  name: 'palette',
  status: busyHousehold(),
  place: '#/',
  act: async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
  },
};
const stale: Picture = {
  name: 'no-connection',
  status: calmHousehold(),
  place: '#/',
  act: async (page, daemon) => {
    daemon.reachable = false;
    await daemon.cut();
    await page.getByRole('alert').waitFor();
  },
};
const settings: Picture = {
  name: 'settings',
  status: calmHousehold(),
  place: '#/settings',
  size: { width: 1200, height: 900 },
  act: async (page) => {
    await page.getByRole('group', { name: 'blue' }).getByText('Remove from the configuration').click();
    await page.getByText('is removed', { exact: false }).waitFor();
  },
};

const retention: Picture = {
  name: 'retention',
  status: calmHousehold(),
  place: '#/settings',
  size: { width: 1200, height: 1320 },
  act: async (page) => {
    await page.locator('.job-details .button').first().click();
    const count = page.locator('.keep-side').nth(1).locator('.keep-row').nth(2).locator('input').last();
    await count.fill('3');
    await count.press('Tab');
    await page.getByText('snapshots fewer', { exact: false }).waitFor();
    await page.getByText('prunes by other rules', { exact: false }).waitFor();
    await page
      .locator('.job-form')
      .first()
      .evaluate((form) => form.scrollIntoView());
  },
};

const wizard = (step: SetupStep, act?: Picture['act']): Picture => ({
  name: `wizard-${step}`,
  status: bareHousehold(),
  place: '#/setup/look',
  size: { width: 1200, height: 900 },
  prepare: wizardAnswers,
  act: async (page, daemon) => {
    await goToStep(page, step);
    await act?.(page, daemon);
    // What is above the fold, as when one comes to the step.
    await page.locator('h1').first().scrollIntoViewIfNeeded();
  },
});
const wizardWhere = wizard('where', nameMachine);
const wizardKey: Picture = {
  ...wizard('where'),
  name: 'wizard-account',
  act: async (page) => {
    await goToStep(page, 'where');
    await nameMachine(page);
    await compareKey(page);
    await makeKey(page);
    await part(page, 3).scrollIntoViewIfNeeded();
  },
};

const drives: Picture = { name: 'drives', status: driveSet(), place: '#/drives' };
const wizardDrive: Picture = {
  ...wizard('where'),
  name: 'wizard-drive',
  prepare: (daemon) => driveAnswers(daemon, [SYSTEM, BLUE, USED]),
  act: async (page) => {
    await goToStep(page, 'where');
    await page.getByRole('radio', { name: /An external drive/ }).check({ force: true });
    await part(page, 0).locator('.place').last().click();
    await page.getByText('and will be destroyed', { exact: false }).waitFor();
  },
};

const wizardCommands: Picture = {
  ...wizard('plan'),
  name: 'wizard-commands',
  size: { width: 1000, height: 700 },
  act: async (page) => {
    await goToStep(page, 'plan');
    await page.getByRole('button', { name: 'The commands of the first run' }).click();
    await page.locator('.commands-told').evaluate((told) => told.scrollIntoView());
  },
};
const wizardTooSmall: Picture = {
  ...wizard('plan'),
  name: 'wizard-too-small',
  size: { width: 1000, height: 760 },
  prepare: (daemon) => {
    wizardAnswers(daemon);
    daemon.answers.set('destination/look', (params) => nothingThere(params, someMachine(), 320 * 2 ** 30));
  },
  act: async (page) => {
    await goToStep(page, 'plan');
    await page.locator('.too-small').evaluate((told) => told.scrollIntoView({ block: 'end' }));
  },
};

const dark = (picture: Picture): Picture => ({ ...picture, name: `${picture.name}-dark`, dark: true });

/** Every picture that the guide shows. */
export const PICTURES: readonly Picture[] = [
  overview,
  dark(overview),
  { ...overview, name: 'overview-200', zoom: 2 },
  { ...dark(overview), name: 'overview-200-dark', zoom: 2 },
  job,
  dark(job),
  evidence,
  trouble,
  prune,
  activity,
  settings,
  retention,
  palette,
  stale,
  drives,
  dark(drives),
  wizard('look'),
  wizard('what'),
  dark(wizard('what')),
  wizardWhere,
  wizardKey,
  wizardDrive,
  wizard('when'),
  dark(wizard('when')),
  { ...wizard('when'), name: 'wizard-when-200', zoom: 2 },
  wizard('plan'),
  wizardCommands,
  wizardTooSmall,
];
