/** The window in real Electron. Its program is in no package of npm: where "npx install-electron" has not fetched it, this is skipped. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { desktopPrograms } from '../../../core/cli/desktop-command.ts';
import { ROOT } from '../../../scripts/lib/root.ts';
import { safety } from '../../unit/cli/support/example-status.ts';
import { FakeClock } from '../../unit/helper/support/fake-clock.ts';
import { FakeJob } from '../../unit/helper/support/fake-job.ts';
import { RunningDaemon } from '../../unit/helper/support/running-daemon.ts';
import { Desktop, until } from '../desktop/support/desktop.ts';

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : null);
const { electron } = desktopPrograms(join(ROOT, 'core', 'cli', 'main.ts'), process.execPath, {
  exists: existsSync,
  read,
});
const reason =
  electron === null ? 'no Electron binary' : process.getuid?.() === 0 ? "Electron's sandbox is not for root" : null;
const skipped = reason === null ? '' : ` (skipped: ${reason})`;

describe.skipIf(reason !== null)(`the window in Electron${skipped}`, () => {
  it('shows how the backups stand, has no rights, and is hidden when it is closed', async () => {
    const [executablePath, app] = electron ?? [];
    if (executablePath === undefined || app === undefined) throw new Error('there is no Electron');
    const job = new FakeJob('laptop-to-nas');
    const version = { name: 'snapferry_1', guid: '1', creationMs: new FakeClock().nowMs() - 600_000 };
    job.current = { ...job.current, safety: [safety('rpool/home', { newestCommon: version, newestLocal: version })] };
    await using daemon = await RunningDaemon.start([job]);
    await using desktop = await Desktop.start();
    const program = await _electron.launch({
      executablePath,
      args: [app, '--socket', daemon.socketPath],
      env: desktop.processes.env,
    });
    try {
      const page = await program.firstWindow();
      await page.getByText('Everything is on nas').first().waitFor({ timeout: 60_000 });
      expect(page.url()).toBe('snapferry://window/index.html');
      const world = await page.evaluate(async () => ({
        bridge: Object.keys(Reflect.get(globalThis, 'snapferry')),
        node: [typeof Reflect.get(globalThis, 'require'), typeof Reflect.get(globalThis, 'process')],
        network: await fetch('http://127.0.0.1/').then(
          () => true,
          () => false,
        ),
        opened: Reflect.apply(Reflect.get(globalThis, 'open'), globalThis, ['https://example.org/']) !== null,
      }));
      expect(world).toEqual({ bridge: ['connect'], node: ['undefined', 'undefined'], network: false, opened: false });
      const shown = () =>
        program.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.isVisible()));
      await program.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      await until('the window is hidden', async () => JSON.stringify(await shown()) === '[false]');
    } finally {
      await program.close();
    }
  });
});
