/** What a panel sees of our icon and its menu, over the bus. */
import { z } from 'zod';
import type { Desktop } from './desktop.ts';

const variant = z.tuple([z.unknown(), z.tuple([z.unknown()])]);
const node: z.ZodType<[number, [string, z.infer<typeof variant>][], [unknown, [unknown]][]]> = z.tuple([
  z.number(),
  z.array(z.tuple([z.string(), variant])),
  z.array(z.tuple([z.unknown(), z.tuple([z.unknown()])])),
]);

export interface Entry {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
}

/** The name that our item has on the bus. */
export async function itemName(desktop: Desktop): Promise<string> {
  const name = (await desktop.names()).find((one) => one.startsWith('org.kde.StatusNotifierItem-'));
  if (name === undefined) throw new Error('there is no item');
  return name;
}

export async function tooltip(desktop: Desktop): Promise<string> {
  const reply = z.tuple([
    z.tuple([z.unknown(), z.tuple([z.tuple([z.string(), z.array(z.unknown()), z.string(), z.string()])])]),
  ]);
  const [[, [[, , , text]]]] = await desktop.bus.call({
    destination: await itemName(desktop),
    path: '/StatusNotifierItem',
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: ['org.kde.StatusNotifierItem', 'ToolTip'],
    reply,
  });
  return text;
}

/** All entries of the menu, those below others included. */
export async function entries(desktop: Desktop): Promise<readonly Entry[]> {
  const [, root] = await desktop.bus.call({
    destination: await itemName(desktop),
    path: '/StatusNotifierMenu',
    interface: 'com.canonical.dbusmenu',
    member: 'GetLayout',
    signature: 'iias',
    body: [0, -1, []],
    reply: z.tuple([z.number(), node]),
  });
  return flat(root);
}

export async function choose(desktop: Desktop, label: string): Promise<void> {
  const entry = (await entries(desktop)).find((one) => one.label === label);
  if (entry === undefined) throw new Error(`there is no "${label}" in the menu`);
  await desktop.bus.call({
    destination: await itemName(desktop),
    path: '/StatusNotifierMenu',
    interface: 'com.canonical.dbusmenu',
    member: 'Event',
    signature: 'isvu',
    body: [entry.id, 'clicked', ['s', ''], 0],
    reply: z.unknown(),
  });
}

function flat([id, properties, children]: z.infer<typeof node>): readonly Entry[] {
  const values = new Map(properties.map(([name, [, [value]]]) => [name, value]));
  const own = { id, label: String(values.get('label') ?? ''), enabled: values.get('enabled') === true };
  return [own, ...children.flatMap(([, [child]]) => flat(node.parse(child)))];
}
