/** Adding a further drive to a job in front of a made-up daemon: what is offered, what is tried before, and what is asked for. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Disk } from '../../../core/api/disk.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { BLUE, driveAnswers, SYSTEM, USED } from './support/drive-machine.ts';
import type { FakeDaemon } from './support/fake-daemon.ts';
import { beyondTheEdge, strayTexts, wrongInAnyLook } from './support/looks.ts';
import { driveHousehold, driveSet } from './support/scenes.ts';
import { builtWindow, type ShowOptions, showWindow } from './support/window.ts';
import { part } from './support/wizard-steps.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

/** The drive that the job has is plugged in beside it. */
const GREEN: Disk = {
  ...BLUE,
  id: 'usb-WD_Elements_575834-0:1',
  device: '/dev/sdd',
  model: 'Elements 2620',
  serial: '575832314777',
  verdict: { kind: 'pool', pool: 'green', poolGuid: '77' },
};

async function open(disks: readonly Disk[], options: ShowOptions = {}) {
  return showWindow(built.folder, driveHousehold('plugged'), {
    place: '#/drives/add/blue',
    reducedMotion: 'reduce',
    ...options,
    prepare: (daemon) => {
      driveAnswers(daemon, disks);
      daemon.look = (change) => ({
        text: '',
        valid: change.kind === 'edits',
        jobs: [],
        problems: [],
        refused: [],
        effects: [{ job: 'blue', kind: 'drive-added' }],
      });
      daemon.onSaved = () => {
        daemon.status = driveSet();
      };
    },
  });
}

const asked = (daemon: FakeDaemon, method: string) =>
  daemon.asked.flatMap((one) => (one.method === method ? [one.params] : []));
const offered = (page: Page) => part(page, 0).locator('.place');
const add = (page: Page) => page.getByRole('button', { name: /^Add .* to blue$/ });

async function chooseAndTest(page: Page): Promise<void> {
  await offered(page).filter({ hasText: 'green' }).click();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await page.getByText('Everything works.', { exact: true }).waitFor();
}

