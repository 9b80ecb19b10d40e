import { afterEach, describe, expect, it } from 'vitest';
import { DriveWatch } from '../../../core/drives/watch.ts';
import { FakeMachine } from './machine.ts';

const BLUE = { pool: 'blue', guid: 7n, vdevs: [70n] } as const;
const RED = { pool: 'red', guid: 8n, vdevs: [80n] } as const;

let over = new AbortController();
afterEach(() => {
  over.abort();
  over = new AbortController();
});

function bench() {
  const machine = new FakeMachine();
  const watch = new DriveWatch(machine.ports());
  const seen: (readonly bigint[])[] = [];
  watch.onChange(() => seen.push((watch.members ?? []).map(({ poolGuid }) => poolGuid)));
  const start = (signal = over.signal) => watch.run(signal);
  return { machine, watch, seen, start };
}

describe('seeing drives come and go', () => {
  it('knows nothing before it has looked, and then everything that is there', async () => {
    const { machine, watch, seen, start } = bench();
    machine.plug(BLUE);
    expect(watch.members).toBeNull();
    const looked = watch.looked(over.signal);
    void start();
    await machine.clock.runUntil(looked);
    expect(seen).toEqual([[7n]]);
  });

  it('tells of what comes, and counts a loss as soon as the kernel says it', async () => {
    const { machine, watch, seen, start } = bench();
    void start();
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle();
    machine.plug(RED);
    await machine.settle();
    expect(seen).toEqual([[], [7n], [7n, 8n]]);
    machine.staleDatabase = machine.database;
    const asked = machine.ran.length;
    machine.pull(BLUE);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.at(-1)).toEqual([8n]);
    expect(machine.ran.length).toBeLessThanOrEqual(asked + 1);
    // The database still lists it: that is no return.
    await machine.settle();
    expect(seen).toHaveLength(4);
    machine.staleDatabase = null;
    machine.plug(BLUE);
    await machine.settle();
    expect(seen.at(-1)).toEqual([8n, 7n]);
    expect(watch.members).toHaveLength(2);
  });

  it('does not take a device that goes before the first look for all that there is', async () => {
    const { machine, seen, watch, start } = bench();
    machine.plug(BLUE);
    const first = Promise.withResolvers<Record<string, never>>();
    machine.answer = (argv) => (argv.includes('export-db') ? first.promise : undefined);
    void start();
    await machine.settle(0);
    machine.monitors[0]?.say('KERNEL[1.0] remove   /devices/pci/usb2/block/sdz (block)');
    await machine.settle(0);
    expect([watch.members, seen]).toEqual([null, []]);
    machine.answer = () => undefined;
    first.resolve({});
    await machine.settle();
    expect(seen).toEqual([[7n]]);
  });

  it('looks again when something happened while it looked', async () => {
    const { machine, seen, start } = bench();
    const old = machine.database;
    const answers = [Promise.withResolvers<{ stdout: string }>()];
    let asked = 0;
    machine.answer = (argv) => (argv.includes('export-db') ? answers[asked++]?.promise : undefined);
    void start();
    await machine.settle(0);
    machine.plug(BLUE);
    await machine.settle(0);
    answers[0]?.resolve({ stdout: old });
    await machine.settle();
    expect(asked).toBeGreaterThan(1);
    expect(seen).toEqual([[7n]]);
  });

  it('finds what it was not told of, within a minute', async () => {
    const { machine, seen, start } = bench();
    machine.plug(BLUE);
    void start();
    await machine.settle();
    machine.pull(BLUE, BLUE.vdevs, false);
    await machine.settle(61_000);
    expect(seen).toEqual([[7n], []]);
  });

  it('starts its program again when it dies, says so once, and sees what came back meanwhile', async () => {
    const { machine, seen, start } = bench();
    machine.plug(BLUE);
    void start();
    await machine.settle();
    machine.pull(BLUE);
    await machine.settle();
    machine.monitors[0]?.die(1);
    await machine.settle(1_000);
    // As a device of the same name that nobody has heard coming.
    machine.staleDatabase = databaseWithBlue();
    await machine.settle(20_000);
    expect(machine.monitors).toHaveLength(2);
    machine.monitors[1]?.die(1);
    await machine.settle(70_000);
    expect(machine.warned).toEqual(['command-failed drives cannot be watched, and are looked for now and then']);
    expect(seen).toEqual([[7n], [], [7n]]);
  });

  it('looks now and then where there is no program to tell of events, and tells it once', async () => {
    const { machine, seen, start } = bench();
    const startOf = machine.host.start;
    machine.host.start = () => Promise.reject(new Error('no udev'));
    machine.plug(BLUE);
    void start();
    await machine.settle(30_000);
    expect(seen).toEqual([[7n]]);
    expect(machine.warned).toHaveLength(1);
    machine.host.start = startOf;
  });

  it('serves several with one program, until the last has gone', async () => {
    const { machine, start, watch } = bench();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = start(one.signal);
    const second = start(two.signal);
    await machine.settle();
    expect(machine.monitors).toHaveLength(1);
    one.abort();
    // Whoever goes first does not wait for the others.
    await machine.clock.runUntil(first);
    await machine.settle();
    const asked = machine.ran.length;
    machine.plug(BLUE);
    await machine.settle();
    expect(machine.ran.length).toBeGreaterThan(asked);
    two.abort();
    await machine.clock.runUntil(second);
    expect(machine.ran.every(({ argv, killed }) => !argv.includes('monitor') || killed())).toBe(true);
    const end = machine.ran.length;
    await machine.settle(120_000);
    expect(machine.ran).toHaveLength(end);
    // Whoever begins anew does not believe what was seen long ago.
    void start();
    expect(watch.members).toBeNull();
    await machine.settle();
    expect(watch.members).toHaveLength(1);
    expect(machine.monitors).toHaveLength(2);
  });

  it('does not begin for whoever has gone already', async () => {
    const { machine, start } = bench();
    await start(AbortSignal.abort());
    expect(machine.ran).toEqual([]);
  });
});

function databaseWithBlue(): string {
  const machine = new FakeMachine();
  machine.plug(BLUE);
  return machine.database;
}
