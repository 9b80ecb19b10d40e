/** Whether the person's desktop is light or dark, as the desktop portal says. */
import { z } from 'zod';
import type { Ground } from '../tray/icons.ts';
import type { Bus } from './bus.ts';

const PORTAL = {
  destination: 'org.freedesktop.portal.Desktop',
  path: '/org/freedesktop/portal/desktop',
  interface: 'org.freedesktop.portal.Settings',
};
const NAMESPACE = 'org.freedesktop.appearance';
const KEY = 'color-scheme';
/** A variant as it is read: its type and its value. */
const scheme = z.tuple([z.unknown(), z.tuple([z.number()])]);
const nested = z.tuple([z.unknown(), z.tuple([scheme])]);

/** Tells it at the beginning, and whenever it changes; `unknown` where there is no portal. */
export async function watchGround(bus: Bus, hear: (ground: Ground) => void): Promise<void> {
  bus.onSignal({ ...PORTAL, sender: PORTAL.destination, member: 'SettingChanged' }, (body) => {
    const changed = z.tuple([z.literal(NAMESPACE), z.literal(KEY), scheme]).safeParse(body);
    if (changed.success) hear(groundOf(changed.data[2][1][0]));
  });
  const call = { ...PORTAL, member: 'Read', signature: 'ss', body: [NAMESPACE, KEY], reply: z.tuple([nested]) };
  await bus.call(call).then(
    ([[, [[, [value]]]]]) => hear(groundOf(value)),
    () => {},
  );
}

/** 1 is dark, 2 is light; 0 means that nobody chose. */
function groundOf(value: number): Ground {
  if (value === 1) return 'dark';
  return value === 2 ? 'light' : 'unknown';
}
