/**
 * The main path of the wizard on real machines: the window in Debian's Chromium on this one, the daemon in the workstation guest with
 * its socket brought here, and the other guest as the NAS, on whose console exactly the lines are typed that the window shows.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOCKET_PATH_DEFAULT } from '../../../core/api/contract.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import type { BrowserFace } from '../../../electron/browser/face.ts';
import { bundle } from '../../../scripts/build/bundle.ts';
import { ROOT } from '../../../scripts/lib/root.ts';
import { openBrowser } from '../../e2e/window/support/browser.ts';
import { faceOf } from '../../e2e/window/support/face.ts';
import { builtWindow } from '../../e2e/window/support/window.ts';
import { bringSocket, createPool, type Guest, type Guests, type LabPool, poolName, until } from '../guests/index.ts';
import { guestsOfSuite } from '../suite.ts';

const CHROMIUM = '/usr/bin/chromium';
const NODE = '/opt/tools/bin/node';
const PROGRAM = '/opt/snapferry-wizard/snapferry.mjs';
const CONFIG = '/etc/snapferry/snapferry.yml';
const PID = '/run/snapferry-wizard.pid';
const LOG = '/var/log/snapferry-wizard.log';
/** Under which a guest reaches the ports of this machine, and so the other guest. */
const HOST_FOR_GUESTS = '10.0.2.2';
/** Of the NAS, as the wizard proposes it. */
const ACCOUNT = 'snapferry';
/** An emulated machine starts a program in half a minute. */
const SLOW_MS = 240_000;

const stack = new AsyncDisposableStack();
let guests: Guests;
let desk: LabPool;
let target: LabPool;
let face: BrowserFace;
let page: Page;

/** One file, as it is installed. */
async function startDaemon(guest: Guest, folder: string): Promise<void> {
  const file = join(folder, 'snapferry.mjs');
  await bundle({ entry: join(ROOT, 'core', 'cli', 'main.ts'), outFile: file, version: '0.0.0-lab' });
  await guest.copyIn(file, PROGRAM, 0o755);
  await guest.runOk('rm -rf /etc/snapferry /var/lib/snapferry && install -d -m 700 /etc/snapferry');
  await guest.writeFile(CONFIG, '# Written by hand.\njobs: []\n');
  await guest.runOk(`setsid ${NODE} ${PROGRAM} daemon --config ${CONFIG} > ${LOG} 2>&1 < /dev/null & echo $! > ${PID}`);
  stack.defer(async () => {
    const script = `kill "$(cat ${PID})"; n=0; while kill -0 "$(cat ${PID})" 2>/dev/null && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
rm -rf ${PID} /etc/snapferry /var/lib/snapferry; true`;
    await guest.run(script, { timeoutMs: 60_000 });
  });
  await until(async () => (await guest.run(['test', '-S', SOCKET_PATH_DEFAULT])).code === 0, {
    what: 'the daemon listens',
    timeoutMs: SLOW_MS,
    pollMs: 500,
  });
}

