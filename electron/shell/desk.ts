/** What the window asks the shell itself: which notices a person wants, the start with the session, and which notices there were. */
import { z } from 'zod';
import {
  type Kept,
  NOTICES_DEFAULT,
  type NoticeKind,
  noticeKindSchema,
  type ShellChange,
  type ShellMethod,
  type ShellParams,
  type ShellSettings,
} from '../../core/api/shell-desk.ts';
import type { HelperStarter } from '../helper/start.ts';
import type { NoticeHistory } from '../notices/history.ts';
import type { Autostart } from './autostart.ts';

/** What a person has switched; the rest is as it comes. */
export const switchesSchema = z.partialRecord(noticeKindSchema, z.boolean());
export type Switches = Readonly<z.infer<typeof switchesSchema>>;

/** Answers what a page asks of the shell, which was checked before. Never rejects. */
export interface Desk {
  answer(method: ShellMethod, params: unknown): Promise<unknown>;
}

export interface ShellDeskOptions {
  readonly switches: Switches;
  /** Keeps them beyond this process. Never rejects. */
  readonly keep: (switches: Switches) => void;
  /** What windows have left. */
  readonly windows: Kept;
  /** The same for it. */
  readonly keepOfWindows: (windows: Kept) => void;
  readonly autostart: Pick<Autostart, 'state' | 'set'>;
  readonly history: NoticeHistory;
  readonly helper: Pick<HelperStarter, 'state' | 'start'>;
}

export class ShellDesk implements Desk {
  readonly history: NoticeHistory;
  /** Whether some panel shows the icon. */
  tray: ShellSettings['tray'] = 'unknown';
  readonly #options: ShellDeskOptions;
  #switches: Switches;
  #windows: Kept;

  constructor(options: ShellDeskOptions) {
    this.#options = options;
    this.#switches = options.switches;
    this.#windows = options.windows;
    this.history = options.history;
  }

  /** Which notices a person wants. */
  get wanted(): Readonly<Record<NoticeKind, boolean>> {
    return { ...NOTICES_DEFAULT, ...this.#switches };
  }

  async answer(method: ShellMethod, params: unknown): Promise<unknown> {
    switch (method) {
      case 'shell/settings':
        return this.#settings();
      case 'shell/settings/set':
        // The parameters were read by the schema of this very method.
        await this.#set(params as ShellParams<typeof method>);
        return this.#settings();
      case 'shell/kept':
        return this.#windows;
      case 'shell/keep': {
        const { key, text } = params as ShellParams<typeof method>;
        const { [key]: _, ...others } = this.#windows;
        this.#windows = text === null ? others : { ...others, [key]: text };
        this.#options.keepOfWindows(this.#windows);
        return {};
      }
      case 'shell/helper':
        return this.#options.helper.state();
      case 'shell/helper/start': {
        const { despite } = params as ShellParams<typeof method>;
        return this.#options.helper.start(despite);
      }
      case 'shell/notices': {
        const { beforeId, limit } = params as ShellParams<typeof method>;
        return this.history.page(beforeId, limit);
      }
    }
  }

  async #settings(): Promise<ShellSettings> {
    return { notices: this.wanted, startAtLogin: await this.#options.autostart.state(), tray: this.tray };
  }

  async #set({ notices, startAtLogin }: ShellChange): Promise<void> {
    if (notices !== undefined) {
      this.#switches = { ...this.#switches, ...notices };
      this.#options.keep(this.#switches);
    }
    if (startAtLogin === undefined) return;
    // What came of it is in the settings that are answered.
    await this.#options.autostart.set(startAtLogin).catch(() => {});
  }
}
