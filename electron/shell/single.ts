/** One shell for each session: whoever starts a second one wants to see the window of the first. */
import { z } from 'zod';
import type { Bus } from '../dbus/bus.ts';

const NAME = 'org.snapferry.Desktop';
const PATH = '/org/snapferry/Desktop';
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };
/** See RequestName in the D-Bus specification. */
const DO_NOT_QUEUE = 4;
const PRIMARY_OWNER = 1;

/**
 * Whether this is the only one. Where it is not, the other one shows its window. Rejects with a `BusError` when neither can be
 * found out.
 */
export async function claimSession(bus: Bus, open: () => void): Promise<boolean> {
  const show = () => {
    open();
    return [];
  };
  const methods = { Open: { in: '', out: '', call: show } };
  bus.offer(PATH, { [NAME]: { methods, properties: () => ({}), signals: {} } });
  const wanted = { signature: 'su', body: [NAME, DO_NOT_QUEUE], reply: z.tuple([z.number()]) };
  const [answer] = await bus.call({ ...BUS, member: 'RequestName', ...wanted });
  if (answer === PRIMARY_OWNER) return true;
  await bus.call({ destination: NAME, path: PATH, interface: NAME, member: 'Open', reply: z.unknown() });
  return false;
}
