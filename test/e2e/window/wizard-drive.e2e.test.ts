/** Setting up an external drive in front of a made-up daemon: what is offered, what is asked for, and what is kept. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Disk } from '../../../core/api/disk.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { BLUE, driveAnswers, SYSTEM, USED } from './support/drive-machine.ts';
import type { FakeDaemon } from './support/fake-daemon.ts';
import { beyondTheEdge, strayTexts, wrongInAnyLook } from './support/looks.ts';
import { builtWindow, type ShowOptions, showWindow } from './support/window.ts';
import { bareHousehold } from './support/wizard-machine.ts';
import { goToStep, part } from './support/wizard-steps.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

/** In the step "where", with a drive as the place. */
async function open(disks: readonly Disk[], options: ShowOptions = {}) {
  const shown = await showWindow(built.folder, bareHousehold(), {
    place: '#/setup/look',
    reducedMotion: 'reduce',
    prepare: (daemon) => driveAnswers(daemon, disks),
    ...options,
  });
  await goToStep(shown.page, 'where');
  await shown.page.locator('.place').nth(1).click();
  return shown;
}

const asked = (daemon: FakeDaemon, method: string) => daemon.asked.filter((one) => one.method === method);
const offered = (page: Page) => part(page, 0).locator('.place');

async function goOn(page: Page): Promise<void> {
  await page.locator('.setup-foot .button.main:not([data-disabled])').click();
}

/** Saves, and arrives at the first run. */
async function save(page: Page): Promise<void> {
  await goOn(page);
  await page.locator('.keep-picture .kept').first().waitFor({ state: 'attached' });
  await goOn(page);
  await page.locator('.commands-told').waitFor();
  await page.locator('.setup-foot .button.main:not([data-disabled])').click();
  await page.locator('.run-state').first().waitFor();
}

describe('a drive that has a pool', () => {
  it('appears when it is plugged in, is tested once an administrator agrees, and gets its first backup', async () => {
    const disks: Disk[] = [SYSTEM];
    await using shown = await open(disks);
    const { page, daemon } = shown;
    await page.getByText('There is no drive that could be used. Plug one in.').waitFor();
    expect(await offered(page).count()).toBe(0);
    disks.push(BLUE);
    await offered(page).first().click();
    await page.getByLabel('Name of this machine there').fill('desk');

    daemon.refusals.set(
      'drive/prepare',
      new ProblemError('confirmation-needed', { what: '', nonce: 'ab'.repeat(16), minutes: '5' }),
    );
    const result = { created: true, isEncrypted: false, sizeBytes: 1e12, availableBytes: 9e11 };
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('No administrator agreed: refused.').waitFor();
    daemon.consent = { state: 'done', result, problem: null };
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('Everything works.', { exact: true }).waitFor();
    expect(asked(daemon, 'drive/prepare').map(({ params }) => params)).toEqual([
      { pool: 'blue', poolGuid: '1234567890123456789', rootFs: 'blue/backups', passphrase: null },
      { pool: 'blue', poolGuid: '1234567890123456789', rootFs: 'blue/backups', passphrase: null },
    ]);
    await save(page);
    expect(asked(daemon, 'config/put')[0]?.params).toMatchObject({
      change: {
        edits: [
          {
            job: {
              name: 'blue',
              connect: { type: 'drive', pool: 'blue', pool_guid: '1234567890123456789', root_fs: 'blue/backups' },
            },
          },
          { job: { name: 'blue-plain' } },
        ],
      },
    });
    // As after the daemon has read it.
    await daemon.cut();
    await expect.poll(() => asked(daemon, 'run').length, { timeout: 30_000 }).toBe(2);
    await page.getByText('safe to unplug', { exact: false }).first().waitFor();
    expect(shown.complaints).toEqual([]);
  });

  it('that is encrypted asks for its passphrase, and keeps it nowhere', async () => {
    await using shown = await open([SYSTEM, BLUE]);
    const { page, daemon } = shown;
    await offered(page).first().click();
    await page.getByLabel('Name of this machine there').fill('desk');
    daemon.refusals.set('drive/prepare', new ProblemError('drive-locked', { drive: 'blue', pool: 'blue' }));
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('its passphrase is needed', { exact: false }).waitFor();
    daemon.refusals.clear();
    await page.getByLabel('Passphrase of the drive').fill('correct horse');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('Everything works.', { exact: true }).waitFor();
    expect(await page.getByLabel('Passphrase of the drive').inputValue()).toBe('');
    await save(page);
    await daemon.cut();
    await page.getByLabel('Passphrase of the drive').waitFor();
    expect(asked(daemon, 'run')).toEqual([]);
    await page.getByLabel('Passphrase of the drive').fill('correct horse');
    await page.locator('.button.main:not([data-disabled])', { hasText: 'Unlock and begin' }).click();
    await expect.poll(() => asked(daemon, 'run').length, { timeout: 30_000 }).toBe(2);
    expect(asked(daemon, 'drive/unlock').map(({ params }) => params)).toEqual([
      { poolGuid: '1234567890123456789', passphrase: 'correct horse' },
    ]);
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).toContain('blue/backups');
    expect(kept).not.toContain('horse');
  });
});

