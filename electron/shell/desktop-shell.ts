/** The shell of the desktop: an icon, notices and a window, all from the same status. Wiring only. */

import type { Clock } from '../../core/api/clock.ts';
import type { Language } from '../../core/api/messages/languages.ts';
import { problemIn } from '../../core/api/messages/problem-text.ts';
import { asProblemError } from '../../core/api/problem.ts';
import type { NamedPage } from '../../core/api/shell.ts';
import { watchGround } from '../dbus/appearance.ts';
import type { Bus } from '../dbus/bus.ts';
import { type Connect, HelperLink } from '../helper/link.ts';
import { ServiceView } from '../helper/service-view.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import { NoticeBoard } from '../notices/board.ts';
import { LOST_AFTER_MS, type NoticeAction } from '../notices/causes.ts';
import { type Decision, decideNotices, type Notice, snooze } from '../notices/decide.ts';
import type { NoticeMemory } from '../notices/memory.ts';
import { FreedesktopNotices } from '../notices/server.ts';
import type { Ground } from '../tray/icons.ts';
import { TrayItem } from '../tray/item.ts';
import type { MenuAction } from '../tray/menu.ts';
import { VERSION } from '../version.ts';
import { askDaemon } from './actions.ts';
import { Coalescer } from './coalesce.ts';
import type { ShellDesk } from './desk.ts';
import { trayView } from './tray-view.ts';

const CHANGE_MS = 1000;
/** Ages grow and graces end without anybody saying so. */
const TICK_MS = 10_000;
/** A panel may start after us. */
const TRAY_GRACE_MS = 30_000;

export interface ShellPorts {
  readonly clock: Clock;
  readonly language: Language;
  readonly connect: Connect;
  /** Shows the window. Never rejects. */
  readonly openWindow: (page?: NamedPage) => void;
  readonly memory: NoticeMemory;
  /** Keeps it beyond this process. Never rejects. */
  readonly remember: (memory: NoticeMemory) => void;
  readonly desk: ShellDesk;
  /** Whether the service has ended because somebody wanted that. Never rejects. */
  readonly stoppedOnPurpose: () => Promise<boolean>;
  /** A person wants this process to end. */
  readonly quit: () => void;
}

export class DesktopShell {
  readonly #ports: ShellPorts;
  readonly #bus: Bus;
  readonly #board: NoticeBoard;
  readonly #link: HelperLink;
  readonly #service: ServiceView;
  readonly #update: Coalescer;
  readonly #signal: AbortSignal;
  #item: TrayItem | null = null;
  #ground: Ground = 'unknown';
  #memory: NoticeMemory;
  #visible = false;
  /** What is known of why the service is away; null while it is not, or not for long. */
  #stopped: { onPurpose: boolean } | null = null;
  /** When it was first seen that no panel shows the icon; null while one does. */
  #trayMissingSinceMs: number | null = null;

  constructor(bus: Bus, ports: ShellPorts, signal: AbortSignal) {
    this.#bus = bus;
    this.#ports = ports;
    this.#signal = signal;
    this.#memory = ports.memory;
    this.#board = new NoticeBoard(new FreedesktopNotices(bus), (action) => this.#noticed(action));
    this.#link = new HelperLink(ports.connect, ports.clock);
    this.#update = new Coalescer(ports.clock, CHANGE_MS, () => this.#show(), signal);
    this.#service = new ServiceView(this.#link, ports.clock, () => this.#changed());
  }

  /** A window can, or cannot, be seen. */
  windowVisible(visible: boolean): void {
    this.#visible = visible;
  }

