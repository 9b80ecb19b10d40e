import { describe, expect, it } from 'vitest';
import { type Bus, BusError, type Call } from '../../../electron/dbus/bus.ts';
import { stoppedOnPurpose, unitWasStopped } from '../../../electron/dbus/service-unit.ts';
import { FakeClock } from '../helper/support/fake-clock.ts';

const PATH = '/org/freedesktop/systemd1/unit/snapferry_2eservice';

/** The bus of a system whose unit has these properties. */
function system(properties: Readonly<Record<string, string>>): Pick<Bus, 'call'> {
  return {
    call: async <R>({ path, member, body = [], reply }: Call<R>): Promise<R> => {
      if (member === 'LoadUnit' && body[0] === 'snapferry.service') return reply.parse([PATH]);
      const value = path === PATH ? properties[String(body[1])] : undefined;
      if (value === undefined) throw new BusError('org.freedesktop.DBus.Error.UnknownProperty');
      // A variant: its signature, and its one value.
      return reply.parse([[[{ type: 's', child: [] }], [value]]]);
    },
  };
}

describe('a service that does not answer', () => {
  it.each([
    ['was stopped', { ActiveState: 'inactive', Result: 'success' }, true],
    ['is being stopped', { ActiveState: 'deactivating', Result: 'success' }, true],
    ['has crashed', { ActiveState: 'failed', Result: 'signal' }, false],
    ['has ended by itself, badly', { ActiveState: 'inactive', Result: 'exit-code' }, false],
    ['is started again and again', { ActiveState: 'activating', Result: 'exit-code' }, false],
    ['runs', { ActiveState: 'active', Result: 'success' }, false],
  ])('%s', async (_name, properties, stopped) => {
    expect(await unitWasStopped(system({ LoadState: 'loaded', ...properties }))).toBe(stopped);
  });

  it('that is no unit was stopped by nobody', async () => {
    expect(await unitWasStopped(system({ LoadState: 'not-found', ActiveState: 'inactive', Result: 'success' }))).toBe(
      false,
    );
  });

  it('is not known to be stopped where nobody can be asked', async () => {
    await expect(unitWasStopped(system({}))).rejects.toThrow(BusError);
    const env = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    expect(await stoppedOnPurpose(env, new FakeClock())).toBe(false);
  });
});
