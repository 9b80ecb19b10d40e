import { afterEach, describe, expect, it } from 'vitest';
import { DriveDesk } from '../../../core/drives/desk.ts';
import { FakeMachine } from './machine.ts';

const BLUE = { pool: 'blue', guid: 7n, vdevs: [70n] } as const;
const TARGET = { name: 'Blue', pool: 'blue', poolGuid: 7n };
const REST = 'hdparm -y /dev/disk/by-id/usb-7-70';
const MINUTE_MS = 60_000;

let over = new AbortController();
afterEach(() => {
  over.abort();
  over = new AbortController();
});

/** A drive that was just ejected. */
async function ejected(afterMs: number | null, code = 0) {
  const machine = new FakeMachine();
  const said = { exit: { code, signal: null }, stderr: code === 0 ? '' : 'Inappropriate ioctl for device' };
  machine.answer = (argv) => (argv.startsWith('hdparm') ? said : undefined);
  const desk = new DriveDesk(machine.ports());
  const drive = desk.drive(TARGET);
  drive.restAfter(afterMs);
  void desk.run(over.signal);
  machine.plug(BLUE);
  await machine.settle();
  const enter = () => machine.clock.runUntil(drive.enter({ keyFile: null, rootFs: 'blue' }, over.signal));
  await enter();
  await machine.clock.runUntil(drive.leave(true, over.signal));
  expect(drive.facts().state).toBe('safe');
  return { machine, drive, enter, rested: () => machine.commands.filter((argv) => argv.startsWith('hdparm')) };
}

describe('the motor of a drive that was ejected', () => {
  it('comes to rest when it has lain still for as long as is wanted, once', async () => {
    const { machine, drive, rested } = await ejected(10 * MINUTE_MS);
    await machine.settle(9 * MINUTE_MS);
    expect(rested()).toEqual([]);
    await machine.settle(30 * MINUTE_MS);
    expect(rested()).toEqual([REST]);
    expect(drive.facts()).toMatchObject({ state: 'safe', problem: null });
  });

  it('goes on where nothing is wanted, where it is unplugged, and where somebody uses it', async () => {
    const never = await ejected(null);
    await never.machine.settle(60 * MINUTE_MS);
    expect(never.rested()).toEqual([]);
    const away = await ejected(10 * MINUTE_MS);
    away.machine.pull(BLUE);
    await away.machine.settle(60 * MINUTE_MS);
    expect(away.rested()).toEqual([]);
    const used = await ejected(10 * MINUTE_MS);
    await used.enter();
    await used.machine.settle(60 * MINUTE_MS);
    expect([used.rested(), used.drive.facts().state]).toEqual([[], 'busy']);
  });

  it('that does not come to rest is said, and it stays safe to unplug', async () => {
    const { machine, drive, rested } = await ejected(MINUTE_MS, 25);
    await machine.settle(30 * MINUTE_MS);
    expect(drive.facts()).toMatchObject({ state: 'safe', problem: { code: 'drive-not-at-rest' } });
    expect(rested()).toEqual([REST]);
    machine.pull(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'away', problem: null });
  });
});
