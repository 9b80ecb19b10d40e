/** What the window says of an external drive, from its coming to "safe to unplug" and after somebody has pulled it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DriveReport } from '../../../core/api/status.ts';
import { violations } from './support/looks.ts';
import { driveHousehold } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

/** Pictures are kept only where somebody wants to look at them. */
const PICTURES = process.env.SNAPFERRY_E2E_PICTURES;

const drivesOf = (state: DriveReport['state'], change: Partial<DriveReport> = {}) =>
  (driveHousehold(state, change).jobs[1]?.drives ?? []).slice();

describe('a drive', () => {
  it('asks when it is plugged in, is backed up to, and says when it may be unplugged', async () => {
    await using shown = await showWindow(built.folder, driveHousehold('plugged', { asks: true }));
    const { page, daemon } = shown;
    const drives = page.getByRole('region', { name: 'Drives' });
    await drives.getByText('plugged in: back up now?').waitFor();
    await drives.getByRole('button', { name: 'Back up now: blue to Blue' }).click();
    await expect
      .poll(() => daemon.asked.filter(({ method }) => method === 'run'))
      .toEqual([{ method: 'run', params: { job: 'blue', snapshot: true } }]);
    daemon.change([{ name: 'blue', drives: drivesOf('busy') }]);
    await drives.getByText('is being backed up to: do not unplug it').waitFor();
    expect(await drives.getByRole('button').count()).toBe(0);
    daemon.change([{ name: 'blue', drives: drivesOf('safe') }]);
    await drives.getByText('backed up and safe to unplug').waitFor();
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, 'drive-safe.png'), fullPage: true });
    }
    daemon.change([{ name: 'blue', drives: drivesOf('away') }]);
    await drives.getByText('not plugged in').waitFor();
    expect(shown.complaints).toEqual([]);
  });

  it('is ejected where it stays connected, and tells why it could not be', async () => {
    const busy = new ProblemError('drive-in-use', { drive: 'Blue', pool: 'blue' });
    await using shown = await showWindow(built.folder, driveHousehold('connected'), {
      prepare: (daemon) => {
        daemon.refusals.set('drive/eject', busy);
        daemon.answers.set('drive/eject', () => ({ ejected: true }));
      },
    });
    const { page, daemon } = shown;
    const eject = page.getByRole('button', { name: 'Eject Blue' });
    await eject.click();
    await page.getByRole('log').getByText('could not be ejected', { exact: false }).waitFor();
    daemon.refusals.clear();
    await eject.click();
    await page.getByRole('log').getByText('Blue is safe to unplug.').waitFor();
    expect(daemon.asked.filter(({ method }) => method === 'drive/eject')).toEqual([
      { method: 'drive/eject', params: { poolGuid: '1234567890123456789' } },
      { method: 'drive/eject', params: { poolGuid: '1234567890123456789' } },
    ]);
  });

  it('that is encrypted is unlocked and backed up to; a passphrase that is another one is asked for again', async () => {
    const problem = new ProblemError('drive-locked', { drive: 'Blue', pool: 'blue' }).toProblem();
    const wrong = new ProblemError('passphrase-wrong', { drive: 'Blue' });
    await using shown = await showWindow(built.folder, driveHousehold('unusable', { problem }), {
      prepare: (daemon) => {
        daemon.refusals.set('drive/unlock', wrong);
        daemon.answers.set('drive/unlock', () => ({ unlocked: true }));
      },
    });
    const { page, daemon } = shown;
    const drives = page.getByRole('region', { name: 'Drives' });
    const passphrase = drives.getByLabel('Passphrase of the drive');
    await passphrase.fill('wrong horse');
    await page.keyboard.press('Enter');
    await drives.getByText('The passphrase of the drive Blue is another one.').waitFor();
    daemon.refusals.clear();
    await passphrase.fill('correct horse');
    await drives.getByRole('button', { name: 'Unlock and begin' }).click();
    await expect
      .poll(() => daemon.asked.filter(({ method }) => method === 'run').map(({ params }) => params))
      .toEqual([{ job: 'blue', snapshot: true }]);
    expect(await violations(page)).toEqual([]);
    expect(await passphrase.inputValue()).toBe('');
    daemon.change([{ name: 'blue', drives: drivesOf('busy') }]);
    await passphrase.waitFor({ state: 'detached' });
    expect(shown.complaints).toEqual([]);
  });

  it('that was pulled needs somebody, with what to do, until it is back', async () => {
    const problem = new ProblemError('drive-pulled', { drive: 'Blue', pool: 'blue' }).toProblem();
    await using shown = await showWindow(built.folder, driveHousehold('pulled', { problem }));
    const { page, daemon } = shown;
    const needs = page.getByRole('region', { name: 'Needs you' });
    await needs.getByText('The drive Blue was unplugged while it was in use.', { exact: false }).waitFor();
    await needs.getByText('Plug the same drive in again', { exact: false }).waitFor();
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, 'drive-pulled.png'), fullPage: true });
    }
    daemon.change([{ name: 'blue', drives: drivesOf('busy') }]);
    await needs.waitFor({ state: 'hidden' });
  });
});
