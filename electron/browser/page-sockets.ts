/** The WebSockets of the pages: text frames of a bounded length, each one message. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { REQUEST_BYTES_MAX } from '../../core/api/contract.ts';
import type { Serve } from '../page/pages.ts';

/** Windows of one person; more is a mistake. */
const PAGES_MAX = 16;
/** Close codes of RFC 6455, section 7.4.1. */
const CLOSE_TEXT_ONLY = 1003;
const CLOSE_REFUSED = 1008;

export class PageSockets {
  readonly #serve: Serve;
  readonly #counted: (count: number) => void;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: REQUEST_BYTES_MAX,
    perMessageDeflate: false,
    clientTracking: false,
  });
  /** Each with the session that let it in. */
  readonly #open = new Map<WebSocket, string>();

  /** @param counted hears how many pages are connected, at every change */
  constructor(serve: Serve, counted: (count: number) => void) {
    this.#serve = serve;
    this.#counted = counted;
  }

  /** Takes over a connection that was found to be good. */
  accept(request: IncomingMessage, stream: Duplex, head: Buffer, session: string): void {
    if (this.#open.size >= PAGES_MAX) {
      stream.destroy();
      return;
    }
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#welcome(socket, session));
  }

  /** Ends the pages of a session. */
  endSession(session: string): void {
    for (const [socket, one] of this.#open) {
      if (one === session) socket.close(CLOSE_REFUSED, 'the session has ended');
    }
  }

  endAll(): void {
    for (const socket of this.#open.keys()) socket.terminate();
  }

  #welcome(socket: WebSocket, session: string): void {
    this.#open.set(socket, session);
    this.#counted(this.#open.size);
    const page = this.#serve({
      send: (text) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        if (socket.readyState === WebSocket.OPEN) socket.send(text, () => resolve());
        else resolve();
        return promise;
      },
      refuse: (reason) => socket.close(CLOSE_REFUSED, reason),
    });
    socket.on('message', (data, isBinary) => {
      // After a close was begun, what still arrives is not looked at.
      if (socket.readyState !== WebSocket.OPEN) return;
      if (isBinary || !Buffer.isBuffer(data)) socket.close(CLOSE_TEXT_ONLY, 'text only');
      else page.receive(data.toString('utf8'));
    });
    // What was wrong with a frame is followed by the end.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#open.delete(socket);
      page.gone();
      this.#counted(this.#open.size);
    });
  }
}
