/** The icon in the panel: org.kde.StatusNotifierItem, the one tray that Linux desktops have in common. */
import { z } from 'zod';
import type { Bus } from '../dbus/bus.ts';
import type { ExportedObject, Variant } from '../dbus/exported.ts';
import { DbusMenu, MENU_INTERFACE } from './dbus-menu.ts';
import type { Pixmap } from './drawing.ts';
import type { MenuAction, MenuPart } from './menu.ts';

const ITEM_PATH = '/StatusNotifierItem';
const MENU_PATH = '/StatusNotifierMenu';
const ITEM_INTERFACE = 'org.kde.StatusNotifierItem';
const WATCHER = {
  destination: 'org.kde.StatusNotifierWatcher',
  path: '/StatusNotifierWatcher',
  interface: 'org.kde.StatusNotifierWatcher',
};
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };

export interface ItemView {
  /** The same name, the same picture. */
  readonly iconName: string;
  readonly pixmaps: () => readonly Pixmap[];
  readonly tooltip: string;
  /** Asks for being looked at; panels may show such items where they hide others. */
  readonly urgent: boolean;
  readonly menu: readonly MenuPart[];
}

export interface ItemHost {
  chosen(action: MenuAction): void;
  /** Whether some panel shows the icon. Told at every change, and once at the beginning. */
  shown(shown: boolean): void;
}

export class TrayItem {
  readonly #bus: Bus;
  readonly #host: ItemHost;
  readonly #menu: DbusMenu;
  readonly #name = `${ITEM_INTERFACE}-${process.pid}-1`;
  #view: ItemView;
  #pixmaps: readonly unknown[];

  private constructor(bus: Bus, host: ItemHost, view: ItemView) {
    this.#bus = bus;
    this.#host = host;
    this.#view = view;
    this.#pixmaps = view.pixmaps().map(asStruct);
    this.#menu = new DbusMenu({
      layoutUpdated: (revision, parent) => bus.signal(MENU_PATH, MENU_INTERFACE, 'LayoutUpdated', [revision, parent]),
      chosen: (action) => host.chosen(action),
    });
  }

  /** Stands in every panel that is there or comes. Rejects when the bus refuses. */
  static async start(bus: Bus, host: ItemHost, view: ItemView): Promise<TrayItem> {
    const item = new TrayItem(bus, host, view);
    bus.offer(ITEM_PATH, item.#exported);
    bus.offer(MENU_PATH, item.#menu.exported);
    item.#menu.show(view.menu);
    const name = { signature: 'su', body: [item.#name, 0], reply: z.tuple([z.number()]) };
    await bus.call({ ...BUS, member: 'RequestName', ...name });
    const { destination: sender, path, interface: iface } = WATCHER;
    for (const member of ['StatusNotifierHostRegistered', 'StatusNotifierHostUnregistered']) {
      bus.onSignal({ sender, path, interface: iface, member }, () => void item.#tellShown());
    }
    bus.onSignal(
      { sender: BUS.destination, path: BUS.path, interface: BUS.interface, member: 'NameOwnerChanged' },
      ([changed]) => {
        if (changed === WATCHER.destination) void item.#register();
      },
    );
    await item.#register();
    return item;
  }

  /** Shows another state; only what differs is sent. */
  show(view: ItemView): void {
    const before = this.#view;
    this.#view = view;
    if (view.iconName !== before.iconName) {
      this.#pixmaps = view.pixmaps().map(asStruct);
      this.#signal('NewIcon', []);
    }
    if (view.tooltip !== before.tooltip) this.#signal('NewToolTip', []);
    if (view.urgent !== before.urgent) this.#signal('NewStatus', [statusOf(view)]);
    this.#menu.show(view.menu);
  }

  /** A watcher that starts anew knows nothing of us. */
  async #register(): Promise<void> {
    const asked = { signature: 's', body: [this.#name], reply: z.unknown() };
    const known = await this.#bus.call({ ...WATCHER, member: 'RegisterStatusNotifierItem', ...asked }).then(
      () => true,
      () => false,
    );
    if (known) await this.#tellShown();
    else this.#host.shown(false);
  }

  async #tellShown(): Promise<void> {
    const reply = z.tuple([z.tuple([z.unknown(), z.tuple([z.boolean()])])]);
    const wanted = { signature: 'ss', body: [WATCHER.interface, 'IsStatusNotifierHostRegistered'], reply };
    const call = { ...WATCHER, interface: 'org.freedesktop.DBus.Properties', member: 'Get', ...wanted };
    const shown = await this.#bus.call(call).then(
      ([[, [registered]]]) => registered,
      () => false,
    );
    this.#host.shown(shown);
  }

  #signal(member: string, body: readonly unknown[]): void {
    this.#bus.signal(ITEM_PATH, ITEM_INTERFACE, member, body);
  }

  readonly #exported: ExportedObject = {
    [ITEM_INTERFACE]: {
      methods: {
        Activate: { in: 'ii', out: '', call: () => this.#open() },
        SecondaryActivate: { in: 'ii', out: '', call: () => this.#open() },
        // The panel draws the menu; one that cannot gets the window.
        ContextMenu: { in: 'ii', out: '', call: () => this.#open() },
        Scroll: { in: 'is', out: '', call: () => [] },
      },
      properties: () => this.#properties(),
      signals: {
        NewTitle: '',
        NewIcon: '',
        NewAttentionIcon: '',
        NewOverlayIcon: '',
        NewToolTip: '',
        NewStatus: 's',
      },
    },
  };

  #open(): readonly unknown[] {
    this.#host.chosen({ kind: 'open' });
    return [];
  }

  #properties(): Readonly<Record<string, Variant>> {
    const { tooltip } = this.#view;
    return {
      Category: ['s', 'SystemServices'],
      Id: ['s', 'snapferry'],
      Title: ['s', 'Snapferry'],
      Status: ['s', statusOf(this.#view)],
      WindowId: ['i', 0],
      IconName: ['s', ''],
      IconPixmap: ['a(iiay)', this.#pixmaps],
      OverlayIconName: ['s', ''],
      OverlayIconPixmap: ['a(iiay)', []],
      // Where this differs from the icon, some panels blink between the two.
      AttentionIconName: ['s', ''],
      AttentionIconPixmap: ['a(iiay)', this.#pixmaps],
      AttentionMovieName: ['s', ''],
      ToolTip: ['(sa(iiay)ss)', ['', [], 'Snapferry', tooltip]],
      ItemIsMenu: ['b', false],
      Menu: ['o', MENU_PATH],
    };
  }
}

function statusOf({ urgent }: ItemView): 'NeedsAttention' | 'Active' {
  return urgent ? 'NeedsAttention' : 'Active';
}

/** The library writes bytes one by one, from numbers. */
function asStruct({ size, argb }: Pixmap): readonly unknown[] {
  return [size, size, [...argb]];
}
