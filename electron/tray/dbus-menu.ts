/** A menu as com.canonical.dbusmenu, which panels draw for us. */
import { z } from 'zod';
import type { ExportedObject, Variant } from '../dbus/exported.ts';
import type { MenuAction, MenuPart } from './menu.ts';

export const MENU_INTERFACE = 'com.canonical.dbusmenu';
const VERSION = 3;
const ROOT_ID = 0;
const EVERYTHING_CHANGED = ROOT_ID;

const id = z.number().int();
const layoutArgs = z.tuple([id, z.number().int(), z.array(z.string().max(64)).max(64)]);
const groupArgs = z.tuple([z.array(id).max(10_000), z.array(z.string().max(64)).max(64)]);
const propertyArgs = z.tuple([id, z.string().max(64)]);
const eventArgs = z.tuple([id, z.string().max(64), z.unknown(), z.unknown()]);
const eventsArgs = z.tuple([z.array(eventArgs).max(1000)]);
const idsArgs = z.tuple([z.array(id).max(10_000)]);

interface Node {
  readonly id: number;
  readonly properties: Readonly<Record<string, Variant>>;
  readonly action: MenuAction | null;
  readonly children: readonly Node[];
}

export interface MenuHost {
  /** Tells the panel that the menu is another one. */
  layoutUpdated(revision: number, parent: number): void;
  /** A person chose an entry. */
  chosen(action: MenuAction): void;
}

export class DbusMenu {
  readonly #host: MenuHost;
  /** Numbers by key, for good: a panel may still hold one of an entry that went and came back. */
  readonly #ids = new Map<string, number>();
  #root: Node = { id: ROOT_ID, properties: {}, action: null, children: [] };
  #revision = 1;
  #shown = '';

  constructor(host: MenuHost) {
    this.#host = host;
  }

  /** Shows another menu; nothing is sent when it is the same. */
  show(parts: readonly MenuPart[]): void {
    const text = JSON.stringify(parts);
    if (text === this.#shown) return;
    this.#shown = text;
    const properties: Node['properties'] = { 'children-display': ['s', 'submenu'] };
    this.#root = { id: ROOT_ID, properties, action: null, children: parts.map((part) => this.#node(part)) };
    this.#revision += 1;
    this.#host.layoutUpdated(this.#revision, EVERYTHING_CHANGED);
  }

  /** What stands on the bus. */
  readonly exported: ExportedObject = {
    [MENU_INTERFACE]: {
      methods: {
        GetLayout: {
          in: 'iias',
          out: 'u(ia{sv}av)',
          call: (args) => {
            const [parent, depth, names] = layoutArgs.parse(args);
            return [this.#revision, layout(this.#find(parent), depth, names)];
          },
        },
        GetGroupProperties: {
          in: 'aias',
          out: 'a(ia{sv})',
          call: (args) => {
            const [ids, names] = groupArgs.parse(args);
            const nodes =
              ids.length === 0 ? flat(this.#root) : flat(this.#root).filter((node) => ids.includes(node.id));
            return [nodes.map((node) => [node.id, chosenOf(node, names)])];
          },
        },
        GetProperty: {
          in: 'is',
          out: 'v',
          call: (args) => {
            const [wanted, name] = propertyArgs.parse(args);
            const { properties } = this.#find(wanted);
            const found = Object.hasOwn(properties, name) ? properties[name] : undefined;
            if (found === undefined) throw new RangeError('no such property');
            return [found];
          },
        },
        Event: {
          in: 'isvu',
          out: '',
          call: (args) => {
            this.#event(eventArgs.parse(args));
            return [];
          },
        },
        EventGroup: {
          in: 'a(isvu)',
          out: 'ai',
          call: (args) => {
            const [events] = eventsArgs.parse(args);
            return [events.filter((event) => !this.#event(event)).map(([unknown]) => unknown)];
          },
        },
        AboutToShow: { in: 'i', out: 'b', call: (args) => [!this.#has(z.tuple([id]).parse(args)[0])] },
        AboutToShowGroup: {
          in: 'ai',
          out: 'aiai',
          call: (args) => [[], idsArgs.parse(args)[0].filter((one) => !this.#has(one))],
        },
      },
      properties: () => ({
        Version: ['u', VERSION],
        TextDirection: ['s', 'ltr'],
        Status: ['s', 'normal'],
        IconThemePath: ['as', []],
      }),
      signals: {
        ItemsPropertiesUpdated: 'a(ia{sv})a(ias)',
        LayoutUpdated: 'ui',
        ItemActivationRequested: 'iu',
      },
    },
  };

  /** Whether there is such an entry. Only one that is enabled does something. */
  #event([wanted, kind]: z.infer<typeof eventArgs>): boolean {
    const node = flat(this.#root).find((one) => one.id === wanted);
    if (node === undefined) return false;
    if (kind === 'clicked' && node.action !== null) this.#host.chosen(node.action);
    return true;
  }

  #has(wanted: number): boolean {
    return flat(this.#root).some((node) => node.id === wanted);
  }

  #find(wanted: number): Node {
    const node = flat(this.#root).find((one) => one.id === wanted);
    if (node === undefined) throw new RangeError('no such entry');
    return node;
  }

  #node(part: MenuPart): Node {
    if ('separator' in part) {
      return { id: this.#idOf(part.key), properties: { type: ['s', 'separator'] }, action: null, children: [] };
    }
    const children = part.children.map((child) => this.#node(child));
    const properties: Record<string, Variant> = {
      // An underline stands before the letter of a shortcut, unless it is doubled.
      label: ['s', part.label.replaceAll('_', '__')],
      enabled: ['b', part.enabled],
      visible: ['b', true],
    };
    if (children.length > 0) properties['children-display'] = ['s', 'submenu'];
    return { id: this.#idOf(part.key), properties, action: part.enabled ? part.action : null, children };
  }

  #idOf(key: string): number {
    const known = this.#ids.get(key) ?? this.#ids.size + 1;
    this.#ids.set(key, known);
    return known;
  }
}

function flat(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(flat)];
}

/** (ia{sv}av); children are variants. A depth of -1 is without end. */
function layout(node: Node, depth: number, names: readonly string[]): readonly unknown[] {
  const children = depth === 0 ? [] : node.children.map((child) => ['(ia{sv}av)', layout(child, depth - 1, names)]);
  return [node.id, chosenOf(node, names), children];
}

/** Dictionary of the properties asked for; of all where none are named. */
function chosenOf({ properties }: Node, names: readonly string[]): readonly (readonly [string, Variant])[] {
  return Object.entries(properties).filter(([name]) => names.length === 0 || names.includes(name));
}
