import { afterEach, describe, expect, it } from 'vitest';
import { asProblemError } from '../../../core/api/problem.ts';
import { DriveDesk } from '../../../core/drives/desk.ts';
import { FakeMachine } from './machine.ts';
import { SCRUB_CANCELLED, SCRUBBED, SCRUBBED_LONG, SCRUBBING, statusText } from './samples.ts';

const BLUE = { pool: 'blue', guid: 7n, vdevs: [70n] } as const;
const TARGET = { name: 'Blue', pool: 'blue', poolGuid: 7n };
const MINUTE_MS = 60_000;

let over = new AbortController();
let machine = new FakeMachine();
afterEach(() => {
  over.abort();
  over = new AbortController();
  expect(machine.onMissing).toEqual([]);
  machine = new FakeMachine();
});

async function bench(plugged = true) {
  const desk = new DriveDesk(machine.ports());
  const drive = desk.drive(TARGET);
  void desk.run(over.signal);
  if (plugged) machine.plug(BLUE);
  await machine.settle();
  const start = (eject = true) => machine.clock.runUntil(drive.scrub(eject, over.signal));
  return { drive, desk, start };
}

const scrubs = () => machine.commands.filter((argv) => argv.startsWith('zpool scrub'));

describe('a scrub of a drive', () => {
  it('imports it, keeps it connected until it is through, tells how far it is, and ejects it then', async () => {
    const { drive, start } = await bench();
    let told = 0;
    drive.onChange(() => {
      told += 1;
    });
    await start();
    expect([drive.isScrubbing, drive.facts().state, scrubs()]).toEqual([true, 'busy', ['zpool scrub blue']]);
    expect(drive.facts().health?.scrub).toMatchObject({ fraction: 0.0777 });
    const before = told;
    machine.scans.set(7n, SCRUBBING.replace('7.77%', '50.00%'));
    await machine.settle(MINUTE_MS);
    expect(drive.facts().health?.scrub).toMatchObject({ fraction: 0.5 });
    expect(told).toBeGreaterThan(before);
    await expect(drive.eject(over.signal)).rejects.toMatchObject({ code: 'drive-in-use' });
    machine.scans.set(7n, SCRUBBED_LONG);
    await machine.settle(MINUTE_MS);
    expect(drive.isScrubbing).toBe(false);
    expect(drive.facts()).toMatchObject({
      state: 'safe',
      problem: null,
      health: { scrub: null, lastScrub: { errorCount: 0 } },
    });
    expect(machine.imported.size).toBe(0);
    // What is known of it stays while it is away.
    machine.pull(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'away', health: { lastScrub: { errorCount: 0 } } });
  });

  it('leaves it connected where that is wanted', async () => {
    const { drive, start } = await bench();
    await start(false);
    machine.scans.set(7n, SCRUBBED_LONG);
    await machine.settle(MINUTE_MS);
    expect([drive.facts().state, drive.isScrubbing]).toEqual(['connected', false]);
  });

  it('that finds what it cannot repair says so', async () => {
    const { drive, start } = await bench();
    await start();
    machine.scans.set(7n, SCRUBBED);
    await machine.settle(MINUTE_MS);
    expect(drive.facts()).toMatchObject({ state: 'safe', problem: { code: 'drive-damaged', facts: { errors: '2' } } });
  });

  it.each([
    // As OpenZFS 2.1 tells of a damaged file: what could not be repaired counts as a checksum of the device.
    ['0     0     2', { code: 'drive-damaged', facts: { errors: '2' } }],
    ['3     0     2', { code: 'drive-failing', facts: { reads: '3', writes: '0', checksums: '2' } }],
  ])('that finds what it cannot repair, with errors %j, says the worse of both', async (counts, problem) => {
    const { drive, start } = await bench();
    await start();
    machine.scans.set(7n, SCRUBBED);
    machine.answer = (argv) =>
      argv === 'zpool status -p blue'
        ? { stdout: statusText('blue', 'ONLINE', SCRUBBED).replaceAll('0     0     0', counts) }
        : undefined;
    await machine.settle(MINUTE_MS);
    expect(drive.facts()).toMatchObject({ state: 'safe', problem });
  });

  it('is ended by whoever wants the drive', async () => {
    const { drive, start } = await bench();
    expect(await drive.stopScrub(over.signal)).toBe(false);
    await start();
    expect(await machine.clock.runUntil(drive.stopScrub(over.signal))).toBe(true);
    await machine.settle(MINUTE_MS);
    expect(scrubs()).toEqual(['zpool scrub blue', 'zpool scrub -s blue']);
    expect([drive.facts().state, drive.isScrubbing]).toEqual(['safe', false]);
  });

  it('that is under way already is gone on with', async () => {
    machine.scans.set(7n, SCRUBBING);
    const { drive, start } = await bench();
    await start();
    await start();
    expect([scrubs(), drive.isScrubbing]).toEqual([[], true]);
  });

  it('goes on beside a backup, and the last to leave ejects the drive', async () => {
    const { drive, start } = await bench();
    await start();
    await machine.clock.runUntil(drive.enter({ keyFile: null, rootFs: 'blue/backups' }, over.signal));
    machine.scans.set(7n, SCRUBBED_LONG);
    await machine.settle(MINUTE_MS);
    expect([drive.facts().state, drive.isScrubbing]).toEqual(['busy', false]);
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(drive.facts().state).toBe('safe');
  });

  it('cannot begin without the drive, nor where zpool refuses, and leaves it as it was', async () => {
    const away = await bench(false);
    expect(await away.start().catch((thrown: unknown) => asProblemError(thrown).code)).toBe('drive-away');
    machine.answer = (argv) =>
      argv === 'zpool scrub blue'
        ? { exit: { code: 1, signal: null }, stderr: 'cannot scrub blue: out of luck' }
        : undefined;
    machine.plug(BLUE);
    await machine.settle();
    expect(await away.start().catch((thrown: unknown) => asProblemError(thrown).code)).toBe('command-failed');
    expect([away.drive.isScrubbing, away.drive.facts().state]).toEqual([false, 'safe']);
  });
});

