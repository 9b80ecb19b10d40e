/** The configuration in the window: nothing is changed before it is seen what it means, and nothing without the daemon. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { calmHousehold, lookAtSome, someConfig } from './support/scenes.ts';
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
    await expect.poll(() => page.getByLabel('The file').inputValue()).not.toContain('name: blue');
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
});
