import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOTICES_DEFAULT, SHELL_REQUESTS } from '../../../core/api/shell-desk.ts';
import { Autostart, type AutostartFiles } from '../../../electron/shell/autostart.ts';
import { switchesSchema } from '../../../electron/shell/desk.ts';
import { openDesk } from '../../../electron/shell/join.ts';
import { keepIn, readKept } from '../../../electron/shell/kept-file.ts';
import { privateFolder } from '../helper/support/running-daemon.ts';
import { Browser } from './support/browser.ts';
import { someDesk } from './support/desk.ts';

describe('what a page asks the shell itself', () => {
  async function pageOf() {
    const browser = await Browser.start();
    return { browser, page: await browser.connect({ cookie: await browser.session() }) };
  }

  it('is answered without a daemon, and fits the contract', async () => {
    const { browser, page } = await pageOf();
    await using _ = browser;
    browser.desk.desk.history.add([
      { atMs: 5, kind: 'overdue', urgency: 'normal', summary: 'old', body: '', fate: 'seen' },
    ]);
    page.ask(1, 'shell/settings');
    page.ask(2, 'shell/settings/set', { notices: { 'run-done': true }, startAtLogin: true });
    page.ask(3, 'shell/notices', { beforeId: null, limit: 10 });
    expect(await page.reply(1)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { notices: NOTICES_DEFAULT, startAtLogin: 'off', tray: 'unknown' },
    });
    expect(await page.reply(2)).toMatchObject({ result: { notices: { 'run-done': true }, startAtLogin: 'on' } });
    const answer = await page.reply(3);
    expect(answer).toMatchObject({ result: { notices: [{ id: 1, summary: 'old', fate: 'seen' }], more: false } });
    expect(browser.desk.kept).toEqual([{ 'run-done': true }]);
    expect(browser.desk.desk.wanted).toEqual({ ...NOTICES_DEFAULT, 'run-done': true });
  });

  it('keeps what windows leave, and gives it to the next', async () => {
    const { browser, page } = await pageOf();
    await using _ = browser;
    page.ask(1, 'shell/keep', { key: 'theme', text: 'dark' });
    page.ask(2, 'shell/keep', { key: 'setup', text: '{}' });
    page.ask(3, 'shell/keep', { key: 'setup', text: null });
    await page.reply(3);
    page.ask(4, 'shell/kept');
    expect(await page.reply(4)).toMatchObject({ result: { theme: 'dark' } });
    expect(browser.desk.left).toEqual([{ theme: 'dark' }, { theme: 'dark', setup: '{}' }, { theme: 'dark' }]);
    page.ask(5, 'shell/keep', { key: '../notices', text: 'x' });
    page.ask(6, 'shell/keep', { key: 'setup', text: 'x'.repeat(256 * 1024 + 1) });
    for (const id of [5, 6])
      expect(await page.reply(id)).toMatchObject({ error: { data: { code: 'request-invalid' } } });
    expect(browser.desk.left).toHaveLength(3);
  });

  it.each([
    ['another kind', 'shell/settings/set', { notices: { all: false } }],
    ['a switch that is none', 'shell/settings/set', { notices: { failed: 'no' } }],
    ['another field', 'shell/settings/set', { exec: '/bin/sh' }],
    ['too many', 'shell/notices', { beforeId: null, limit: 1e6 }],
    ['parameters too many', 'shell/settings', { more: 1 }],
    ['what there is not', 'shell/exec', {}],
  ])('is refused with %s, and nothing is changed', async (_name, method, params) => {
    const { browser, page } = await pageOf();
    await using _ = browser;
    page.ask(7, method, params);
    expect(await page.reply(7)).toMatchObject({ error: { data: { code: 'request-invalid' } } });
    expect([browser.desk.kept, browser.desk.autostart.on]).toEqual([[], false]);
  });

  it('tells what is, where a change does not come about', async () => {
    const { desk, autostart } = someDesk();
    autostart.fixed = true;
    const answer = await desk.answer('shell/settings/set', { startAtLogin: true });
    expect(SHELL_REQUESTS['shell/settings/set'].reply.parse(answer).startAtLogin).toBe('off');
  });
});

