/** What the window says of an external drive, from its coming to "safe to unplug" and after somebody has pulled it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_TALLY, type HistoryEntry } from '../../../core/api/history.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DriveReport } from '../../../core/api/status.ts';
import { leavePicture, violations } from './support/looks.ts';
import { driveHealth, driveHousehold, driveSet, NOW_MS } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

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
    daemon.change([{ name: 'blue', drives: drivesOf('safe', { lastSuccessMs: NOW_MS }) }]);
    await drives.getByText('backed up and safe to unplug').waitFor();
    await leavePicture(page, 'drive-safe');
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
    await leavePicture(page, 'drive-pulled');
    daemon.change([{ name: 'blue', drives: drivesOf('busy') }]);
    await needs.waitFor({ state: 'hidden' });
  });
});

describe('the page of the drives', () => {
  it('tells of each drive where it is, how old, how full and how well, and which one to bring next', async () => {
    await using shown = await showWindow(built.folder, driveSet());
    const { page } = shown;
    await page.getByRole('link', { name: 'Drives' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Drives' }).waitFor();
    const blue = page.getByRole('region', { name: 'Blue' });
    const red = page.getByRole('region', { name: 'Red' });
    await blue.getByText('800.0 GiB of 2.0 TiB free').waitFor();
    await blue.getByText('enough for', { exact: false }).waitFor();
    await blue.getByText('40 days ago, no errors').waitFor();
    await blue.getByText('A scrub is due', { exact: false }).waitFor();
    await red.getByText('Bring Red next', { exact: false }).waitFor();
    await red.getByText('overdue: every 7 days is wanted').waitFor();
    await red.getByText('3 errors of reading', { exact: false }).waitFor();
    await red.getByText('never', { exact: true }).waitFor();
    // What is away can be neither checked nor ejected.
    const disabled = await Promise.all((await red.getByRole('button').all()).map((button) => button.isDisabled()));
    expect(disabled).toEqual([true, true, true, false]);
    await leavePicture(page, 'drives');
    expect(shown.complaints).toEqual([]);
  });

  it('has a drive checked and stopped, by keyboard, and nothing moves while it tells how far it is', async () => {
    await using shown = await showWindow(built.folder, driveHousehold('connected', { health: driveHealth() }), {
      prepare: (daemon) => {
        daemon.answers.set('drive/scrub', () => ({ scrubbing: true }));
        daemon.answers.set('drive/scrub-stop', () => ({ scrubbing: false }));
      },
    });
    const { page, daemon } = shown;
    await page.evaluate(() => {
      location.hash = '#/drives';
    });
    const blue = page.getByRole('region', { name: 'Blue' });
    await blue.getByRole('button', { name: 'Scrub Blue', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('ZFS reads everything on Blue now.', { exact: false }).waitFor();
    const scrub = { sinceMs: 1, isPaused: false, doneBytes: 4_000_000_000, totalBytes: 10_000_000_000 };
    const told = (fraction: number) =>
      drivesOf('busy', { scrubbing: true, health: driveHealth({ scrub: { ...scrub, fraction } }) });
    daemon.change([{ name: 'blue', drives: told(0.1) }]);
    await blue.getByText('is being checked: do not unplug it').waitFor();
    const stop = blue.getByRole('button', { name: 'Stop the scrub of Blue' });
    const before = await stop.boundingBox();
    for (let part = 11; part <= 60; part += 1) daemon.change([{ name: 'blue', drives: told(part / 100) }]);
    await blue.getByText('60% read', { exact: false }).waitFor();
    expect(await stop.boundingBox()).toEqual(before);
    await leavePicture(page, 'drive-scrub');
    await stop.click();
    await page.getByRole('log').getByText('The scrub of Blue was stopped.').waitFor();
    expect(daemon.asked.flatMap(({ method }) => (method.startsWith('drive/scrub') ? [method] : []))).toEqual([
      'drive/scrub',
      'drive/scrub-stop',
    ]);
  });

  it('forgets a drive only after saying what that costs', async () => {
    await using shown = await showWindow(built.folder, driveSet(), {
      prepare: (daemon) => {
        daemon.answers.set('drive/forget', () => ({ jobs: ['blue'], releases: [], keptAs: null }));
      },
    });
    const { page, daemon } = shown;
    await page.evaluate(() => {
      location.hash = '#/drives';
    });
    const red = page.getByRole('region', { name: 'Red', exact: true });
    await red.getByRole('button', { name: 'Forget Red …' }).click();
    await red.getByText('No longer backed up to by: blue.', { exact: false }).waitFor();
    await red.getByText('What is on the drive stays.', { exact: false }).waitFor();
    await leavePicture(page, 'drive-forget');
    await red.getByRole('button', { name: 'Keep it' }).click();
    expect(await red.getByRole('button', { name: 'Forget Red', exact: true }).count()).toBe(0);
    await red.getByRole('button', { name: 'Forget Red …' }).click();
    await red.getByRole('button', { name: 'Forget Red', exact: true }).click();
    await page.getByRole('log').getByText('Red is forgotten.', { exact: false }).waitFor();
    expect(daemon.asked.flatMap(({ method, params }) => (method === 'drive/forget' ? [params] : []))).toEqual([
      { poolGuid: '7', dryRun: true },
      { poolGuid: '7', dryRun: true },
      { poolGuid: '7', dryRun: false },
    ]);
  });

  it('is reached by the commands, which offer what can be done with a drive', async () => {
    await using shown = await showWindow(built.folder, driveHousehold('connected', { health: driveHealth() }));
    const { page } = shown;
    const command = async (words: string) => {
      await page.keyboard.press('Control+K');
      await page.getByRole('searchbox').fill(words);
    };
    // Keys are heard once the page is there.
    await page.getByRole('button', { name: 'Eject Blue' }).waitFor();
    await command('drives');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Drives' }).waitFor();
    await command('scrub');
    await page.getByRole('option', { name: 'Scrub Blue' }).waitFor();
  });

  it('stands beside its runs in the activity, which shows those of one drive alone', async () => {
    const run = (id: number, name: string, poolGuid: string, successMs: number | null): HistoryEntry => ({
      id,
      job: 'blue',
      cause: 'plugged',
      startMs: NOW_MS - id * 3_600_000,
      endMs: NOW_MS - id * 3_600_000 + 60_000,
      outcome: successMs === null ? 'problems' : 'ok',
      skipped: null,
      success: successMs !== null,
      tally: EMPTY_TALLY,
      problems: [],
      problemsLeftOut: 0,
      drives: [{ name, poolGuid, successMs }],
    });
    await using shown = await showWindow(built.folder, driveSet(), {
      place: '#/activity',
      prepare: (daemon) => {
        daemon.history = [run(2, 'Blue', '1234567890123456789', NOW_MS), run(1, 'Red', '7', null)];
      },
    });
    const { page } = shown;
    const rows = page.locator('.history .list-row');
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: /to Blue/ }).click();
    await page.getByText('Everything has arrived on Blue.').waitFor();
    await leavePicture(page, 'drive-activity');
    await page.getByRole('button', { name: /^All drives Drive/ }).click();
    await page.getByRole('option', { name: 'Red' }).click();
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('button', { name: /to Red/ }).click();
    await page.getByText('Not everything has arrived on Red.').waitFor();
    expect(shown.complaints).toEqual([]);
  });
});
