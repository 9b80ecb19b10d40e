/** The pages of the window, however each is shown: a connection to the daemon for every one, and whether any can be seen. */
import type { Clock } from '../../core/api/clock.ts';
import { type Connect, HelperLink } from '../helper/link.ts';
import { PageBridge } from '../helper/page-bridge.ts';
import type { Desk } from '../shell/desk.ts';

/** The way to one page. */
export interface PageSocket {
  /** Resolves when the text was handed on, or cannot be any more. */
  send(text: string): Promise<void>;
  /** Ends the connection because of what came over it. */
  refuse(reason: string): void;
}

/** Speaks with one page. Returns what to do with its texts, and when it has gone. */
export type Serve = (socket: PageSocket) => ServedPage;

export interface ServedPage {
  receive(text: string): void;
  gone(): void;
}

export interface PagesOptions {
  readonly clock: Clock;
  readonly connect: Connect;
  /** Answers what a page asks of the shell itself. */
  readonly desk: Desk;
  /** Hears whether any page can be seen, at every change. */
  readonly visible: (visible: boolean) => void;
}

export class Pages {
  readonly #options: PagesOptions;
  /** Pages that a person can see. One that says nothing of it counts as hidden: better a notice too many. */
  readonly #seen = new Set<object>();

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  readonly serve: Serve = (socket) => {
    const { connect, clock, desk } = this.#options;
    const link = new HelperLink(connect, clock);
    const bridge = new PageBridge({ ...socket, visible: (seen) => this.#see(socket, seen) }, link, desk);
    const gone = new AbortController();
    void link.run(gone.signal);
    return {
      receive: (text) => bridge.receive(text),
      gone: () => {
        bridge.close();
        gone.abort();
        this.#see(socket, false);
      },
    };
  };

  #see(page: object, seen: boolean): void {
    if (seen) this.#seen.add(page);
    else this.#seen.delete(page);
    this.#options.visible(this.#seen.size > 0);
  }
}