describe.skipIf(!existsSync(CHROMIUM))(`the wizard${existsSync(CHROMIUM) ? '' : ` (skipped: no ${CHROMIUM})`}`, () => {
  beforeAll(async () => {
    guests = await guestsOfSuite();
    stack.defer(async () => guests.close());
    const folder = await mkdtemp(join(tmpdir(), 'snapferry-wizard-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const window = stack.use(await builtWindow());
    // The first in the list, whatever pools other tests have there.
    desk = await createPool(guests.workstation, { name: `aa-${poolName('desk')}`, sizeMiB: 256 });
    stack.defer(() => desk.destroy());
    target = await createPool(guests.nas, { name: poolName('wizard'), sizeMiB: 256 });
    stack.defer(async () => {
      await guests.nas.run(`userdel -r ${ACCOUNT}`);
      await target.destroy();
    });
    await guests.workstation.runOk(`set -e
zfs create ${desk.name}/home
zfs create ${desk.name}/home/photos
head -c 5000000 /dev/urandom > /mnt/${desk.name}/home/photos/summer.jpg
echo kept > /mnt/${desk.name}/home/letter.txt
sync`);
    await startDaemon(guests.workstation, folder);
    const socket = join(folder, 'control.sock');
    const server = await bringSocket(guests.workstation, SOCKET_PATH_DEFAULT, socket);
    stack.defer(() => void server.close());
    face = faceOf(window.folder, () => socket);
    stack.defer(() => face.close());
    const browsing = stack.use(await openBrowser());
    page = await browsing.context.newPage();
    page.setDefaultTimeout(SLOW_MS);
  });
  afterAll(() => stack.disposeAsync());

  it(
    'leads from nothing to a first backup on the NAS',
    async () => {
      const goOn = page.getByRole('button', { name: 'Go on', exact: true });
      const { nas, workstation } = guests;
      await page.goto(await face.address());
      await page.getByRole('button', { name: 'Set up a backup' }).click();
      await page.getByRole('heading', { level: 2, name: desk.name }).waitFor();
      await goOn.click();
      await page.getByRole('heading', { level: 1, name: 'What is to be backed up?' }).waitFor();
      await page.getByRole('button', { name: 'Tick nothing' }).click();
      await page
        .getByRole('row', { name: new RegExp(`^${desk.name}`) })
        .locator('.check')
        .click();
      await page.getByText('3 datasets', { exact: false }).waitFor();
      await goOn.click();

      await page.getByLabel('Name or address').fill(HOST_FOR_GUESTS);
      await page.getByRole('textbox', { name: 'Port' }).fill(String(nas.sshPort));
      await page.keyboard.press('Tab');
      await page.getByRole('button', { name: `Ask ${HOST_FOR_GUESTS} for its keys` }).click();
      await page.getByLabel('What the console says').fill(nas.hostKeySha256);
      await page.getByText('Compared: it is this machine', { exact: false }).waitFor();
      await page.getByLabel('Dataset on the NAS').fill(`${target.name}/backup`);
      await page.getByLabel('Name of this machine there').fill('desk');
      await page.getByRole('button', { name: 'Make a key' }).click();
      await page.getByText(`zfs allow -u ${ACCOUNT}`, { exact: false }).waitFor();
      const lines = await page.locator('.bring-steps .command-line').allTextContents();
      await nas.runOk(['set -e', ...lines].join('\n'));
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText('Nothing of this machine is there yet', { exact: false }).waitFor();
      await page.getByText('Everything works.').waitFor();
      await goOn.click();

      await page.getByRole('radio', { name: /^Balanced/ }).waitFor();
      await goOn.click();
      await page.getByText('sends about', { exact: false }).waitFor();
      await page.getByText('are free now, about', { exact: false }).waitFor();
      await page.getByRole('button', { name: 'The commands of the first run' }).click();
      await page.getByText('zfs receive -u', { exact: false }).waitFor();
      const told = await page.locator('.commands-told .command-line').allTextContents();
      await page.getByText('nas is new', { exact: false }).waitFor();
      await page.getByRole('button', { name: 'Save and begin' }).click();
      await page.getByText('Done: everything is there.').waitFor();

      const written = parseConfig(await workstation.readFile(CONFIG), { fileName: 'snapferry.yml' });
      expect(written.config?.jobs.map(({ name }) => name)).toEqual(['nas']);
      const guids = async (guest: Guest, dataset: string): Promise<readonly string[]> =>
        (await guest.runOk(['zfs', 'list', '-H', '-r', '-t', 'snapshot', '-o', 'guid', dataset])).trim().split('\n');
      const here = await guids(workstation, desk.name);
      // The schedule may have taken more of them meanwhile.
      const there = await guids(nas, `${target.name}/backup/desk/${desk.name}`);
      expect(there.length).toBeGreaterThanOrEqual(3);
      expect(here).toEqual(expect.arrayContaining([...there]));
      // What was told is what was done, but for the time in the names.
      const timeless = (text: string): string => text.replaceAll(/snapferry_\d{8}_\d{6}_\d{3}/g, 'snapferry_TIME');
      const done = timeless(await nas.runOk(['zpool', 'history', target.name]));
      const receives = told.filter((line) => line.startsWith('zfs receive'));
      expect(receives).toHaveLength(1);
      for (const receive of receives) expect(done).toContain(timeless(receive));

      await page.getByRole('button', { name: 'Go to the job' }).click();
      await page.getByRole('link', { name: 'Overview' }).click();
      await page.getByRole('heading', { level: 1, name: /^Everything is on/ }).waitFor();
    },
    2 * SLOW_MS,
  );
});