describe('a drive on which a pool is made', () => {
  it('has to be typed, model, serial number and size; what is on it is said before', async () => {
    await using shown = await open([SYSTEM, USED]);
    const { page, daemon } = shown;
    await offered(page).first().click();
    await page.getByText('This is on Samsung T7 S6XNS0R123456, and will be destroyed:').waitFor();
    await page.getByText('ntfs “Photos”', { exact: false }).waitFor();
    await page.getByLabel('Name of the pool').fill('blue');
    const make = page.getByRole('button', { name: 'Destroy everything on it and make the pool' });
    const typed = page.getByLabel('Model, serial number and size');
    await typed.fill('Samsung T7');
    await page.getByText('Not the same yet.').waitFor();
    expect(await make.isDisabled()).toBe(true);
    await typed.fill('Samsung T7 S6XNS0R123456 1 TB');
    await page.getByText('Not the same yet.').waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: /^With a passphrase/ }).check({ force: true });
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse');
    await page.getByLabel('Once more').fill('correct hors');
    expect(await make.isDisabled()).toBe(true);
    await page.getByLabel('Once more').fill('correct horse');
    expect(asked(daemon, 'drive/make')).toEqual([]);
    await make.click();
    await page.getByText('Everything works.', { exact: true }).waitFor();
    expect(asked(daemon, 'drive/make').map(({ params }) => params)).toEqual([
      {
        pool: 'blue',
        rootFs: 'blue/backups',
        layout: 'single',
        disks: [
          {
            id: USED.id,
            model: 'Samsung T7',
            serial: 'S6XNS0R123456',
            sizeBytes: USED.sizeBytes,
            content: USED.verdict.kind === 'free' ? USED.verdict.content : [],
            typed: 'Samsung T7 S6XNS0R123456 1 TB',
          },
        ],
        encryption: { kind: 'passphrase', passphrase: 'correct horse' },
      },
    ]);
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).toContain('blue/backups');
    expect(kept).not.toContain('horse');
    expect(shown.complaints).toEqual([]);
  });

  it('that could not be made says what was left behind, and lets one try again', async () => {
    await using shown = await open([SYSTEM, { ...USED, verdict: { kind: 'free', content: [] } }]);
    const { page, daemon } = shown;
    await offered(page).first().click();
    await page.getByLabel('Name of the pool').fill('blue');
    await page.getByLabel('Model, serial number and size').fill('samsung t7 s6xns0r123456 1 tb');
    daemon.refusals.set('drive/make', new ProblemError('pool-not-made', { pool: 'blue', left: 'nothing was erased' }));
    await page.getByRole('button', { name: 'Make the pool' }).click();
    await page.getByText('Of the disks: nothing was erased', { exact: false }).waitFor();
    daemon.refusals.clear();
    await page.getByRole('button', { name: 'Make the pool' }).click();
    await page.getByText('Everything works.', { exact: true }).waitFor();
  });
});

it('a disk that is in use is never offered, and says why', async () => {
  const mounted: Disk = { ...USED, id: 'usb-x', verdict: { kind: 'in-use', why: 'mounted', what: '/media/photos' } };
  await using shown = await open([SYSTEM, mounted, BLUE]);
  const { page } = shown;
  await offered(page).first().waitFor();
  expect(await offered(page).count()).toBe(1);
  await page.getByRole('button', { name: '2 disks that are not offered, and why' }).click();
  await page.getByText('In use: its pool rpool is imported.', { exact: false }).waitFor();
  await page.getByText('In use: it is mounted at /media/photos.', { exact: false }).waitFor();
});

const SIGHTS: readonly { readonly name: string; readonly act: (page: Page) => Promise<void> }[] = [
  { name: 'the disks', act: (page) => offered(page).first().waitFor() },
  {
    name: 'a pool that is used',
    act: async (page) => {
      await offered(page).first().click();
      await part(page, 1).locator('input').nth(2).fill('desk');
      await part(page, 1).locator('.button').last().click();
      await part(page, 1).locator('.good').waitFor();
    },
  },
  {
    name: 'a pool that is made',
    act: async (page) => {
      await offered(page).nth(1).click();
      await part(page, 1).locator('.place').nth(1).click();
      await part(page, 1).locator('.confirm-disk input').fill('wrong');
      await part(page, 0).locator('.by-hand button').first().click();
    },
  },
];

it.each(SIGHTS)('in every look axe finds nothing, and nothing lies beyond the edge: $name', async ({ name, act }) => {
  await using shown = await open([SYSTEM, BLUE, USED]);
  await act(shown.page);
  expect(await wrongInAnyLook(shown.page, `setup drive ${name}`)).toEqual([]);
  expect(shown.complaints).toEqual([]);
});

describe('the pseudo languages', () => {
  it.each(SIGHTS)('every text is from a message file: $name', async ({ act }) => {
    await using shown = await open([SYSTEM, BLUE, USED], { language: 'mirror' });
    await act(shown.page);
    expect(await strayTexts(shown.page)).toEqual([]);
    expect(await beyondTheEdge(shown.page)).toBeLessThanOrEqual(0);
    expect(shown.complaints).toEqual([]);
  });
});
