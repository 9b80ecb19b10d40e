/** The wizard in front of a made-up daemon: what it asks for, what it refuses, what it keeps, and where the keyboard is. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { FakeDaemon } from './support/fake-daemon.ts';
import { builtWindow, type ShowOptions, showWindow } from './support/window.ts';
import {
  bareHousehold,
  everythingWorks,
  largeMachine,
  NAS_KEY,
  nothingThere,
  someMachine,
  wizardAnswers,
} from './support/wizard-machine.ts';
import { compareKey, goToStep, makeKey, nameMachine, testNas } from './support/wizard-steps.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

function open(options: ShowOptions = {}) {
  return showWindow(built.folder, bareHousehold(), { place: '#/setup/look', prepare: wizardAnswers, ...options });
}

const asked = (daemon: FakeDaemon, method: string) => daemon.asked.filter((one) => one.method === method);
const goOn = (page: Page) => page.getByRole('button', { name: 'Go on', exact: true });

/** Presses Tab until what has the keyboard is called like that. */
async function tabTo(page: Page, name: RegExp | string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
      const label = element?.getAttribute('aria-label');
      return (
        label ?? (labels.length > 0 ? labels.map((one) => one.textContent).join(' ') : (element?.textContent ?? ''))
      );
    });
    if (typeof name === 'string' ? here.trim() === name : name.test(here)) return;
  }
  throw new Error(`the Tab key does not reach ${name}`);
}

