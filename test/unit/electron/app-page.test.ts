/** The connection between the page in Electron's window and the shell, both ends of it, with nothing between but messages. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { REQUEST_BYTES_MAX } from '../../../core/api/message-bounds.ts';
import { bridgeOf } from '../../../electron/app/bridge.ts';
import { TO_PAGE, TO_SHELL, type ToPage } from '../../../electron/app/channels.ts';
import { PageIpc } from '../../../electron/app/page-ipc.ts';
import type { PageSocket } from '../../../electron/page/pages.ts';
import { transportOf } from '../../../renderer/transport/choose.ts';
import { ElectronDouble, WindowDouble } from './support/electron-double.ts';

/** A window, and whoever speaks with its page: notes what it hears. */
function somePage() {
  const electron = new ElectronDouble();
  const heard: string[] = [];
  const sockets: PageSocket[] = [];
  const ipc = new PageIpc(electron.ipcMain, (socket) => {
    sockets.push(socket);
    const number = sockets.length;
    return { receive: (text) => heard.push(`${number} ${text}`), gone: () => heard.push(`${number} gone`) };
  });
  const window = new WindowDouble({});
  electron.windows.push(window);
  ipc.attach(window.webContents);
  const socket = (): PageSocket => {
    const last = sockets.at(-1);
    if (last === undefined) throw new Error('nobody has connected');
    return last;
  };
  return { electron, ipc, page: window.webContents, heard, sockets, socket };
}

/** The same with a preload script and a page in it. */
function wholePage() {
  const some = somePage();
  const { electron, page } = some;
  const listeners: ((event: unknown, message: ToPage) => void)[] = [];
  const bridge = bridgeOf({
    send: (channel, message) => {
      expect(channel).toBe(TO_SHELL);
      electron.say(message);
    },
    on: (channel, listener) => {
      expect(channel).toBe(TO_PAGE);
      listeners.push(listener);
    },
  });
  page.on(`sent ${TO_PAGE}`, (message: ToPage) => {
    for (const listener of listeners) listener({}, message);
  });
  const said: string[] = [];
  const open = transportOf({ snapferry: bridge, location: { href: 'snapferry://window/' } });
  const connect = (name = '') =>
    open({
      opened: () => said.push(`${name}opened`),
      message: (text) => said.push(`${name}${text}`),
      closed: () => said.push(`${name}closed`),
    });
  return { ...some, connect, said };
}

describe('a page in Electron', () => {
  it('sends and hears texts', async () => {
    const { connect, said, heard, socket } = wholePage();
    const transport = connect();
    expect(said).toEqual(['opened']);
    transport.send('{"a":1}');
    expect(heard).toEqual(['1 {"a":1}']);
    await socket().send('b');
    expect(said).toEqual(['opened', 'b']);
    transport.close();
    transport.send('late');
    transport.close();
    expect(said).toEqual(['opened', 'b', 'closed']);
    expect(heard).toEqual(['1 {"a":1}', '1 gone']);
    // Nobody waits for ever for a page that has gone.
    await socket().send('c');
    expect(said).toHaveLength(3);
  });

  it('has one connection at a time', () => {
    const { connect, said, heard, sockets } = wholePage();
    const first = connect('1');
    const second = connect('2');
    first.send('x');
    second.send('y');
    void sockets[0]?.send('to the first');
    expect(said).toEqual(['1opened', '1closed', '2opened']);
    expect(heard).toEqual(['1 gone', '2 y']);
  });

  it('is told when it is refused, and may come again', () => {
    const { connect, said, heard, socket } = wholePage();
    connect();
    const refused = socket();
    refused.refuse('garbage');
    expect(said).toEqual(['opened', 'closed']);
    connect();
    refused.refuse('again');
    expect(said).toEqual(['opened', 'closed', 'opened']);
    expect(heard).toEqual(['1 gone']);
  });

  it('sends nothing that is no text or too long', () => {
    const { connect, heard } = wholePage();
    const transport = connect();
    transport.send('x'.repeat(REQUEST_BYTES_MAX + 1));
    Reflect.apply(transport.send, undefined, [{ toString: () => 'x' }]);
    expect(heard).toEqual([]);
  });

  it('has told that it heard before the shell sends the next change', async () => {
    const { electron, socket, page } = somePage();
    electron.say({ kind: 'open', connection: 1 });
    let done = 0;
    void socket()
      .send('a')
      .then(() => {
        done += 1;
      });
    await Promise.resolve();
    expect([done, page.heard.length]).toEqual([0, 2]);
    electron.say({ kind: 'heard', connection: 1 });
    await Promise.resolve();
    expect(done).toBe(1);
  });
});

