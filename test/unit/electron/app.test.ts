import { describe, expect, it } from 'vitest';
import { connectDaemon } from '../../../core/api/wire/connect.ts';
import { type AppOptions, runApp } from '../../../electron/app/app.ts';
import { START_URL } from '../../../electron/app/place.ts';
import type { Joining } from '../../../electron/shell/join.ts';
import { FakeClock } from '../helper/support/fake-clock.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { someDesk } from './support/desk.ts';
import { ElectronDouble } from './support/electron-double.ts';

/** The program in a double of Electron, on a desktop that may have a bus. */
class Program {
  readonly electron = new ElectronDouble();
  readonly clock = new FakeClock();
  readonly visible: boolean[] = [];
  joining: Joining | null = null;
  ended = false;
  refusesIcon = false;
  readonly #options: AppOptions;

  constructor(change: Partial<AppOptions> = {}, desktop: 'bus' | 'no bus' | 'elsewhere' = 'bus') {
    this.#options = {
      clock: this.clock,
      language: 'en',
      env: {},
      connect: (signal) => connectDaemon('/nonexistent/control.sock', signal),
      openDesk: async () => someDesk().desk,
      background: false,
      preload: '/app/preload.cjs',
      icon: null,
      files: async () => new Map([['/index.html', { type: 'text/html', bytes: Buffer.from('page') }]]),
      join: async (joining) => {
        this.joining = joining;
        if (desktop === 'elsewhere') return 'elsewhere';
        if (desktop === 'no bus') return null;
        const { signal } = joining.ending;
        return {
          windowVisible: (visible) => this.visible.push(visible),
          run: async () => {
            if (this.refusesIcon) throw new Error('refused');
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
          },
        };
      },
      ...change,
    };
  }

  async start(): Promise<this> {
    void runApp(this.electron, this.#options).then(() => {
      this.ended = true;
    });
    this.electron.app.becomeReady();
    await this.settle();
    return this;
  }

  /** The window was drawn. */
  drawn(): this {
    this.electron.window.tell('ready-to-show');
    return this;
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }
}