describe('a drive that is pulled during a scrub', () => {
  it('is left alone, and the scrub is followed again when it is back', async () => {
    const { drive, start } = await bench();
    await start();
    machine.pull(BLUE);
    await machine.settle(10 * MINUTE_MS);
    expect([drive.facts().state, drive.isScrubbing]).toEqual(['pulled', true]);
    machine.suspend('blue');
    machine.plug(BLUE);
    await machine.settle(MINUTE_MS);
    expect(machine.commands.filter((argv) => argv.startsWith('zpool clear'))).toEqual(['zpool clear blue']);
    expect([drive.facts().state, drive.isScrubbing]).toEqual(['busy', true]);
    machine.scans.set(7n, SCRUBBED_LONG);
    await machine.settle(MINUTE_MS);
    expect([drive.facts().state, drive.isScrubbing]).toEqual(['safe', false]);
  });

  it('ends it where the kernel lets go of the pool', async () => {
    const { drive, start } = await bench();
    await start();
    machine.pull(BLUE);
    await machine.settle();
    machine.imported.clear();
    await machine.settle(2 * MINUTE_MS);
    expect([drive.facts().state, drive.isScrubbing]).toEqual(['away', false]);
    // Nobody is in it any more.
    machine.plug(BLUE);
    await machine.settle();
    machine.scans.set(7n, SCRUB_CANCELLED);
    await machine.clock.runUntil(drive.eject(over.signal));
    expect(drive.facts().state).toBe('safe');
  });

  it('is followed no more when the service ends', async () => {
    const { desk, start } = await bench();
    await start();
    desk.close();
    over.abort();
    const asked = machine.commands.length;
    await machine.settle(MINUTE_MS);
    expect(machine.commands.length).toBe(asked);
  });
});
