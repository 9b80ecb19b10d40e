/**
 * Serves the page to one person's browser on the loopback address. The name in the address is a new one every time: cookies
 * know no ports, so under a common name the one of this server would be sent to every other server on this machine, too.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { Clock } from '../../core/api/clock.ts';
import { invariant } from '../../core/api/problem.ts';
import type { NamedPage } from '../../core/api/shell.ts';
import type { StaticFile, StaticFiles } from '../page/files.ts';
import type { Serve } from '../page/pages.ts';
import { ENTRY_PATH, SESSION_PATH } from './entry-page.ts';
import { COOKIE, type Place, refusalOf, secretOf, securityHeaders } from './guard.ts';
import { IdleWatch } from './idle-watch.ts';
import { PageSockets } from './page-sockets.ts';
import { type Randomness, Sessions } from './sessions.ts';

const LOOPBACK = '127.0.0.1';
const RPC_PATH = '/rpc';
const NAME_BYTES = 10;
const SESSION_BODY_BYTES_MAX = 256;
const CONNECTIONS_MAX = 64;
const SLOW_MS = 10_000;

const sessionBody = z.strictObject({ token: z.string().min(1).max(128) });

export interface PageServerOptions {
  readonly clock: Clock;
  readonly random: Randomness;
  /** For whoever has no session, by path. */
  readonly entry: StaticFiles;
  /** The built page, by path; without "/index.html" there is none. */
  readonly files: StaticFiles;
  readonly texts: { readonly notOpened: string; readonly notBuilt: string };
  /** Speaks with a page that has connected. */
  readonly serve: Serve;
  /** Without any page for so long, the server ends. */
  readonly idleMs: number;
}

export interface PageServer {
  /** Only this host and port are answered. */
  readonly place: Place;
  /** An address that opens the page once, within a minute. */
  address(page?: NamedPage): string;
  /** Settles when the server has ended, by `close` or because nobody used it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Listens at a free port. */
export async function servePage(options: PageServerOptions): Promise<PageServer> {
  const server = createServer({ requestTimeout: SLOW_MS, headersTimeout: SLOW_MS, keepAliveTimeout: SLOW_MS });
  server.maxConnections = CONNECTIONS_MAX;
  server.listen({ host: LOOPBACK, port: 0 });
  await once(server, 'listening');
  return new Running(server, options);
}

class Running implements PageServer {
  readonly place: Place;
  readonly ended: Promise<void>;
  readonly #server: Server;
  readonly #options: PageServerOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #sessions: Sessions;
  readonly #sockets: PageSockets;
  readonly #idle: IdleWatch;

  constructor(server: Server, options: PageServerOptions) {
    const bound = server.address();
    invariant(typeof bound === 'object' && bound !== null, 'a server that listens has a port');
    const authority = `${lowerCaseName(options.random(NAME_BYTES))}.localhost:${bound.port}`;
    this.place = { authority, origin: `http://${authority}` };
    this.#server = server;
    this.#options = options;
    this.#headers = securityHeaders(this.place);
    this.#sessions = new Sessions(options.clock, options.random);
    this.#idle = new IdleWatch(options.clock, options.idleMs, () => void this.close());
    this.#sockets = new PageSockets(options.serve, (count) => this.#idle.inUse(count > 0));
    this.#sessions.onRevoked((session) => this.#sockets.endSession(session));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    server.once('close', resolve);
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('clientError', (_error, socket) => socket.destroy());
  }

  address(page?: NamedPage): string {
    this.#idle.touch();
    const token = this.#sessions.issue();
    return `${this.place.origin}${ENTRY_PATH}#${token}${page === undefined ? '' : `/${page}`}`;
  }

  close(): Promise<void> {
    this.#idle.stop();
    this.#sockets.endAll();
    this.#server.close();
    this.#server.closeAllConnections();
    return this.ended;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(this.#headers)) response.setHeader(name, value);
    const path = pathOf(request);
    const entry = this.#options.entry.get(path);
    const wanted = path === SESSION_PATH ? 'session' : entry === undefined ? 'file' : 'entry';
    const refusal = refusalOf(request.headers, wanted, this.place);
    if (refusal !== null) return end(response, 403, refusal);
    if (wanted === 'session') return this.#openSession(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'only GET');
    if (entry !== undefined) return give(response, entry);

    const { files, texts } = this.#options;
    if (this.#sessions.sessionOf(secretOf(request.headers)) === null) return end(response, 401, texts.notOpened);
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file !== undefined) return give(response, file);
    return path === '/' ? end(response, 503, texts.notBuilt) : end(response, 404, 'not here');
  }

  async #openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return end(response, 405, 'only POST');
    if (request.headers['content-type'] !== 'application/json') return end(response, 415, 'only JSON');
    const body = await readBody(request).catch(() => null);
    const asked = sessionBody.safeParse(body === null ? null : parseJson(body));
    const secret = asked.success ? this.#sessions.redeem(asked.data.token) : null;
    if (secret === null) return end(response, 403, this.#options.texts.notOpened);
    this.#idle.touch();
    response.setHeader('set-cookie', `${COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Strict`);
    response.writeHead(204).end();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Whoever goes away in the middle concerns nobody.
    socket.on('error', () => {});
    const refusal = pathOf(request) === RPC_PATH ? refusalOf(request.headers, 'messages', this.place) : 'not here';
    const session = this.#sessions.sessionOf(secretOf(request.headers));
    if (refusal !== null || session === null) {
      socket.end(`HTTP/1.1 ${refusal === null ? '401 Unauthorized' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#sockets.accept(request, socket, head, session);
  }
}

/** A name that a browser does not change on the way: lower case, no "_". */
function lowerCaseName(random: string): string {
  return `snapferry-${Buffer.from(random).toString('hex')}`;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function give(response: ServerResponse, file: StaticFile): void {
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length });
  response.end(response.req.method === 'HEAD' ? undefined : file.bytes);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
}

/** Rejects when the body is longer than any that is right. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    byteCount += bytes.length;
    if (byteCount > SESSION_BODY_BYTES_MAX) throw new RangeError('the body is too long');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