describe('Snapferry in Electron', () => {
  it('has its scheme and its walls before Electron is ready', async () => {
    const { electron } = await new Program().start();
    expect(electron.calls).toEqual(['schemes', 'sandbox', 'ready', 'handle snapferry']);
    expect(electron.schemes.map(({ scheme }) => scheme)).toEqual(['snapferry']);
  });

  it('shows its page in a window without any rights', async () => {
    const program = await new Program().start();
    const { window } = program.electron;
    expect(window.url).toBe(START_URL);
    expect(window.options.webPreferences).toEqual({
      preload: '/app/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    });
    expect([window.options.show, window.isVisible()]).toEqual([false, false]);
    program.drawn();
    expect(window.isVisible()).toBe(true);
    const answer = await program.electron.defaultSession.handler?.(new Request(START_URL));
    expect(await answer?.text()).toBe('page');
  });

  it('is there once: a second start shows the window of the first', async () => {
    const second = new Program();
    second.electron.app.only = false;
    await second.start();
    expect([second.ended, second.electron.app.quits, second.electron.windows.length]).toEqual([true, 1, 0]);
    const first = (await new Program().start()).drawn();
    first.electron.window.close();
    expect(first.electron.window.isVisible()).toBe(false);
    first.electron.app.tell('second-instance');
    expect(first.electron.window.isVisible()).toBe(true);
    expect(first.electron.windows).toHaveLength(1);
  });

  it('leaves the desktop to a shell of another kind that has it', async () => {
    const { ended, electron } = await new Program({}, 'elsewhere').start();
    expect([ended, electron.app.quits, electron.windows.length]).toEqual([true, 1, 0]);
  });

  it('starts without a window in the background, and makes it when it is wanted', async () => {
    const program = await new Program({ background: true }).start();
    expect(program.electron.windows).toHaveLength(0);
    program.joining?.openWindow();
    program.drawn();
    expect(program.electron.window.isVisible()).toBe(true);
    program.joining?.openWindow('drives');
    expect([program.electron.window.url, program.electron.windows.length]).toEqual([
      'snapferry://window/index.html#/drives',
      1,
    ]);
  });

  it('goes on in the tray when its window is closed, and ends when a person quits', async () => {
    const program = (await new Program().start()).drawn();
    const { window, app } = program.electron;
    window.close();
    app.tell('window-all-closed');
    await program.settle();
    expect([window.webContents.destroyed, program.ended]).toEqual([false, false]);
    program.joining?.ending.abort();
    await program.settle();
    expect([window.webContents.destroyed, program.ended]).toEqual([true, true]);
    expect(app.quits).toBe(1);
  });

  it('ends with the session of the desktop', async () => {
    const program = (await new Program().start()).drawn();
    program.electron.app.quit();
    // Electron closes the windows of its own accord then.
    program.electron.window.close();
    await program.settle();
    expect([program.electron.window.webContents.destroyed, program.ended]).toEqual([true, true]);
  });

  it.each(['no bus', 'bus'] as const)('ends with its window where nothing else is left of it (%s)', async (desktop) => {
    const program = new Program({ background: true }, desktop);
    program.refusesIcon = true;
    await program.start();
    program.drawn();
    program.electron.window.close();
    await program.settle();
    expect(program.ended).toBe(true);
  });

  it('brings a window back that was minimized', async () => {
    const program = (await new Program().start()).drawn();
    const { window } = program.electron;
    window.minimized = true;
    program.joining?.openWindow();
    expect([window.minimized, window.focused]).toEqual([false, 2]);
  });

  it('makes a window anew whose page has crashed, but not over and over', async () => {
    const program = (await new Program().start()).drawn();
    const { electron, clock } = program;
    electron.window.webContents.tell('render-process-gone');
    expect(electron.windows).toHaveLength(2);
    program.drawn();
    await clock.advance(30_000);
    electron.window.webContents.tell('render-process-gone');
    expect(electron.windows).toHaveLength(2);
    program.joining?.openWindow();
    expect(electron.windows).toHaveLength(3);
    expect(program.ended).toBe(false);
  });

  it('is silent while a person sees the window, which takes both the window and the page', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const connect: AppOptions['connect'] = (signal) => connectDaemon(daemon.socketPath, signal);
    const program = (await new Program({ connect }).start()).drawn();
    const { electron } = program;
    const text = (message: unknown) =>
      electron.say({ kind: 'text', connection: 1, text: JSON.stringify({ jsonrpc: '2.0', ...Object(message) }) });
    electron.say({ kind: 'open', connection: 1 });
    expect(program.visible.at(-1)).toBe(false);
    text({ method: 'shell/visible', params: { visible: true } });
    expect(program.visible.at(-1)).toBe(true);
    electron.window.close();
    expect(program.visible.at(-1)).toBe(false);
    program.joining?.openWindow();
    expect(program.visible.at(-1)).toBe(true);
    // The same connection carries the contract, with the same checks as in a browser.
    text({ id: 1, method: 'run', params: { job: 'a', snapshot: true } });
    await expect.poll(() => job.calls).toEqual(['wake run true']);
    text({ id: 2, method: 'pool/destroy', params: {} });
    await expect.poll(() => JSON.stringify(electron.window.webContents.heard)).toContain('request-invalid');
    program.joining?.ending.abort();
  });

  it('has keys for larger and smaller text, and names for them in both languages', async () => {
    for (const language of ['en', 'de'] as const) {
      const { electron } = await new Program({ language }).start();
      const items = electron.menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
      expect(items.map(({ role }) => role)).toEqual(
        expect.arrayContaining(['close', 'quit', 'zoomIn', 'zoomOut', 'resetZoom']),
      );
      expect(items.every(({ label }) => label !== undefined && label !== '')).toBe(true);
    }
  });
});
