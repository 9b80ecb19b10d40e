/** The shell's end of the connection to the page in a window: who sent a message is checked, then what it says. */
import { z } from 'zod';
import { REQUEST_BYTES_MAX } from '../../core/api/message-bounds.ts';
import type { Serve } from '../page/pages.ts';
import { TO_PAGE, TO_SHELL, type ToPage, type ToShell } from './channels.ts';
import { isOurs } from './place.ts';
import type { IpcMainPort, PagePort, Sender } from './port.ts';

const connection = z.number().int().positive();
const messageSchema: z.ZodType<ToShell> = z.union([
  z.strictObject({ kind: z.literal('open'), connection }),
  z.strictObject({ kind: z.literal('text'), connection, text: z.string().max(REQUEST_BYTES_MAX) }),
  z.strictObject({ kind: z.literal('heard'), connection }),
  z.strictObject({ kind: z.literal('close'), connection }),
]);

interface Connection {
  readonly number: number;
  /** Texts that the page has not said to have heard. */
  readonly unheard: (() => void)[];
  readonly receive: (text: string) => void;
  readonly end: () => void;
}

export class PageIpc {
  readonly #serve: Serve;
  #page: PagePort | null = null;
  #connection: Connection | null = null;

  constructor(ipc: IpcMainPort, serve: Serve) {
    this.#serve = serve;
    ipc.on(TO_SHELL, (event, ...args) => this.#receive(event, args));
  }

  /** From now on this page is heard, and no other. */
  attach(page: PagePort): void {
    this.detach();
    this.#page = page;
    // What comes after a page was loaded anew, or has crashed, is another page.
    page.on('render-process-gone', () => this.#end(page));
    page.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#end(page);
    });
  }

  /** The page has gone. */
  detach(): void {
    if (this.#page !== null) this.#end(this.#page);
    this.#page = null;
  }

  #receive(event: Sender, args: readonly unknown[]): void {
    const page = this.#page;
    if (page === null || !isFromOurPage(event, page)) return;
    const read = messageSchema.safeParse(args[0]);
    if (!read.success || args.length !== 1) {
      this.#end(page);
      return;
    }
    const message = read.data;
    if (message.kind === 'open') {
      this.#open(page, message.connection);
      return;
    }
    const current = this.#connection;
    // One that was ended may still be spoken to for a moment.
    if (current === null || current.number !== message.connection) return;
    switch (message.kind) {
      case 'text':
        current.receive(message.text);
        break;
      case 'heard':
        current.unheard.shift()?.();
        break;
      case 'close':
        this.#end(page);
        break;
    }
  }

  #open(page: PagePort, number: number): void {
    this.#end(page);
    send(page, { kind: 'opened', connection: number });
    const unheard: (() => void)[] = [];
    let over = false;
    const served = this.#serve({
      send: (text) => {
        if (over) return Promise.resolve();
        const { promise, resolve } = Promise.withResolvers<void>();
        unheard.push(resolve);
        send(page, { kind: 'text', connection: number, text });
        return promise;
      },
      refuse: () => {
        if (!over) this.#end(page);
      },
    });
    const end = (): void => {
      over = true;
      for (const resolve of unheard.splice(0)) resolve();
      served.gone();
    };
    this.#connection = { number, unheard, receive: (text) => served.receive(text), end };
  }

  #end(page: PagePort): void {
    const ended = this.#connection;
    if (ended === null || page !== this.#page) return;
    this.#connection = null;
    send(page, { kind: 'closed', connection: ended.number });
    ended.end();
  }
}

function isFromOurPage({ sender, senderFrame }: Sender, page: PagePort): boolean {
  return sender.id === page.id && senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url);
}

function send(page: PagePort, message: ToPage): void {
  if (!page.isDestroyed()) page.send(TO_PAGE, message);
}
