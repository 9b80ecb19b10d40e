/** Whether the service has ended because somebody wanted that, as systemd knows it: then nobody has to be told. */
import { z } from 'zod';
import type { Clock } from '../../core/api/clock.ts';
import { systemBusAddress } from './address.ts';
import { type Bus, openBus } from './bus.ts';

const SYSTEMD = 'org.freedesktop.systemd1';
const UNIT = 'snapferry.service';

type Environment = Readonly<Record<string, string | undefined>>;

/** Asks the bus of the system. False where it is not known. Never rejects. */
export async function stoppedOnPurpose(env: Environment, clock: Clock): Promise<boolean> {
  const bus = await openBus(systemBusAddress(env), clock).catch(() => null);
  if (bus === null) return false;
  try {
    return await unitWasStopped(bus);
  } catch {
    return false;
  } finally {
    bus.close();
  }
}

/** The unit was stopped, or is on its way from one state to another. Rejects with a `BusError`. */
export async function unitWasStopped(bus: Pick<Bus, 'call'>): Promise<boolean> {
  const [path] = await bus.call({
    destination: SYSTEMD,
    path: '/org/freedesktop/systemd1',
    interface: `${SYSTEMD}.Manager`,
    member: 'LoadUnit',
    signature: 's',
    body: [UNIT],
    reply: z.tuple([z.string()]),
  });
  const property = async (iface: string, name: string): Promise<string> => {
    const [[, [value]]] = await bus.call({
      destination: SYSTEMD,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [`${SYSTEMD}.${iface}`, name],
      reply: z.tuple([z.tuple([z.unknown(), z.tuple([z.string()])])]),
    });
    return value;
  };
  // One that was never there has nobody who has stopped it.
  if ((await property('Unit', 'LoadState')) !== 'loaded') return false;
  const state = await property('Unit', 'ActiveState');
  if (state === 'deactivating' || state === 'reloading') return true;
  return state === 'inactive' && (await property('Service', 'Result')) === 'success';
}