describe('the wizard', () => {
  it('is the first thing on an empty overview, and leads to a job by the keyboard alone', async () => {
    await using shown = await open({ place: '#/' });
    const { page, daemon } = shown;
    await page.getByRole('button', { name: 'Set up a backup' }).waitFor();
    await tabTo(page, 'Set up a backup');
    await page.keyboard.press('Enter');
    await page.getByText('This machine has OpenZFS', { exact: false }).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe('What there is on this machine');

    await tabTo(page, 'Go on');
    await page.keyboard.press('Enter');
    await page.locator('.dataset-row').first().waitFor();
    await page.getByRole('heading', { level: 1, name: 'What is to be backed up?' }).waitFor();
    await tabTo(page, /^.*rpool/);
    // One row down is rpool/home; ticked it is, and with it everything below: unticked, all of that goes.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.getByText('7 datasets', { exact: false }).waitFor();
    await page.keyboard.press('Space');
    await page.getByText('12 datasets', { exact: false }).waitFor();

    await tabTo(page, 'Go on');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Name or address');
    await page.keyboard.type('nas.lan');
    await tabTo(page, 'Ask nas.lan for its keys');
    await page.keyboard.press('Enter');
    await page.locator('.fingerprint').waitFor();
    await tabTo(page, 'What the console says');
    await page.keyboard.insertText(NAS_KEY);
    await page.getByText('Compared: it is this machine', { exact: false }).waitFor();
    await tabTo(page, 'Dataset on the NAS');
    await page.keyboard.type('tank/backup');
    await tabTo(page, 'Name of this machine there');
    await page.keyboard.type('desk');
    await tabTo(page, 'The account is there already');
    await page.keyboard.press('Space');
    await tabTo(page, 'Make a key');
    await page.keyboard.press('Enter');
    await page.getByText('zfs allow -u snapferry', { exact: false }).waitFor();
    await page.getByLabel('Password of snapferry on the NAS').waitFor();
    await tabTo(page, 'Password of snapferry on the NAS');
    await page.keyboard.type('only once');
    await page.keyboard.press('Enter');
    await page.getByText('The key is there now.').waitFor();
    await tabTo(page, 'Test');
    await page.keyboard.press('Enter');
    await page.getByText('Everything works.').waitFor();

    await tabTo(page, 'Go on');
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: /^Balanced/ }).waitFor();
    await tabTo(page, /^Balanced/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('radio', { name: /^Long memory/ }).isChecked()).toBe(true);
    await tabTo(page, 'Go on');
    await page.keyboard.press('Enter');
    await page.getByText('nas-plain', { exact: false }).first().waitFor();
    await tabTo(page, 'Save and begin');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'The first backup' }).waitFor();

    const [put] = asked(daemon, 'config/put');
    expect(put?.params).toMatchObject({
      digest: 'a'.repeat(64),
      change: {
        kind: 'edits',
        edits: [
          { op: 'add', job: { name: 'nas', connect: { host: 'nas.lan', host_key: NAS_KEY, client_identity: 'desk' } } },
          { op: 'add', job: { name: 'nas-plain', filesystems: { 'rpool<': true, 'rpool/swap<': false } } },
        ],
      },
    });
    expect(asked(daemon, 'destination/bring-key')).toEqual([
      {
        method: 'destination/bring-key',
        params: {
          host: 'nas.lan',
          port: 22,
          user: 'snapferry',
          key: 'nas-lan',
          hostKey: NAS_KEY,
          password: 'only once',
        },
      },
    ]);
    expect(shown.complaints).toEqual([]);
  });

  it('begins the first run of each job once, also where the window is opened again', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'plan');
    await page.getByRole('button', { name: 'Save and begin' }).click();
    await page.getByText('The service is reading the new configuration', { exact: false }).first().waitFor();
    expect(asked(daemon, 'run')).toEqual([]);
    // As after the daemon has begun anew.
    await daemon.cut();
    await expect
      .poll(() => asked(daemon, 'run').map(({ params }) => params), { timeout: 30_000 })
      .toEqual([
        { job: 'nas', snapshot: true },
        { job: 'nas-plain', snapshot: true },
      ]);
    await page.reload();
    await page.getByText('The first run was asked for.').first().waitFor();
    expect(asked(daemon, 'run')).toHaveLength(2);
    await page.getByRole('button', { name: 'Go to the job' }).click();
    await page.getByRole('heading', { level: 1, name: 'nas', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.evaluate(() => {
      location.hash = '#/setup/run';
    });
    await page
      .getByRole('heading', { level: 1, name: 'What is to be backed up?' })
      .or(page.getByRole('heading', { level: 1, name: 'Where do the copies go?' }))
      .waitFor();
    expect(asked(daemon, 'run')).toHaveLength(2);
  });

  it('goes on after a reload where it was, without a password and with everything else', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'what');
    await page.getByRole('row', { name: /^swap/ }).locator('.check').click();
    await page.getByText('13 datasets', { exact: false }).waitFor();
    await goOn(page).click();
    await nameMachine(page);
    await compareKey(page);
    await makeKey(page);
    await page.getByText('The account is there already').click();
    await page.getByLabel('Password of snapferry on the NAS').fill('not to be kept');
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
      'not to be',
    );
    await page.reload();
    await page.getByText('Compared: it is this machine', { exact: false }).waitFor();
    expect(await page.getByLabel('Name or address').inputValue()).toBe('nas.lan');
    expect(await page.getByLabel('Dataset on the NAS').inputValue()).toBe('tank/backup');
    // The line of the key is asked for again, and the password is not there.
    await page.getByLabel('Password of snapferry on the NAS').waitFor();
    expect(await page.getByLabel('Password of snapferry on the NAS').inputValue()).toBe('');
    await testNas(page);
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByText('13 datasets', { exact: false }).waitFor();
    expect(asked(daemon, 'destination/hostkeys')).toHaveLength(1);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Go on with the setup' }).click();
    await page.getByRole('button', { name: 'Begin anew' }).click();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.getByRole('button', { name: 'Set up a backup' }).waitFor();
  });

  it('believes no machine before its key was compared, and none that shows another one', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'where');
    await nameMachine(page);
    const typed = page.getByLabel('What the console says');
    await typed.fill(NAS_KEY.replace('uNiV', 'uNiW'));
    await page.getByRole('alert').getByText('Do not go on', { exact: false }).waitFor();
    expect(await page.getByRole('checkbox', { name: /I have compared them/ }).isDisabled()).toBe(true);
    await page.getByText('Compare the key of the machine first.').waitFor();
    expect(await goOn(page).isDisabled()).toBe(true);
    expect(asked(daemon, 'destination/key')).toEqual([]);
    await typed.fill('');
    await page.getByText('I have compared them').click();
    await page.getByText('Compared: it is this machine', { exact: false }).waitFor();
    // Another machine has another key.
    await page.getByLabel('Name or address').fill('other.lan');
    await page.getByRole('button', { name: 'Ask other.lan for its keys' }).waitFor();
    expect(await page.locator('.fingerprint').count()).toBe(0);
  });

  it('says what a test found and what to do, tests again, and is not content with an old test', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'where');
    await nameMachine(page);
    await compareKey(page);
    await makeKey(page);
    const good = everythingWorks();
    daemon.answers.set('destination/test', () => ({
      checks: good.checks.map((one) =>
        one.check === 'login'
          ? {
              ...one,
              state: 'failed',
              problem: new ProblemError('login-refused', { host: 'nas.lan', user: 'snapferry' }).toProblem(),
            }
          : one,
      ),
      usable: false,
    }));
    await testNas(page);
    await page.getByText('nas.lan refused the login of snapferry.', { exact: false }).waitFor();
    await page.getByText('Test whether everything works.').waitFor();
    expect(await goOn(page).isDisabled()).toBe(true);
    daemon.answers.set('destination/test', () => good);
    await page.getByRole('button', { name: 'Test again' }).click();
    await page.getByText('Everything works.').waitFor();
    expect(await goOn(page).isDisabled()).toBe(false);
    await page.getByLabel('Account', { exact: true }).fill('root');
    await page.getByText('Test whether everything works.').waitFor();
    expect(await goOn(page).isDisabled()).toBe(true);
  });

  it('finds copies from before and goes on with them', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    const places = { rootFs: 'tank/old', clientIdentity: 'workstation', plainIdentity: 'workstation-open' };
    daemon.answers.set('destination/look', (params) => {
      const here = Object.entries(places).every(([key, value]) =>
        JSON.stringify(params).includes(`"${key}":"${value}"`),
      );
      const adoptions = here ? [] : [{ ...places, datasets: 9 }];
      return { ...nothingThere(params, someMachine()), adoptions, adopted: here ? 9 : 0 };
    });
    await goToStep(page, 'where');
    await nameMachine(page);
    await compareKey(page);
    await makeKey(page);
    await testNas(page);
    await page.getByText('Copies of 9 datasets lie at another place:').waitFor();
    await page.getByRole('button', { name: 'Go on with those' }).click();
    expect(await page.getByLabel('Dataset on the NAS').inputValue()).toBe('tank/old');
    expect(await page.getByLabel('Name of this machine there').inputValue()).toBe('workstation');
    expect(await page.getByLabel('Name for what is not encrypted').inputValue()).toBe('workstation-open');
    await page.getByText('Test whether everything works.').waitFor();
    await page.getByRole('button', { name: 'Test again' }).click();
    await page.getByText('9 datasets are there already: only what is new is sent.').waitFor();
  });

  it('says before the first run what it sends, for how long, into how much space, and by which commands', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'plan');
    // All that is suggested: its newest states, which no fewer bytes than their blocks on disk are.
    await page.getByText('sends about 854.0 GiB.').waitFor();
    await page.getByText('Of 3 datasets as a dry run of "zfs send" says.').waitFor();
    await page.getByText('Assumed, not measured', { exact: false }).waitFor();
    await page.getByText('6.2 TiB are free now, about 5.4 TiB after the first run.').waitFor();
    await page.getByText('snapferry needs these rights in ZFS below tank/backup', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'The commands of the first run' }).click();
    await page.getByText('zfs send -v -P -w rpool/home/ada/photos@', { exact: false }).waitFor();
    await page.getByText('tank/backup/desk-plain/', { exact: false }).first().waitFor();
    expect(asked(daemon, 'destination/look').at(-1)?.params).toMatchObject({
      clientIdentity: 'desk',
      plainIdentity: 'desk-plain',
    });
  });

  it('does not begin where it would not fit, unless a person says so', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    daemon.answers.set('destination/look', (params) => nothingThere(params, someMachine(), 100 * 2 ** 30));
    await goToStep(page, 'where');
    await nameMachine(page);
    await compareKey(page);
    await makeKey(page);
    await testNas(page);
    await page.getByText('It works, but there is not enough space.').waitFor();
    await goOn(page).click();
    await page.getByRole('radio', { name: /^Balanced/ }).waitFor();
    await goOn(page).click();
    await page.getByRole('heading', { name: 'It does not fit' }).waitFor();
    await page.getByText('About 854.0 GiB would be sent, and 100.0 GiB are free at nas.lan:tank/backup.').waitFor();
    const save = page.getByRole('button', { name: 'Save and begin' });
    expect(await save.isDisabled()).toBe(true);
    await page.getByText('I know better: begin all the same').click();
    await expect.poll(() => save.isDisabled()).toBe(false);
    await page.getByText('I know better: begin all the same').click();
    await expect.poll(() => save.isDisabled()).toBe(true);
    daemon.answers.set('destination/look', (params) => nothingThere(params, someMachine()));
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('6.2 TiB are free now', { exact: false }).waitFor();
    await expect.poll(() => save.isDisabled()).toBe(false);
  });

  it('says so where the NAS cannot be looked at, and lets a person go on', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'plan');
    daemon.refusals.set('destination/look', new ProblemError('host-unreachable', { host: 'nas.lan' }));
    await page.reload();
    await page.getByText('sends up to about 854.0 GiB.').waitFor();
    await page.getByText('nas.lan cannot be reached', { exact: false }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Save and begin' }).isDisabled()).toBe(false);
  });

  it('says by the keyboard, too, what can be done where it cannot set anything up yet, and does not go on there', async () => {
    await using shown = await open();
    const { page } = shown;
    await goToStep(page, 'where');
    await tabTo(page, /^A NAS, over ssh/);
    await page.keyboard.press('ArrowRight');
    await page.getByText('Choose a drive.', { exact: true }).waitFor();
    expect(await goOn(page).isDisabled()).toBe(true);
    await page.keyboard.press('ArrowRight');
    await page.getByText('This cannot be set up here yet.').waitFor();
    await page.getByRole('heading', { name: 'Speaking with zrepl on a NAS comes with a later version' }).waitFor();
    await page.reload();
    await page.getByText('two programs must not send the same dataset to the same place', { exact: false }).waitFor();
    await tabTo(page, /^A NAS that already runs zrepl/);
    await page.keyboard.press('ArrowRight');
    await page.getByLabel('Name or address').waitFor();
  });

  it('says what is missing on a machine without ZFS, and without a pool', async () => {
    const nothing = { zfs: null, problem: null, pools: [], datasets: [], leftOut: 0 };
    await using shown = await open({ prepare: (daemon) => wizardAnswers(daemon, nothing) });
    const { page, daemon } = shown;
    await page.getByRole('heading', { name: 'OpenZFS does not answer on this machine' }).waitFor();
    await page.getByText('zfsutils-linux', { exact: false }).waitFor();
    expect(await goOn(page).isDisabled()).toBe(true);
    daemon.answers.set('discover', () => ({ ...nothing, zfs: { userland: 'zfs-2.3.4', kernel: 'zfs-kmod-2.3.4' } }));
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByRole('heading', { name: 'There is no pool on this machine' }).waitFor();
  });

  it('draws only what is in sight of a thousand datasets, and ticks them all', async () => {
    await using shown = await open({ prepare: (daemon) => wizardAnswers(daemon, largeMachine(1000)) });
    const { page } = shown;
    await goToStep(page, 'what');
    await page.getByText('1,021 datasets', { exact: false }).waitFor();
    expect(await page.locator('.dataset-row').count()).toBeLessThan(80);
    await page.getByRole('button', { name: 'Tick nothing' }).click();
    await page.getByText('Tick at least one dataset.').waitFor();
    await page.locator('.dataset-tree').hover();
    const group = page.getByRole('row', { name: /^group-7/ });
    const seen = async (): Promise<boolean> => {
      await page.mouse.wheel(0, 500);
      return group.isVisible();
    };
    await expect.poll(seen, { timeout: 30_000 }).toBe(true);
    await group.locator('.check').click();
    await page.getByText('51 datasets', { exact: false }).waitFor();
    await group.locator('.tree-chevron').click();
    await page.getByRole('row', { name: /^data-0350/ }).waitFor();
    expect(await page.locator('.dataset-row').count()).toBeLessThan(80);
    await page.mouse.wheel(0, -5000);
    await page.getByRole('row', { name: /^tank/ }).getByText('only what is below it').waitFor();
  });

  it('shows what will be there while rules are changed, and does not go on with rules that keep nothing', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'when');
    const here = page.getByRole('group', { name: 'On this machine' });
    await here.getByText('1x1h(keep=all) | 24x1h | 14x1d').waitFor();
    const total = page
      .getByRole('row', { name: /^On this machine/ })
      .getByRole('cell')
      .last();
    const before = Number(await total.textContent());
    await here.getByRole('textbox', { name: 'Line 3: how many in a row' }).fill('28');
    await page.keyboard.press('Tab');
    await here.getByText('1x1h(keep=all) | 24x1h | 28x1d').waitFor();
    await page.getByText('Your own rules.').waitFor();
    await expect.poll(async () => Number(await total.textContent()), { timeout: 30_000 }).toBeGreaterThan(before);
    for (let line = 0; line < 3; line += 1) await here.getByRole('button', { name: 'Remove line 1' }).click();
    await here.getByText('Nothing would be kept.', { exact: false }).waitFor();
    expect(await goOn(page).isDisabled()).toBe(true);
    await page.reload();
    await here.getByText('Nothing would be kept.', { exact: false }).waitFor();
    await here.getByText('The newest in any case:').click();
    expect(await goOn(page).isDisabled()).toBe(false);
    expect(asked(daemon, 'config/put')).toEqual([]);
  });

  it('says why nothing can be saved where the file cannot be read', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    const message = 'the configuration cannot be read: everybody can write to it';
    const place = { severity: 'error', file: daemon.config.file, line: 1, column: 1, path: '', hint: null } as const;
    daemon.config = { ...daemon.config, text: null, digest: null, problems: [{ ...place, message }] };
    await goToStep(page, 'plan');
    await page.getByText('so nothing can be saved', { exact: false }).waitFor();
    await page.getByText(message, { exact: false }).waitFor();
    expect(await page.getByRole('button', { name: 'Save and begin' }).isDisabled()).toBe(true);
  });

  it('keeps everything where an administrator does not agree', async () => {
    await using shown = await open();
    const { page, daemon } = shown;
    await goToStep(page, 'plan');
    daemon.refusals.set('config/put', new ProblemError('confirmation-needed', { nonce: 'n' }));
    await page.getByRole('button', { name: 'Save and begin' }).click();
    await page.getByText('An administrator did not agree. Nothing was done.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Save and begin' }).isDisabled()).toBe(false);
    daemon.refusals.clear();
    // A name that exists is not saved.
    await page.getByLabel('Name of the job').fill('photos');
    await page.getByRole('button', { name: 'Save and begin' }).click();
    await page.getByRole('heading', { level: 1, name: 'The first backup' }).waitFor();
    expect(JSON.stringify(asked(daemon, 'config/put').at(-1)?.params)).toContain('"name":"photos"');
  });
});
