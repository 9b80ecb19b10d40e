/** Whether the window tells what is known from what was. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { calmHousehold, NOW_MS } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

const CALM = /^Everything is on nas and blue/;

describe('the connection', () => {
  it('shows the sentence and keeps to the policy of the page', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    await shown.page.getByRole('heading', { level: 1, name: CALM }).waitFor();
    await shown.page.getByText('Live', { exact: true }).waitFor();
    expect(shown.complaints).toEqual([]);
  });

  it('says at once that it is lost, shows nothing as safe meanwhile, and comes back by itself', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page, daemon } = shown;
    await page.getByRole('heading', { level: 1, name: CALM }).waitFor();
    daemon.reachable = false;
    await daemon.cut();
    await page.getByRole('heading', { level: 1, name: 'Whether backups run is not known.' }).waitFor();
    await page
      .getByRole('alert')
      .getByText(/No connection since/)
      .waitFor();
    expect(await page.getByRole('heading', { name: CALM }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Back up now' }).isDisabled()).toBe(true);
    expect(await page.locator('.state-drawing.unreachable').count()).toBe(1);
    daemon.reachable = true;
    daemon.change([{ name: 'nas', queued: true }]);
    await page.getByRole('button', { name: 'Connect now' }).click();
    await page.getByRole('heading', { level: 1, name: CALM }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('starts the helper where no service is installed, after a warning about what others could change', async () => {
    const noDaemon = new ProblemError('daemon-unreachable', { socket: '/run/snapferry/control.sock' });
    await using shown = await showWindow(built.folder, calmHousehold(), {
      prepare: (shell) => {
        shell.refusals.set('hello', noDaemon);
        shell.helper = {
          state: 'possible',
          command: ['/usr/bin/pkexec', '/opt/node', '/home/ada/snapferry.mjs', 'daemon', '--on-demand'],
          changeable: ['/home/ada/snapferry.mjs'],
          detail: '',
        };
      },
    });
    const { page, daemon } = shown;
    await page.getByText(/No service is installed here\. The helper can be started/).waitFor();
    await page.getByRole('button', { name: 'Start the helper' }).click();
    await page.getByText(/Others than root can change what would be run/).waitFor();
    const started = () =>
      daemon.asked.filter(({ method }) => method === 'shell/helper/start').map(({ params }) => params);
    expect(started()).toEqual([]);
    await page.getByRole('button', { name: 'Start it nevertheless' }).click();
    await page.getByText(/Waiting for the password of an administrator/).waitFor();
    expect(started()).toEqual([{ despite: true }]);
    daemon.helper = { ...daemon.helper, state: 'refused' };
    await page.getByText(/The password was not given/).waitFor();
    await page.getByRole('button', { name: 'Start it nevertheless' }).click();
    await page.getByText(/Waiting for the password/).waitFor();
    daemon.refusals.delete('hello');
    await page.getByRole('heading', { level: 1, name: CALM }).waitFor();
  });

  it('asks for the whole again after a missing revision', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page, daemon } = shown;
    await page.getByRole('heading', { level: 1, name: CALM }).waitFor();
    daemon.change([{ name: 'nas', stage: 'pruning-sender' }], {}, true);
    daemon.change([{ name: 'blue', stage: 'pruning-receiver' }]);
    await page.locator('.running').filter({ hasText: 'nas' }).getByText('Pruning here').waitFor();
    await page.locator('.running').filter({ hasText: 'blue' }).getByText('Pruning at the destination').waitFor();
    expect(daemon.asked.filter(({ method }) => method === 'watch')).toHaveLength(2);
  });

  it('does not take a daemon that says nothing for one that is well', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page, daemon } = shown;
    await page.clock.install();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: CALM }).waitFor();
    daemon.stalled = true;
    await page.clock.runFor(40_000);
    await page.getByRole('heading', { level: 1, name: 'Whether backups run is not known.' }).waitFor();
  });

  it('lives through garbage', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page, daemon } = shown;
    await page.getByRole('heading', { level: 1, name: CALM }).waitFor();
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"jsonrpc":"2.0","method":"status/changed","params":{"revision":1e999}}',
    ]) {
      daemon.garbage(text);
    }
    daemon.change([{ name: 'nas', stage: 'pruning-sender' }]);
    await page.getByText('Pruning here').waitFor();
    expect(shown.complaints).toEqual([]);
  });

  it('says so when it and the daemon do not fit together', async () => {
    await using shown = await showWindow(built.folder, calmHousehold(), {
      prepare: (daemon) => {
        daemon.protocols = { oldest: 90, newest: 99 };
      },
    });
    await shown.page.getByRole('heading', { level: 1, name: /do not fit together/ }).waitFor();
  });

  it('serves two windows at once', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page, daemon } = shown;
    const second = await shown.another();
    for (const window of [page, second]) await window.getByRole('heading', { level: 1, name: CALM }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('menuitem', { name: '1 hour' }).click();
    for (const window of [page, second])
      await window
        .getByText(/^Paused until .* Snapshots go on\.$/)
        .first()
        .waitFor();
    await second.close();
    daemon.change([], { paused: null, nowMs: NOW_MS + 1000 });
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });
});
