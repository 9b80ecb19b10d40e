/** The window as a page in the person's browser: a server that runs while it is needed, and a connection for every page. */
import type { Clock } from '../../core/api/clock.ts';
import type { Language } from '../../core/api/messages/languages.ts';
import { type Connect, HelperLink } from '../helper/link.ts';
import { PageBridge } from '../helper/page-bridge.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import { entryFiles } from './entry-page.ts';
import { readStaticFiles } from './files.ts';
import type { Serve } from './page-sockets.ts';
import { type PageServer, servePage } from './server.ts';
import type { Randomness } from './sessions.ts';

export interface FaceOptions {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly language: Language;
  readonly connect: Connect;
  /** The folder of the built page. */
  readonly folder: string;
  readonly idleMs: number;
  /** Hears whether any window can be seen, at every change. */
  readonly visible: (visible: boolean) => void;
}

export class BrowserFace {
  readonly #options: FaceOptions;
  #server: Promise<PageServer> | null = null;
  /** Pages that a person can see. One that says nothing of it counts as hidden: better a notice too many. */
  readonly #seen = new Set<object>();

  constructor(options: FaceOptions) {
    this.#options = options;
  }

  /** An address that opens the window once, within a minute. Starts the server if it does not run. */
  async address(): Promise<string> {
    return (await this.#running()).address();
  }

  /** Settles when the server has ended, or at once where none runs. */
  async ended(): Promise<void> {
    await (await this.#server)?.ended;
  }

  async close(): Promise<void> {
    await (await this.#server)?.close();
  }

  #running(): Promise<PageServer> {
    this.#server ??= this.#start();
    return this.#server;
  }

  async #start(): Promise<PageServer> {
    const { clock, random, language, folder, idleMs } = this.#options;
    const { notOpened, notBuilt } = SHELL_MESSAGES[language];
    const server = await servePage({
      clock,
      random,
      entry: entryFiles(language),
      files: await readStaticFiles(folder),
      texts: { notOpened, notBuilt },
      serve: this.#serve,
      idleMs,
    });
    void server.ended.then(() => {
      this.#server = null;
    });
    return server;
  }

  #see(page: object, seen: boolean): void {
    if (seen) this.#seen.add(page);
    else this.#seen.delete(page);
    this.#options.visible(this.#seen.size > 0);
  }

  readonly #serve: Serve = (socket) => {
    const { connect, clock } = this.#options;
    const link = new HelperLink(connect, clock);
    const bridge = new PageBridge({ ...socket, visible: (seen) => this.#see(socket, seen) }, link);
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
}
