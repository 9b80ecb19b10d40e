/** The window as a page in the person's browser: a server that runs while it is needed, and a connection for every page. */

import type { Clock } from '../../core/api/clock.ts';
import type { Language } from '../../core/api/messages/languages.ts';
import type { NamedPage } from '../../core/api/shell.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import { readStaticFiles } from '../page/files.ts';
import type { Serve } from '../page/pages.ts';
import { entryFiles } from './entry-page.ts';
import { type PageServer, servePage } from './server.ts';
import type { Randomness } from './sessions.ts';

export interface FaceOptions {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly language: Language;
  /** Speaks with each page. */
  readonly serve: Serve;
  /** The folder of the built page. */
  readonly folder: string;
  readonly idleMs: number;
}

export class BrowserFace {
  readonly #options: FaceOptions;
  #server: Promise<PageServer> | null = null;

  constructor(options: FaceOptions) {
    this.#options = options;
  }

  /** An address that opens the window once, within a minute. Starts the server if it does not run. */
  async address(page?: NamedPage): Promise<string> {
    return (await this.#running()).address(page);
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
    const { clock, random, language, folder, idleMs, serve } = this.#options;
    const { notOpened, notBuilt } = SHELL_MESSAGES[language];
    const server = await servePage({
      clock,
      random,
      entry: entryFiles(language),
      files: await readStaticFiles(folder),
      texts: { notOpened, notBuilt },
      serve,
      idleMs,
    });
    void server.ended.then(() => {
      this.#server = null;
    });
    return server;
  }
}
