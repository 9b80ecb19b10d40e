import type * as Electron from 'electron';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { fileAnswer } from '../../../electron/app/files.ts';
import { isOurs, SCHEME_PRIVILEGES, START_URL } from '../../../electron/app/place.ts';
import type { ElectronPort } from '../../../electron/app/port.ts';
import { wallsOfApp, wallsOfSession } from '../../../electron/app/walls.ts';
import { ContentsDouble, ElectronDouble } from './support/electron-double.ts';

describe('the port', () => {
  it('fits Electron as it declares itself, and the double fits the port', () => {
    expectTypeOf<typeof Electron>().toExtend<ElectronPort>();
    expectTypeOf<ElectronDouble>().toExtend<ElectronPort>();
    // What Electron does not have is noticed.
    expectTypeOf<typeof Electron>().not.toExtend<{ readonly app: { on(event: 'no-such-event'): unknown } }>();
    expectTypeOf<typeof Electron.app>().not.toExtend<{ readonly whenReady: () => string }>();
  });
});

describe('the address of the window', () => {
  it.each([START_URL, 'snapferry://window/', 'snapferry://window/assets/index-1.js', 'snapferry://window/x?y#z'])(
    '%s is ours',
    (url) => expect(isOurs(url)).toBe(true),
  );

  it.each([
    '',
    'snapferry:',
    'snapferry:window/index.html',
    'snapferry://windows/index.html',
    'snapferry://window.example.org/',
    'snapferry://window@example.org/',
    'snapferry://user@window/',
    'snapferry://:secret@window/',
    'snapferry://window:80/',
    'https://window/index.html',
    'file:///window/index.html',
    'snapferryx://window/',
    'data:text/html,snapferry://window/',
    'blob:snapferry://window/1',
    'about:blank',
    'javascript:1',
  ])('%s is not', (url) => expect(isOurs(url)).toBe(false));

  it('is nothing that is made of chance', () => {
    fc.assert(fc.property(fc.webUrl(), (url) => !isOurs(url)));
    fc.assert(fc.property(fc.string(), (text) => !isOurs(text)));
  });

  it('has a scheme that may do what a page needs, and no more', () => {
    const { standard, secure, ...more } = SCHEME_PRIVILEGES.privileges;
    expect({ standard, secure }).toEqual({ standard: true, secure: true });
    expect(Object.values(more)).not.toContain(true);
  });
});

describe('the walls', () => {
  const electron = new ElectronDouble();
  wallsOfApp(electron.app);
  const session = electron.defaultSession;
  wallsOfSession(session);

  it('put every page into a sandbox, and the network out of reach', () => {
    expect(electron.calls).toContain('sandbox');
    expect(electron.app.switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND');
    expect(session.spellChecker).toBe(false);
  });

  it('cancel every request but those for our own files', () => {
    expect(session.cancels(START_URL)).toBe(false);
    for (const url of ['https://example.org/', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://x/', 'devtools://x/']) {
      expect(session.cancels(url), url).toBe(true);
    }
    fc.assert(fc.property(fc.webUrl(), (url) => session.cancels(url)));
  });

  it.each([
    'media',
    'geolocation',
    'notifications',
    'openExternal',
    'usb',
    'hid',
    'serial',
    'clipboard-read',
    'unknown',
  ])('refuse the permission "%s"', (permission) => expect(session.grants(permission)).toEqual([false, false]));

  it('let text be copied', () => {
    expect(session.grants('clipboard-sanitized-write')).toEqual([true, true]);
  });

  it('refuse devices, the screen, and downloads', () => {
    expect(session.grantsDevice()).toBe(false);
    expect(session.sharesScreen()).toBe(false);
    expect(session.pairs()).toBe(false);
    expect(session.prevented('will-download')).toBe(true);
    const chosen: unknown[] = [];
    const choose = (id?: string) => chosen.push(id ?? null);
    expect(session.prevented('select-hid-device', {}, choose)).toBe(true);
    expect(session.prevented('select-usb-device', {}, choose)).toBe(true);
    expect(session.prevented('select-serial-port', [], {}, choose)).toBe(true);
    expect(chosen).toEqual([null, null, '']);
  });

  it('keep every page where it is', () => {
    const contents = new ContentsDouble();
    electron.app.tell('web-contents-created', {}, contents);
    expect(contents.opens).toBe('deny');
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      expect(contents.prevented(event), event).toBe(true);
    }
    const chosen: string[] = [];
    expect(contents.prevented('select-bluetooth-device', [], (id: string) => chosen.push(id))).toBe(true);
    expect(chosen).toEqual(['']);
  });
});

describe('the files of the window', () => {
  const files = new Map([
    ['/index.html', { type: 'text/html; charset=utf-8', bytes: Buffer.from('<title>page</title>') }],
    ['/assets/app.js', { type: 'text/javascript; charset=utf-8', bytes: Buffer.from('export {};') }],
  ]);
  const ask = (url: string, method = 'GET', known: typeof files = files) =>
    fileAnswer(new Request(url, { method }), known, 'not built');

  it('come with their type and a policy that lets them do nothing else', async () => {
    const answer = ask('snapferry://window/assets/app.js?v=1');
    expect([answer.status, await answer.text()]).toEqual([200, 'export {};']);
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['snapferry://window/', 404],
    ['snapferry://window/../../etc/passwd', 404],
    ['snapferry://window/assets/%2e%2e/%2e%2e/notes.md', 404],
    ['snapferry://window/assets%2fapp.js', 404],
    ['snapferry://window//index.html', 404],
    ['snapferry://elsewhere/index.html', 403],
    ['https://window/index.html', 403],
  ])('%s gives %d', (url, status) => {
    const found = ask(url);
    expect(found.status).toBe(status);
    expect(found.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('are only read, and say so where there are none', async () => {
    expect(ask(START_URL, 'POST').status).toBe(405);
    const nothing = ask(START_URL, 'GET', new Map());
    expect([nothing.status, await nothing.text()]).toEqual([503, 'not built\n']);
  });
});
