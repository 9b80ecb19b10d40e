/** The configuration in the window: nothing is changed before it is seen what it means, and nothing without the daemon. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { calmHousehold, lookAtSome, someConfig, somePlan } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

async function openSettings(prepare: NonNullable<Parameters<typeof showWindow>[2]>['prepare'] = () => {}) {
  const shown = await showWindow(built.folder, calmHousehold(), {
    place: '#/settings',
    prepare: (daemon) => {
      daemon.config = someConfig();
      prepare(daemon);
    },
  });
  await shown.page.getByLabel('The file').waitFor();
  return shown;
}

describe('the configuration', () => {
  it('shows what removing a job means, with the text as it would be, and saves exactly that', async () => {
    await using shown = await openSettings((daemon) => {
      daemon.look = lookAtSome;
    });
    const { page, daemon } = shown;
    const form = page.getByRole('group', { name: 'blue' });
    await form.getByText('Remove from the configuration').click();
    await page.getByText('its snapshots, copies and marks stay', { exact: false }).waitFor();
    await expect.poll(() => page.getByLabel('The file').inputValue()).not.toContain('\n    name: blue\n');
    expect(await page.getByLabel('The file').inputValue()).toContain('name: nas');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The file of before is /etc/snapferry/snapferry.yml.1').waitFor();
    expect(daemon.asked.filter(({ method }) => method === 'config/put')).toEqual([
      {
        method: 'config/put',
        params: { digest: 'a'.repeat(64), change: { kind: 'edits', edits: [{ op: 'remove', job: 'blue' }] } },
      },
    ]);
  });

  it('does not save what the daemon would not take, and says where it is wrong', async () => {
    await using shown = await openSettings((daemon) => {
      daemon.look = (change) => ({
        text: change.kind === 'text' ? change.text : '',
        valid: false,
        jobs: [],
        effects: [],
        refused: [],
        problems: [
          {
            severity: 'error',
            file: '/etc/snapferry/snapferry.yml',
            line: 3,
            column: 5,
            path: 'jobs[0].nane',
            message: 'there is no such key',
            hint: 'name',
          },
        ],
      });
    });
    const { page, daemon } = shown;
    await page.getByLabel('The file').fill('jobs:\n  - type: push\n    nane: nas\n');
    await page.getByText('line 3, column 5').waitFor();
    await page.getByText('there is no such key (name)').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await page.getByLabel('The file').inputValue()).toBe(someConfig().text);
    expect(daemon.asked.filter(({ method }) => method === 'config/put')).toEqual([]);
  });

  it('is not saved without an administrator', async () => {
    await using shown = await openSettings((daemon) => {
      daemon.refusals.set('config/put', new ProblemError('not-permitted', {}));
    });
    const { page, daemon } = shown;
    await page.getByRole('group', { name: 'nas' }).getByLabel('Shown as').fill('The NAS');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('log').getByText('Only root may do this.', { exact: false }).waitFor();
    expect(daemon.config.text).toBe(someConfig().text);
    expect(await page.getByRole('group', { name: 'nas' }).getByLabel('Shown as').inputValue()).toBe('The NAS');
  });

  it('changes when snapshots are taken and how long they are kept, and says first that older backups will go', async () => {
    await using shown = await openSettings((daemon) => {
      daemon.look = lookAtSome;
    });
    const { page, daemon } = shown;
    const form = page.getByRole('group', { name: 'nas' }).first();
    await form.getByRole('button', { name: 'Schedule, retention and bandwidth' }).press('Enter');

    await choose(page, 'Snapshots are taken', 'by a calendar rule');
    const cron = form.getByRole('textbox', { name: 'Calendar rule' });
    await cron.fill('61 * * * *');
    await expect.poll(() => cron.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await cron.fill('TZ=UTC 30 3 * * *');
    await expect.poll(() => form.locator('.next-times time').count()).toBe(3);
    expect(await cron.getAttribute('aria-invalid')).toBeNull();

    const there = form.getByRole('group', { name: 'At the destination' });
    const months = there.getByRole('textbox', { name: 'Line 3: how many in a row' });
    await months.fill('3');
    await months.press('Tab');
    await form.getByText('older backups go at the next prune', { exact: false }).waitFor();
    await form.getByText(/about [1-9]\d* snapshots fewer/).waitFor();
    await page.getByText('prunes by other rules', { exact: false }).waitFor();
    await expect.poll(() => page.getByLabel('The file').inputValue()).toContain('24x1h | 30x1d | 3x30d');
    expect(await page.getByLabel('The file').inputValue()).toContain('# A year is enough for everything');

    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The file of before is /etc/snapferry/snapferry.yml.1').waitFor();
    const rule = { type: 'grid', regex: '.*' };
    const grid = [
      { count: 24, lengthS: 3600, keep: 1 },
      { count: 30, lengthS: 86_400, keep: 1 },
      { count: 3, lengthS: 30 * 86_400, keep: 1 },
    ];
    expect(daemon.asked.find(({ method }) => method === 'config/put')?.params).toMatchObject({
      change: {
        kind: 'edits',
        edits: [
          { op: 'schedule', job: 'nas', schedule: { kind: 'cron', cron: 'TZ=UTC 30 3 * * *', prefix: 'snapferry_' } },
          { op: 'keep', job: 'nas', side: 'receiver', rules: [{ from: 0, rule: { ...rule, grid } }] },
        ],
      },
    });
    expect(shown.complaints).toEqual([]);
  });

  it('gives snapshots another prefix only after somebody has said that they read what becomes of the older ones', async () => {
    await using shown = await openSettings((daemon) => {
      daemon.look = lookAtSome;
      daemon.plan = somePlan(['rpool/home'], 90);
    });
    const { page, daemon } = shown;
    const form = page.getByRole('group', { name: 'nas' }).first();
    await form.getByRole('button', { name: 'Schedule, retention and bandwidth' }).press('Enter');
    const save = page.getByRole('button', { name: 'Save' });
    const prefix = form.getByRole('textbox', { name: 'Names begin with' });
    await prefix.fill('desk_');
    await form.getByText('New snapshots get other names.', { exact: false }).waitFor();
    await form.getByText(/On this machine: 90 snapshots\./).waitFor();
    await form.getByText('go on thinning them out by their age', { exact: false }).first().waitFor();
    await page.getByText('Say first that you have read what becomes of the older snapshots.').waitFor();
    expect(await save.isDisabled()).toBe(true);

    // Back to the old name there is nothing to agree to; and what was agreed to before is no answer to a further one.
    const agree = form.getByRole('checkbox', { name: 'I have read what becomes of them' });
    await prefix.fill('snapferry_');
    await agree.waitFor({ state: 'hidden' });
    await prefix.fill('desk_');
    expect(await agree.isChecked()).toBe(false);
    await form.getByText('I have read what becomes of them').click();
    expect(await agree.isChecked()).toBe(true);
    await expect.poll(() => save.isDisabled()).toBe(false);
    await save.click();
    await page.getByText('The file of before is /etc/snapferry/snapferry.yml.1').waitFor();
    expect(daemon.asked.find(({ method }) => method === 'config/put')?.params).toMatchObject({
      change: { edits: [{ op: 'schedule', job: 'nas', schedule: { kind: 'periodic', prefix: 'desk_' } }] },
    });
    expect(daemon.config.text).toContain('prefix: desk_');
    expect(shown.complaints).toEqual([]);
  });
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('button', { name: label, exact: false }).first().click();
  await page.getByRole('option', { name: option }).click();
}
