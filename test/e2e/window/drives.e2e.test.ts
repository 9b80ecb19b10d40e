/** What the window says of an external drive, from its coming to "safe to unplug" and after somebody has pulled it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DriveReport } from '../../../core/api/status.ts';
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
    await drives.getByText('being backed up to, do not unplug').waitFor();
    expect(await drives.getByRole('button').count()).toBe(0);
    daemon.change([{ name: 'blue', drives: drivesOf('safe') }]);
    await drives.getByText('safe to unplug').waitFor();
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