describe('the shell hears nobody but the page of its window', () => {
  const open = { kind: 'open', connection: 1 };

  it.each([
    ['another page', { id: -1 }],
    ['a frame within the page', { parent: {} }],
    ['a frame that has gone', { gone: true }],
    ['a page from the network', { url: 'https://window/index.html' }],
    ['a page of another host', { url: 'snapferry://elsewhere/index.html' }],
    ['a page from a file', { url: 'file:///snapferry/window' }],
    ['no page', { url: 'about:blank' }],
  ])('not %s', (_name, change) => {
    const { electron, sockets, page } = somePage();
    electron.say(open, change);
    expect(sockets).toEqual([]);
    expect(page.heard).toEqual([]);
  });

  it('and does not let them speak over a connection that is there', () => {
    const { electron, heard } = somePage();
    electron.say(open);
    electron.say({ kind: 'text', connection: 1, text: 'x' }, { parent: {} });
    electron.say({ kind: 'close', connection: 1 }, { id: -1 });
    expect(heard).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'text'],
    ['another kind', { kind: 'eval', connection: 1 }],
    ['a field too many', { kind: 'text', connection: 1, text: '', more: 1 }],
    ['no text', { kind: 'text', connection: 1, text: {} }],
    ['a text too long', { kind: 'text', connection: 1, text: 'x'.repeat(REQUEST_BYTES_MAX + 1) }],
    ['no connection', { kind: 'text', text: '' }],
    ['a connection that is no number', { kind: 'open', connection: Number.NaN }],
  ])('ends the connection of a page that sends %s', (_name, message) => {
    const { electron, heard } = somePage();
    electron.say(open);
    electron.say(message);
    expect(heard).toEqual(['1 gone']);
  });

  it('ends a connection whatever garbage comes, and throws at nothing', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        const { electron, heard } = somePage();
        electron.say(open);
        electron.say(message);
        return heard.every((line) => line === '1 gone');
      }),
    );
  });

  it.each([
    ['crashes', (page: WindowDouble['webContents']) => page.tell('render-process-gone')],
    [
      'is loaded anew',
      (page: WindowDouble['webContents']) => page.navigate({ isMainFrame: true, isSameDocument: false }),
    ],
  ])('ends the connection when the page %s', (_name, happen) => {
    const { electron, heard, page } = somePage();
    electron.say(open);
    page.navigate({ isMainFrame: true, isSameDocument: true });
    page.navigate({ isMainFrame: false, isSameDocument: false });
    expect(heard).toEqual([]);
    happen(page);
    expect(heard).toEqual(['1 gone']);
  });

  it('takes a window that was destroyed for one that has gone', async () => {
    const { electron, ipc, heard, page, socket } = somePage();
    electron.say(open);
    page.destroyed = true;
    void socket().send('x');
    ipc.detach();
    expect(heard).toEqual(['1 gone']);
    electron.say({ kind: 'open', connection: 2 });
    expect(heard).toEqual(['1 gone']);
  });
});

describe('the way to the shell', () => {
  it.each([undefined, null, 1, {}, { connect: 1 }])('is no bridge that is %j', (bridge) => {
    const opened: string[] = [];
    class Socket extends EventTarget {
      constructor(url: URL) {
        super();
        opened.push(url.href);
      }
    }
    vi.stubGlobal('WebSocket', Socket);
    const events = { opened: () => {}, message: () => {}, closed: () => {} };
    transportOf({ snapferry: bridge, location: { href: 'http://x.localhost:1/' } })(events);
    vi.unstubAllGlobals();
    expect(opened).toEqual(['ws://x.localhost:1/rpc']);
  });
});
