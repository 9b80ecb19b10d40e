import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DriveDesk } from '../../../core/drives/desk.ts';
import { type OpenedDrives, openedInFile, thisBoot } from '../../../core/drives/opened.ts';
import { FakeMachine } from './machine.ts';
import { openedInMemory } from './opened-in-memory.ts';

const BLUE = { pool: 'blue', guid: 7n, vdevs: [70n] } as const;
const OTHER_BLUE = { pool: 'blue', guid: 9n, vdevs: [90n] } as const;
const TARGET = { name: 'Blue', pool: 'blue', poolGuid: 7n };
const NO_KEY = { keyFile: null, rootFs: 'blue/backups' };
const LIST = 'zpool list -Hp -o name,guid,size,free,health,readonly blue';
const THERE = 'test -b /dev/disk/by-id/usb-7-70';

/** A service that has left the drive connected, and has ended. */
async function served() {
  const machine = new FakeMachine();
  const opened = openedInMemory();
  machine.plug(BLUE);
  const over = new AbortController();
  const desk = new DriveDesk(machine.ports({ opened }));
  const drive = desk.drive(TARGET);
  void desk.run(over.signal);
  await machine.settle();
  await machine.clock.runUntil(drive.enter(NO_KEY, over.signal));
  await machine.clock.runUntil(drive.leave(false, over.signal));
  expect(drive.facts().state).toBe('connected');
  over.abort();
  desk.close();
  await machine.settle();
  machine.ran.length = 0;
  return { machine, opened, desk, drive };
}

let over = new AbortController();
afterEach(() => {
  over.abort();
  over = new AbortController();
});

/** The service that comes after it. */
async function next({ machine, opened }: { readonly machine: FakeMachine; readonly opened?: OpenedDrives }) {
  const desk = new DriveDesk(machine.ports(opened === undefined ? {} : { opened }));
  const drive = desk.drive(TARGET);
  void desk.run(over.signal);
  await machine.settle();
  return drive;
}

describe('a drive that was pulled and plugged in again while no service ran', () => {
  it('is not asked for anything: it is given time to notice, and is opened anew then', async () => {
    const before = await served();
    const { machine } = before;
    machine.pull(BLUE);
    machine.plug(BLUE);
    const drive = await next(before);
    expect([drive.facts().state, machine.commands]).toEqual(['returning', [THERE]]);
    expect(drive.isLost).toBe(true);
    await machine.settle(70_000);
    expect([drive.facts().state, machine.commands]).toEqual(['connected', [THERE, THERE, 'zpool reopen blue']]);
    expect(drive.isLost).toBe(false);
  });

  it('is cleared as soon as ZFS has noticed', async () => {
    const before = await served();
    const { machine } = before;
    machine.pull(BLUE);
    machine.plug(BLUE);
    const drive = await next(before);
    machine.suspend('blue');
    await machine.settle();
    expect([drive.facts().state, machine.commands]).toEqual(['connected', [THERE, THERE, 'zpool clear blue']]);
  });

  it('needs a restart where something waits to be written, and gets no command', async () => {
    const before = await served();
    const { machine } = before;
    machine.pull(BLUE);
    machine.plug(BLUE);
    machine.atRest = false;
    const drive = await next(before);
    await machine.settle(70_000);
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-restart-needed' } });
    expect(machine.commands).toEqual([THERE]);
  });

  it('needs a restart where it does not answer to that either', async () => {
    const before = await served();
    const { machine } = before;
    machine.pull(BLUE);
    machine.plug(BLUE);
    machine.answer = (argv) =>
      argv.includes('reopen') ? { exit: { code: 1, signal: null }, stderr: 'I/O error' } : undefined;
    const drive = await next(before);
    await machine.settle(70_000);
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-restart-needed' } });
    expect(machine.commands).toEqual([THERE, THERE, 'zpool reopen blue']);
  });

  it('is known so by the next one, too, where the service ends again before that', async () => {
    const before = await served();
    const { machine } = before;
    machine.pull(BLUE);
    machine.plug(BLUE);
    await next(before);
    over.abort();
    over = new AbortController();
    machine.ran.length = 0;
    expect([(await next(before)).facts().state, machine.commands]).toEqual(['returning', [THERE]]);
  });

  it('and comes back only now was pulled unseen, too', async () => {
    const before = await served();
    const { machine } = before;
    machine.pull(BLUE);
    const drive = await next(before);
    expect(drive.facts().state).toBe('pulled');
    machine.plug(BLUE);
    await machine.settle();
    expect([drive.facts().state, machine.commands]).toEqual(['returning', [THERE]]);
    await machine.settle(70_000);
    expect([drive.facts().state, machine.commands]).toEqual(['connected', [THERE, THERE, 'zpool reopen blue']]);
  });

  it('is asked as before where the service before has left no word', async () => {
    const { machine } = await served();
    machine.pull(BLUE);
    machine.plug(BLUE);
    expect([(await next({ machine })).facts().state, machine.commands]).toEqual(['connected', [LIST]]);
  });
});

