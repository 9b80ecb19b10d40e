/** The diagnostics of the settings: all of it is seen first, then copied or saved; names are stand-ins. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { diagnosticsText } from '../../../core/monitoring/diagnostics/bundle.ts';
import { violations, wrongInAnyLook } from './support/looks.ts';
import { calmHousehold } from './support/scenes.ts';
import { builtWindow, type ShownWindow, type ShowOptions, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

const status = calmHousehold();
const bundle = diagnosticsText({
  atMs: status.nowMs,
  versions: { here: { snapferry: status.version, node: 'v24.21.0' }, zfs: [] },
  configuration: null,
  complaints: [],
  status,
  history: [],
  log: [],
  trouble: [],
});
const show = (options: ShowOptions = {}): Promise<ShownWindow> =>
  showWindow(built.folder, status, {
    ...options,
    place: '#/settings',
    prepare: (daemon) => daemon.answers.set('diagnostics', () => ({ text: bundle })),
  });

describe('diagnostics, in the window', () => {
  it('shows the whole text before it is saved, and saves just that', async () => {
    await using shown = await show({ acceptDownloads: true });
    const { page } = shown;
    expect(shown.daemon.asked.some(({ method }) => method === 'diagnostics')).toBe(false);
    await page.getByRole('button', { name: 'Show the text' }).click();
    const preview = page.getByRole('textbox', { name: 'All that it says' });
    expect(await preview.inputValue()).toBe(bundle);
    for (const { name } of status.jobs) expect(await preview.inputValue()).not.toContain(`"name":"${name}"`);
    expect(await preview.inputValue()).toContain('"name":"job-1"');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a file' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('snapferry-diagnostics.jsonl');
    expect(await readFile(await saved.path(), 'utf8')).toBe(bundle);
    expect(shown.complaints).toEqual([]);
  });

  it('shows the command instead of a button that saves where the window is in Electron', async () => {
    await using shown = await show({ inElectron: true });
    const { page } = shown;
    await page.getByRole('button', { name: 'Show the text' }).press('Enter');
    const section = page.locator('.diagnostics');
    await section.getByText('snapferry diagnostics --output snapferry-diagnostics.jsonl').waitFor();
    expect(await section.getByRole('button', { name: 'Save as a file' }).count()).toBe(0);
    expect(await page.getByRole('textbox', { name: 'All that it says' }).inputValue()).toBe(bundle);
    expect(await violations(page)).toEqual([]);
    expect(shown.complaints).toEqual([]);
  });

  it('copies the text', async () => {
    await using shown = await show({ permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = shown;
    await page.getByRole('button', { name: 'Show the text' }).click();
    const section = page.locator('.diagnostics');
    await section.getByRole('button', { name: 'Copy' }).click();
    await section.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(bundle);
  });

  it('says why there is none, and shows nothing older as if it were new', async () => {
    await using shown = await show();
    const { page, daemon } = shown;
    await page.getByRole('button', { name: 'Show the text' }).click();
    await page.getByRole('textbox', { name: 'All that it says' }).waitFor();
    // As a service of before answers.
    daemon.refusals.set('diagnostics', new ProblemError('request-invalid', { reason: 'there is no "diagnostics"' }));
    await page.getByRole('button', { name: 'Show it anew' }).click();
    await page.locator('.diagnostics').getByRole('alert').waitFor();
    expect(await page.getByRole('textbox', { name: 'All that it says' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
  });

  it('keeps nobody from using it, in any look', async () => {
    await using shown = await show();
    const { page } = shown;
    await page.getByRole('button', { name: 'Show the text' }).click();
    await page.getByRole('textbox', { name: 'All that it says' }).waitFor();
    expect(await wrongInAnyLook(page, 'diagnostics')).toEqual([]);
  });
});
