/**
 * From nothing to the first backup, in front of the real daemon: it looks around, judges the change, writes its file, begins anew by
 * it, and makes the backup. OpenZFS of both machines is simulated; of ssh, host keys, our own key and logging in are made up.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { openBrowser } from './support/browser.ts';
import { Household } from './support/household.ts';
import { NAS_HOST_KEY } from './support/sim-surroundings.ts';
import { builtWindow } from './support/window.ts';

const NOTHING_SET_UP = '# Written by Snapferry and by hand.\njobs: []\n';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

describe('in front of the real daemon', () => {
  it('leads from an empty overview to a first backup that is done', async () => {
    await using household = await Household.start(built.folder, NOTHING_SET_UP);
    await using browsing = await openBrowser();
    const page = await browsing.context.newPage();
    await page.goto(await household.address());
    await page.getByRole('button', { name: 'Set up a backup' }).click();
    const goOn = page.getByRole('button', { name: 'Go on', exact: true });
    await page.getByRole('heading', { level: 2, name: 'tank' }).waitFor();
    await goOn.click();
    // The step before counts datasets, too, and may still be there.
    await page.getByRole('heading', { level: 1, name: 'What is to be backed up?' }).waitFor();
    await page.getByText('3 datasets', { exact: false }).waitFor();
    await goOn.click();
    await page.getByLabel('Name or address').fill('nas.lan');
    await page.getByRole('textbox', { name: 'Port' }).fill('2222');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Ask nas.lan for its keys' }).click();
    await page.getByLabel('What the console says').fill(NAS_HOST_KEY);
    await page.getByLabel('Dataset on the NAS').fill('backup');
    await page.getByLabel('Name of this machine there').fill('desk');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('Nothing of this machine is there yet', { exact: false }).waitFor();
    await goOn.click();
    await page.getByRole('radio', { name: /^Balanced/ }).waitFor();
    await goOn.click();
    await page.getByText('nas is new', { exact: false }).waitFor();
    await page.getByText(/^sends about \d/).waitFor();
    await page.getByText('1.2 GiB are free now, about 1.2 GiB after the first run.').waitFor();
    await page.getByRole('button', { name: 'The commands of the first run' }).click();
    await page.getByText('zfs receive -u -s -o readonly=on', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Save and begin' }).click();
    await page.getByText('Done: everything is there.').waitFor({ timeout: 60_000 });

    const { config } = parseConfig(household.config, { fileName: 'snapferry.yml' });
    expect(config?.jobs.map(({ name }) => name)).toEqual(['nas']);
    expect(household.config).toContain('port: 2222');
    // What somebody has written there before is there still, and the job is written as a person would have.
    expect(household.config).toMatch(/^# Written by Snapferry and by hand\.\njobs:\n {2}- type: push\n {4}name: nas\n/);

    await page.getByRole('button', { name: 'Go to the job' }).click();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { level: 1, name: /^Everything is on nas/ }).waitFor();
    await page.getByRole('button', { name: /^tank\/home\/photos on .*newest/ }).waitFor();
  });
});