describe('a further drive', () => {
  it('is one that the job does not have, is tried first, and added as it was named', async () => {
    await using shown = await open([SYSTEM, BLUE, GREEN], { place: '#/drives' });
    const { page, daemon } = shown;
    await page.getByRole('button', { name: 'Add another drive …' }).click();
    await page.getByRole('heading', { level: 1, name: 'Another drive' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Another drive');
    await offered(page).first().waitFor();
    expect(await offered(page).allTextContents()).toEqual([expect.stringContaining('green')]);
    await page.getByText('Choose a drive first.').first().waitFor();
    await offered(page).first().click();
    await page.getByText('Test the drive first.').waitFor();
    expect(await add(page).count()).toBe(0);
    await page.getByLabel('What the drive is called').fill('Green, in the office');
    await chooseAndTest(page);
    await page.getByText('backs up to a further drive, too; the others go on as before').waitFor();
    expect(asked(daemon, 'config/put')).toEqual([]);
    await add(page).click();
    await page.getByRole('heading', { level: 1, name: 'Drives' }).waitFor();
    expect(asked(daemon, 'config/put')).toEqual([
      {
        digest: 'a'.repeat(64),
        change: {
          kind: 'edits',
          edits: [
            {
              op: 'add-drive',
              job: 'blue',
              drive: {
                title: 'Green, in the office',
                pool: 'green',
                poolGuid: '77',
                rootFs: 'green/backups',
                keyFile: null,
              },
            },
          ],
        },
      },
    ]);
    expect(await page.evaluate(() => localStorage.getItem('snapferry.further-drive'))).toBeNull();
    expect(shown.complaints).toEqual([]);
  });

  it('has to be tried again when another dataset is meant, and what was filled in survives a reload', async () => {
    await using shown = await open([SYSTEM, BLUE, GREEN]);
    const { page } = shown;
    await chooseAndTest(page);
    await add(page).waitFor();
    const root = page.getByLabel('Dataset on the drive');
    await root.fill('green/other');
    await page.getByText('Test the drive first.').waitFor();
    expect(await add(page).count()).toBe(0);
    await page.reload();
    await root.waitFor();
    expect(await root.inputValue()).toBe('green/other');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await add(page).waitFor();
  });

  it('gets a pool of its own where it has none, and the file of its key is part of what is added', async () => {
    await using shown = await open([SYSTEM, USED]);
    const { page, daemon } = shown;
    await offered(page).first().click();
    await page.getByLabel('Name of the pool').fill('red');
    await page.getByRole('radio', { name: /^With a key in a file/ }).check({ force: true });
    await page.getByLabel('Model, serial number and size').fill('Samsung T7 S6XNS0R123456 1 TB');
    await page.getByRole('button', { name: 'Destroy everything on it and make the pool' }).click();
    await page.getByText('Everything works.', { exact: true }).waitFor();
    await page.reload();
    await add(page).click();
    await page.getByRole('heading', { level: 1, name: 'Drives' }).waitFor();
    expect(asked(daemon, 'config/put')).toMatchObject([
      { change: { edits: [{ drive: { pool: 'red', keyFile: '/var/lib/snapferry/drive-keys/red-0a1b2c3d/key' } }] } },
    ]);
  });

  it('is not added where only the file can say it, or while an administrator has not agreed', async () => {
    await using shown = await open([SYSTEM, GREEN]);
    const { page, daemon } = shown;
    daemon.refusals.set('config/validate', new ProblemError('request-invalid', { reason: 'the drives are shared' }));
    await chooseAndTest(page);
    await page.getByRole('alert').first().waitFor();
    expect(await add(page).isDisabled()).toBe(true);
    daemon.refusals.clear();
    daemon.refusals.set(
      'config/put',
      new ProblemError('confirmation-needed', { what: '', nonce: 'ab'.repeat(16), minutes: '5' }),
    );
    await page.reload();
    await add(page).click();
    await page.getByText('An administrator did not agree. Nothing was done.').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Another drive' }).waitFor();
    expect(await add(page).isEnabled()).toBe(true);
  });

  it('is offered for each job that has drives, by the page and by the commands', async () => {
    const status = driveHousehold('plugged');
    const [nas, blue] = status.jobs;
    if (nas === undefined || blue === undefined) throw new Error('the household has lost its drive');
    const jobs = [nas, blue, { ...blue, name: 'music' }];
    await using shown = await showWindow(
      built.folder,
      { ...status, jobs },
      { place: '#/drives', prepare: (daemon) => driveAnswers(daemon, [SYSTEM]) },
    );
    const { page } = shown;
    await page.getByRole('button', { name: 'Add another drive …' }).click();
    await page.getByRole('menuitem', { name: 'Add another drive to music …' }).click();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/drives/add/music');
    await page.keyboard.press('Control+K');
    await page.getByRole('searchbox').fill('another drive');
    await page.getByRole('option', { name: 'Add another drive to blue' }).click();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/drives/add/blue');
    await page.evaluate(() => {
      location.hash = `#/drives/add/${'nobody'}`;
    });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByText('Plug in the drive now').count()).toBe(0);
  });
});

async function filled(page: Page): Promise<void> {
  await chooseAndTest(page);
  await page.getByText('further drive', { exact: false }).waitFor();
}

it('in every look axe finds nothing, and nothing lies beyond the edge', async () => {
  await using shown = await open([SYSTEM, BLUE, GREEN, USED]);
  await filled(shown.page);
  expect(await wrongInAnyLook(shown.page, 'another drive')).toEqual([]);
  expect(shown.complaints).toEqual([]);
});

describe('the pseudo languages', () => {
  it('every text is from a message file', async () => {
    await using shown = await open([SYSTEM, BLUE, GREEN, USED], { language: 'mirror' });
    const { page } = shown;
    await offered(page).filter({ hasText: 'green' }).click();
    await page.locator('.stack .button[type="submit"]').click();
    await page.locator('.meaning li').waitFor();
    expect(await strayTexts(page)).toEqual([]);
    expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    expect(shown.complaints).toEqual([]);
  });
});
