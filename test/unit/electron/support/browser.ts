/** The window's server with a page in it, and a browser that may claim anything. */
import { mkdir, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { connectDaemon } from '../../../../core/api/wire/connect.ts';
import { BrowserFace } from '../../../../electron/browser/face.ts';
import { Pages } from '../../../../electron/page/pages.ts';
import { FakeClock } from '../../helper/support/fake-clock.ts';
import { privateFolder } from '../../helper/support/running-daemon.ts';
import { someDesk } from './desk.ts';

export const IDLE_MS = 600_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export class Browser implements AsyncDisposable {
  readonly clock = new FakeClock();
  /** What was told of being seen. */
  readonly visible: boolean[] = [];
  readonly face: BrowserFace;
  readonly desk = someDesk();
  readonly #folder: { path: string } & AsyncDisposable;
  readonly #sockets: WebSocket[] = [];
  #address = new URL('http://nowhere.localhost/');

  private constructor(folder: { path: string } & AsyncDisposable, socketPath: string, built: boolean) {
    let count = 0;
    this.#folder = folder;
    const pages = new Pages({
      clock: this.clock,
      connect: (signal) => connectDaemon(socketPath, signal),
      desk: this.desk.desk,
      visible: (visible) => this.visible.push(visible),
    });
    this.face = new BrowserFace({
      clock: this.clock,
      random: (byteCount) => String(++count).padStart(byteCount, 'r'),
      language: 'en',
      serve: pages.serve,
      folder: built ? folder.path : join(folder.path, 'nothing'),
      idleMs: IDLE_MS,
    });
  }

  /** With a page, and the daemon at that socket. */
  static async start(socketPath = '/nonexistent/control.sock', { built = true } = {}): Promise<Browser> {
    const folder = await privateFolder();
    await mkdir(join(folder.path, 'assets'));
    await writeFile(join(folder.path, 'index.html'), '<title>page</title>');
    await writeFile(join(folder.path, 'assets', 'app.js'), 'export {};');
    await writeFile(join(folder.path, 'notes.md'), 'not for a browser');
    const browser = new Browser(folder, socketPath, built);
    await browser.newToken();
    return browser;
  }

  get authority(): string {
    return this.#address.host;
  }

  get origin(): string {
    return this.#address.origin;
  }

  async newToken(): Promise<string> {
    this.#address = new URL(await this.face.address());
    return this.#address.hash.slice(1);
  }

  /** What our own page sends, unless told otherwise. */
  ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const options = { host: '127.0.0.1', port: this.#address.port, method, path, agent: false };
    const asked = request({ ...options, headers: { host: this.authority, ...headers } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(Buffer.from(chunk));
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    asked.on('error', reject);
    asked.end(body);
    return promise;
  }

  redeem(token: string, headers: Record<string, string> = {}): Promise<Answer> {
    const own = { origin: this.origin, 'content-type': 'application/json' };
    return this.ask('POST', '/session', { ...own, ...headers }, JSON.stringify({ token }));
  }

  /** The cookie of a new session. */
  async session(): Promise<string> {
    const { headers } = await this.redeem(await this.newToken());
    return headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
  }

  /** A page's connection; with other headers, whatever comes of it. */
  async connect(headers: Record<string, string>, path = '/rpc'): Promise<PageEnd> {
    const all = { host: this.authority, origin: this.origin, ...headers };
    const socket = new WebSocket(`ws://127.0.0.1:${this.#address.port}${path}`, { headers: all });
    this.#sockets.push(socket);
    const end = new PageEnd(socket);
    await end.settled;
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.face.close();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** The page's end of a connection. */
export class PageEnd {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  /** Settles when it is open, or never will be. */
  readonly settled: Promise<unknown>;
  refusedWith: number | null = null;
  readonly closed: Promise<number>;
  #heard: () => void = () => {};

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      this.refusedWith = response.statusCode ?? 0;
      response.destroy();
      socket.terminate();
    });
    socket.on('message', (data) => {
      this.texts.push(String(data));
      this.#heard();
    });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    this.settled = Promise.race([new Promise<void>((resolve) => socket.once('open', resolve)), this.closed]);
  }

  ask(id: number, method: string, params: unknown = {}): void {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  notify(method: string, params: unknown): void {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  /** The first message that fits, whether it came already or comes yet. */
  async message(fits: (message: { id?: unknown; method?: unknown; params?: unknown }) => boolean): Promise<unknown> {
    for (;;) {
      const found = this.texts.map((text) => JSON.parse(text)).find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  reply(id: number): Promise<unknown> {
    return this.message((message) => message.id === id);
  }
}