describe('a drive that stayed', () => {
  it('is connected at once', async () => {
    const before = await served();
    expect([(await next(before)).facts().state, before.machine.commands]).toEqual(['connected', [LIST]]);
  });

  it('is plugged in, where somebody has exported its pool', async () => {
    const before = await served();
    const { machine } = before;
    machine.imported.delete('blue');
    machine.pull(BLUE);
    machine.plug(BLUE);
    const drive = await next(before);
    expect([drive.facts().state, machine.commands]).toEqual(['plugged', []]);
    // What it was opened by is of no use any more.
    expect(before.opened.recall(7n)).toEqual([]);
  });

  it('is forgotten with its export', async () => {
    const before = await served();
    const drive = await next(before);
    expect(before.opened.recall(7n)).toHaveLength(1);
    await before.machine.clock.runUntil(drive.eject(over.signal));
    expect(before.opened.recall(7n)).toEqual([]);
  });

  it('is not taken for lost where another drive bears the name of its pool', async () => {
    const before = await served();
    const { machine } = before;
    machine.pull(BLUE);
    machine.plug(BLUE);
    machine.plug(OTHER_BLUE);
    machine.import(OTHER_BLUE);
    expect([(await next(before)).facts().state, machine.commands]).toEqual(['plugged', [LIST]]);
  });
});

describe('the file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'snapferry-opened-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    warned.length = 0;
  });
  const warned: string[] = [];
  const openFile = (bootId: string | null, file = join(folder, 'f')) =>
    openedInFile({ file, bootId, warn: (_, message) => warned.push(message) });
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const text = fc.string({ maxLength: 100 });
  const member = fc.record({
    device: text,
    byId: fc.option(text),
    poolName: text,
    poolGuid: u64,
    vdevGuid: fc.option(u64),
    model: text,
    serial: text,
  });

  it('gives back what was remembered, for as long as the machine runs', () => {
    fc.assert(
      fc.property(u64, fc.array(member, { maxLength: 8 }), (guid, parts) => {
        openFile('one').remember(guid, parts);
        expect(openFile('one').recall(guid)).toEqual(parts);
        expect(openFile('another').recall(guid)).toEqual([]);
      }),
      { numRuns: 30 },
    );
    expect(warned).toEqual([]);
    expect(statSync(join(folder, 'f')).mode & 0o777).toBe(0o600);
  });

  it('is left alone on a machine that does not say when it was started', () => {
    const [one] = fc.sample(member, 1);
    if (one === undefined) throw new Error('no sample');
    const opened = openFile(null);
    opened.remember(7n, [one]);
    expect(opened.recall(7n)).toEqual([one]);
    expect(openFile(null).recall(7n)).toEqual([]);
  });

  it('says nothing where it is not understood, and is never reached through a link', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (content) => {
        writeFileSync(join(folder, 'f'), content);
        expect(openFile('one').recall(7n)).toEqual([]);
      }),
    );
    expect(warned).not.toEqual([]);
    const [one] = fc.sample(member, 1);
    if (one === undefined) throw new Error('no sample');
    writeFileSync(join(folder, 'other'), 'untouched');
    symlinkSync('other', join(folder, 'g.new'));
    warned.length = 0;
    openFile('one', join(folder, 'g')).remember(7n, [one]);
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('untouched');
    expect(warned).toEqual(['by which devices the pools of drives are open could not be kept']);
  });

  it('is told apart by when the machine was started', () => {
    expect(thisBoot()).toMatch(/^[0-9a-f-]{36}$/);
    expect(thisBoot()).toBe(thisBoot());
  });
});
