/** The desktop's notices: org.freedesktop.Notifications, with buttons and replacement, which Electron has not on Linux. */
import { z } from 'zod';
import type { Bus } from '../dbus/bus.ts';
import { escapeXml } from '../dbus/xml.ts';
import type { Notice } from './decide.ts';

const SERVER = {
  destination: 'org.freedesktop.Notifications',
  path: '/org/freedesktop/Notifications',
  interface: 'org.freedesktop.Notifications',
};
const URGENCY = { low: 0, normal: 1, critical: 2 } as const;
/** Milliseconds; the server's own, or until it is taken back. */
const EXPIRES = { ofServer: -1, never: 0 } as const;
const id = z.number().int().positive();

export interface NoticeServer {
  /** Shows it in the place of another one (0: of none). Gives its number. Rejects when there is nobody to show it. */
  show(notice: Notice, replaces: number): Promise<number>;
  /** Takes it back, if it is still there. */
  withdraw(shown: number): Promise<void>;
  /** A button was pressed, by its place; -1 for the notice itself. */
  onPressed(listener: (shown: number, button: number) => void): void;
  /** It is not shown any more. */
  onClosed(listener: (shown: number) => void): void;
}

export class FreedesktopNotices implements NoticeServer {
  readonly #bus: Bus;
  #capabilities: Promise<ReadonlySet<string>> | null = null;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  async show(notice: Notice, replaces: number): Promise<number> {
    const can = await this.#abilities();
    const buttons = notice.buttons.flatMap(({ label }, index) => [String(index), label]);
    const actions = can.has('actions') ? ['default', '', ...buttons] : [];
    const body = can.has('body-markup') ? escapeXml(notice.body) : notice.body;
    const hints = [
      ['urgency', ['y', URGENCY[notice.urgency]]],
      ['desktop-entry', ['s', 'snapferry']],
    ];
    const expires = notice.urgency === 'critical' ? EXPIRES.never : EXPIRES.ofServer;
    const values = ['Snapferry', replaces, '', notice.summary, body, actions, hints, expires];
    const call = { ...SERVER, member: 'Notify', signature: 'susssasa{sv}i', body: values, reply: z.tuple([id]) };
    return (await this.#bus.call(call))[0];
  }

  async withdraw(shown: number): Promise<void> {
    const call = { ...SERVER, member: 'CloseNotification', signature: 'u', body: [shown], reply: z.unknown() };
    // One that is closed already is an error to some servers.
    await this.#bus.call(call).catch(() => {});
  }

  onPressed(listener: (shown: number, button: number) => void): void {
    const pressed = z.tuple([id, z.union([z.literal('default'), z.string().regex(/^\d$/)])]);
    this.#on('ActionInvoked', (body) => {
      const known = pressed.safeParse(body);
      if (known.success) listener(known.data[0], known.data[1] === 'default' ? -1 : Number(known.data[1]));
    });
  }

  onClosed(listener: (shown: number) => void): void {
    this.#on('NotificationClosed', (body) => {
      const known = z.tuple([id, z.number()]).safeParse(body);
      if (known.success) listener(known.data[0]);
    });
  }

  #on(member: string, listener: (body: readonly unknown[]) => void): void {
    this.#bus.onSignal(
      { sender: SERVER.destination, path: SERVER.path, interface: SERVER.interface, member },
      listener,
    );
  }

  /** Asked once; a server that is not there now may be there next time. */
  #abilities(): Promise<ReadonlySet<string>> {
    const reply = z.tuple([z.array(z.string().max(64)).max(100)]);
    this.#capabilities ??= this.#bus
      .call({ ...SERVER, member: 'GetCapabilities', reply })
      .then(([all]) => new Set(all));
    this.#capabilities.catch(() => {
      this.#capabilities = null;
    });
    return this.#capabilities;
  }
}