  /** Works until aborted. Rejects when the bus refuses the icon. */
  async run(): Promise<void> {
    void watchGround(this.#bus, (ground) => {
      this.#ground = ground;
      this.#update.ask();
    });
    const host = {
      chosen: (action: MenuAction) => this.#chosen(action),
      shown: (seen: boolean) => this.#traySeen(seen),
    };
    this.#item = await TrayItem.start(this.#bus, host, this.#view());
    void this.#tick();
    await this.#service.run(this.#signal);
  }

  #view() {
    const { status, lostForMs } = this.#service;
    const known = { status, lostForMs, nowMs: this.#ports.clock.nowMs(), ground: this.#ground };
    return trayView(known, this.#ports.language);
  }

  #show(): void {
    this.#item?.show(this.#view());
  }

  async #tick(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#ports.clock.sleep(TICK_MS, this.#signal).catch(() => {});
      if (!this.#signal.aborted) this.#changed();
    }
  }

  #changed(): void {
    this.#update.ask();
    const { status, previous, lostForMs } = this.#service;
    const nowMs = this.#ports.clock.nowMs();
    const { wanted } = this.#ports.desk;
    const stopped = this.#isStopped(lostForMs);
    const known = { status, previous, lostForMs, stopped, nowMs };
    const situation = { ...known, visible: this.#visible, wanted, version: VERSION };
    const decision = decideNotices(situation, this.#memory, this.#ports.language);
    this.#setMemory(decision.memory);
    void this.#carryOut(decision, nowMs);
    this.#tellNoTray();
  }

  /** Asked once for each loss; until that is answered, nobody is told. */
  #isStopped(lostForMs: number | null): boolean {
    if (lostForMs === null || lostForMs < LOST_AFTER_MS) {
      this.#stopped = null;
      return false;
    }
    if (this.#stopped === null) {
      const asked = { onPurpose: true };
      this.#stopped = asked;
      void this.#ports.stoppedOnPurpose().then((onPurpose) => {
        asked.onPurpose = onPurpose;
        if (!this.#signal.aborted) this.#changed();
      });
    }
    return this.#stopped.onPurpose;
  }

  async #carryOut({ show, withdraw, records }: Decision, atMs: number): Promise<void> {
    const refused = await this.#board.carryOut({ show, withdraw });
    const history = records.map(({ key, fate, ...record }) => ({
      ...record,
      atMs,
      fate: fate === 'shown' && refused.has(key) ? 'nobody-shows' : fate,
    }));
    this.#ports.desk.history.add(history);
  }

  #traySeen(seen: boolean): void {
    this.#ports.desk.tray = seen ? 'shown' : 'missing';
    if (seen) this.#trayMissingSinceMs = null;
    else this.#trayMissingSinceMs ??= this.#ports.clock.monotonicMs();
  }

  /** Said once for good: whoever has no tray knows it then. */
  #tellNoTray(): void {
    const sinceMs = this.#trayMissingSinceMs;
    if (sinceMs === null || this.#memory.trayMissed) return;
    if (this.#ports.clock.monotonicMs() - sinceMs < TRAY_GRACE_MS) return;
    this.#setMemory({ ...this.#memory, trayMissed: true });
    const { notices } = SHELL_MESSAGES[this.#ports.language];
    this.#tell({ keys: ['tray'], urgency: 'low', summary: notices.noTray, body: notices.noTrayBody, buttons: [] });
  }

  #chosen(action: MenuAction): void {
    switch (action.kind) {
      case 'open':
        this.#ports.openWindow(action.page);
        break;
      case 'quit':
        this.#ports.quit();
        break;
      default:
        void this.#link
          .client()
          .then((client) => askDaemon(client, action, this.#service.status))
          .catch((thrown: unknown) => this.#notDone(thrown));
    }
  }

  #noticed(action: NoticeAction): void {
    if (action.kind !== 'snooze') {
      this.#chosen(action);
      return;
    }
    this.#setMemory(snooze(this.#memory, action.key, this.#ports.clock.nowMs() + action.durationMs));
    void this.#board.carryOut({ show: [], withdraw: [action.key] });
  }

  #notDone(thrown: unknown): void {
    const { language } = this.#ports;
    const { happened, remedy } = problemIn(language, asProblemError(thrown).toProblem());
    const { notices } = SHELL_MESSAGES[language];
    const body = `${happened}\n${remedy}`;
    this.#tell({ keys: ['not-done'], urgency: 'normal', summary: notices.notDone, body, buttons: [] });
  }

  #tell(notice: Notice): void {
    void this.#board.carryOut({ show: [notice], withdraw: [] });
  }

  #setMemory(memory: NoticeMemory): void {
    const before = JSON.stringify(this.#memory);
    this.#memory = memory;
    if (JSON.stringify(memory) !== before) this.#ports.remember(memory);
  }
}
