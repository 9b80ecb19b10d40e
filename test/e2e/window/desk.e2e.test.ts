/** What the window says of the shell of the desktop: notices, those that were not shown, and the start with the session. */
import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { PastNotice } from '../../../core/api/shell-desk.ts';
import { calmHousehold } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

const SHOWN = 'The last run of nas failed.';
const NOTICES: readonly PastNotice[] = [
  { id: 2, atMs: 1_790_000_000_000, kind: 'overdue', urgency: 'normal', summary: '<b>x</b>', body: '', fate: 'seen' },
  {
    id: 1,
    atMs: 1_780_000_000_000,
    kind: 'failed',
    urgency: 'critical',
    summary: SHOWN,
    body: 'Why.\nDo.',
    fate: 'shown',
  },
];

describe('the shell of the desktop, in the window', () => {
  it('is told which notices a person wants, and shows what it says is so', async () => {
    await using shown = await showWindow(built.folder, calmHousehold(), { place: '#/settings' });
    const { page, daemon } = shown;
    const box = (name: string) => page.getByRole('checkbox', { name });
    await box('A run has ended well').waitFor();
    expect([await box('A run has ended well').isChecked(), await box('A copy is old').isChecked()]).toEqual([
      false,
      true,
    ]);
    await page.getByText('A run has ended well').click();
    await expect.poll(() => box('A run has ended well').isChecked()).toBe(true);
    await page.getByText('A copy is old').click();
    await expect.poll(() => box('A copy is old').isChecked()).toBe(false);
    await page.getByText('Start with the session').click();
    await expect.poll(() => box('Start with the session').isChecked()).toBe(true);
    expect(daemon.asked.filter(({ method }) => method === 'shell/settings/set').map(({ params }) => params)).toEqual([
      { notices: { 'run-done': true } },
      { notices: { overdue: false } },
      { startAtLogin: true },
    ]);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(shown.complaints).toEqual([]);
  });

  it('says so where a change does not come about', async () => {
    await using shown = await showWindow(built.folder, calmHousehold(), {
      place: '#/settings',
      prepare: (daemon) =>
        daemon.refusals.set('shell/settings/set', new ProblemError('request-invalid', { reason: 'x' })),
    });
    const { page } = shown;
    await page.getByText('Start with the session').click();
    await page.getByText('This could not be changed.').waitFor();
    expect(await page.getByRole('checkbox', { name: 'Start with the session' }).isChecked()).toBe(false);
  });

  it('has a list of notices, with what was not shown and why, and takes no text for anything but text', async () => {
    await using shown = await showWindow(built.folder, calmHousehold(), {
      place: '#/activity',
      prepare: (daemon) => {
        daemon.notices = NOTICES;
      },
    });
    const { page } = shown;
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('option', { name: 'Notices: told, and not told' }).click();
    const rows = page.getByRole('list', { name: 'Notices' }).getByRole('listitem');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await rows.first().textContent()).toContain('not shown: the window was open<b>x</b>');
    expect(await rows.last().textContent()).toContain(`shown${SHOWN}Why.Do.`);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(shown.complaints).toEqual([]);
  });
});
