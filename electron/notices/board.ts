/** Keeps what is shown in step with what was decided. */
import type { NoticeAction } from './causes.ts';
import type { Decision, Notice } from './decide.ts';
import type { NoticeServer } from './server.ts';

interface Shown {
  readonly number: number;
  readonly notice: Notice;
  /** Causes that still stand. */
  readonly keys: Set<string>;
}

export class NoticeBoard {
  readonly #server: NoticeServer;
  readonly #act: (action: NoticeAction) => void;
  readonly #shown: Shown[] = [];
  /** One after the other, so that nothing is taken back before it is shown. */
  #work: Promise<void> = Promise.resolve();

  constructor(server: NoticeServer, act: (action: NoticeAction) => void) {
    this.#server = server;
    this.#act = act;
    server.onPressed((number, button) => this.#pressed(number, button));
    server.onClosed((number) => this.#forget(number));
  }

  /** Shows and takes back. Resolves when the desktop has it, with the keys of what it has refused. */
  carryOut({ show, withdraw }: Pick<Decision, 'show' | 'withdraw'>): Promise<ReadonlySet<string>> {
    const refused = new Set<string>();
    const done = this.#work.then(async () => {
      for (const key of withdraw) await this.#withdraw(key);
      for (const notice of show) {
        await this.#show(notice).catch(() => {
          for (const key of notice.keys) refused.add(key);
        });
      }
    });
    this.#work = done;
    return done.then(() => refused);
  }

  async #show(notice: Notice): Promise<void> {
    const before = this.#shown.find(({ keys }) => notice.keys.some((key) => keys.has(key)));
    const number = await this.#server.show(notice, before?.number ?? 0);
    this.#forget(number);
    if (before !== undefined) this.#forget(before.number);
    this.#shown.push({ number, notice, keys: new Set(notice.keys) });
  }

  async #withdraw(key: string): Promise<void> {
    const found = this.#shown.find(({ keys }) => keys.has(key));
    if (found === undefined) return;
    found.keys.delete(key);
    if (found.keys.size > 0) return;
    this.#forget(found.number);
    await this.#server.withdraw(found.number);
  }

  #pressed(number: number, button: number): void {
    const found = this.#shown.find((one) => one.number === number);
    if (found === undefined) return;
    const action = button < 0 ? ({ kind: 'open' } as const) : found.notice.buttons[button]?.action;
    if (action !== undefined) this.#act(action);
  }

  #forget(number: number): void {
    const at = this.#shown.findIndex((one) => one.number === number);
    if (at >= 0) this.#shown.splice(at, 1);
  }
}