describe('the start with the session', () => {
  const OWN = '/home/a/.config/autostart/snapferry.desktop';
  const SYSTEM = '/etc/xdg/autostart/snapferry.desktop';

  function files(present: Record<string, string>): AutostartFiles & { readonly present: Record<string, string> } {
    return {
      present,
      read: async (file) => present[file] ?? null,
      write: async (file, text) => {
        present[file] = text;
      },
      remove: async (file) => {
        delete present[file];
      },
    };
  }
  const autostart = (
    disk: AutostartFiles,
    command: readonly string[] = ['/bin/node', '/x/desktop.mjs', '--background'],
  ) => new Autostart({}, '/home/a', command, disk);

  it("is the system's where a person has said nothing, and is hidden by a file of their own", async () => {
    const disk = files({ [SYSTEM]: '[Desktop Entry]\nExec=/usr/bin/snapferry open --background\n' });
    const start = autostart(disk);
    expect(await start.state()).toBe('on');
    await start.set(false);
    expect([await start.state(), Object.keys(disk.present)]).toEqual(['off', [SYSTEM, OWN]]);
    expect(disk.present[OWN]).toMatch(/^Hidden=true$/m);
    await start.set(true);
    expect([await start.state(), Object.keys(disk.present)]).toEqual(['on', [SYSTEM]]);
  });

  it('is a file of their own where the system has none', async () => {
    const disk = files({});
    const start = autostart(disk);
    expect(await start.state()).toBe('off');
    await start.set(true);
    expect(await start.state()).toBe('on');
    expect(disk.present[OWN]).toContain('\nExec=/bin/node /x/desktop.mjs --background\n');
    await start.set(false);
    expect(disk.present).toEqual({});
  });

  it('can be switched off elsewhere', async () => {
    const disk = files({ [OWN]: '[Desktop Entry]\nExec=x\nX-GNOME-Autostart-enabled=false\n' });
    expect(await autostart(disk).state()).toBe('off');
  });

  it('quotes what a path may hold', async () => {
    const disk = files({});
    await autostart(disk, ['/opt/My "Apps"/100%/$x`\\node']).set(true);
    expect(disk.present[OWN]).toContain('\nExec="/opt/My \\\\"Apps\\\\"/100%%/\\\\$x\\\\`\\\\\\\\node"\n');
  });

  it('is not known where it cannot be read', async () => {
    const disk = { ...files({}), read: () => Promise.reject(new Error('EACCES')) };
    expect(await autostart(disk).state()).toBe('unknown');
    await expect(autostart(disk).set(true)).rejects.toThrow('EACCES');
  });
});

describe('what is kept in files', () => {
  it('comes back with the next start, for this person alone', async () => {
    await using folder = await privateFolder();
    const env = { XDG_CONFIG_HOME: join(folder.path, 'c'), XDG_STATE_HOME: join(folder.path, 's') };
    const first = await openDesk(env, ['/x'], '/x.sock');
    await first.answer('shell/settings/set', { notices: { waiting: false }, startAtLogin: true });
    first.history.add([{ atMs: 5, kind: 'space', urgency: 'normal', summary: 'full', body: '', fate: 'shown' }]);
    await expect
      .poll(async () => (await openDesk(env, ['/x'], '/x.sock')).history.page(null, 1).notices)
      .toMatchObject([{ summary: 'full' }]);
    await expect.poll(async () => (await openDesk(env, ['/x'], '/x.sock')).wanted.waiting).toBe(false);
    expect(await readdir(join(folder.path, 'c', 'autostart'))).toEqual(['snapferry.desktop']);
  });

  it.each(['', '{', '[]', '{"failed":1}', '{"nosuch":true}', `{"failed":true,"x":"${'y'.repeat(1024 * 1024)}"}`])(
    'is as it comes where it cannot be read (%#)',
    async (text) => {
      await using folder = await privateFolder();
      const file = join(folder.path, 'switches.json');
      await writeFile(file, text);
      expect(await readKept(file, switchesSchema, {})).toEqual({});
    },
  );

  it('is left out where it cannot be written', async () => {
    await using folder = await privateFolder();
    const blocked = join(folder.path, 'b', 'x.json');
    await mkdir(blocked, { recursive: true });
    keepIn(blocked)({ failed: true });
    const good = join(folder.path, 'c', 'x.json');
    keepIn(good)({ failed: true });
    await expect.poll(() => readFile(good, 'utf8').catch(() => '')).toBe('{"failed":true}');
  });
});
