import { afterEach, describe, expect, it } from 'vitest';
import { asProblemError, ProblemError } from '../../../core/api/problem.ts';
import { DriveDesk } from '../../../core/drives/desk.ts';
import { type EnterOptions, PATIENCE_MS } from '../../../core/drives/drive.ts';
import type { CommandResult } from '../../../core/host/types.ts';
import { FakeMachine } from './machine.ts';
import { SAID } from './samples.ts';

const BLUE = { pool: 'blue', guid: 7n, vdevs: [70n] } as const;
const OTHER_BLUE = { pool: 'blue', guid: 9n, vdevs: [90n] } as const;
const PAIR = { pool: 'pair', guid: 5n, vdevs: [50n, 51n] } as const;
const TARGET = { name: 'Blue', pool: 'blue', poolGuid: 7n };
const NO_KEY = { keyFile: null, rootFs: 'blue/backups' };
const PATH = '/dev/disk/by-id/usb-7-70';

const LIST = 'zpool list -Hp -o name,guid,size,free,health,readonly blue';
const LOOK = `zpool import -d ${PATH}`;
const IMPORT = 'zpool import -N -d /dev/disk/by-id -R /run/snapferry/drives/7 -o cachefile=none 7';
const THERE = `test -b ${PATH}`;

let over = new AbortController();
afterEach(() => {
  over.abort();
  over = new AbortController();
});

async function bench(target = TARGET) {
  const machine = new FakeMachine();
  const desk = new DriveDesk(machine.ports());
  const drive = desk.drive(target);
  const states: string[] = [];
  const problems: string[] = [];
  drive.onChange(() => {
    const { state, problem } = drive.facts();
    if (states.at(-1) !== state) states.push(state);
    if (problem !== null && problems.at(-1) !== problem.code) problems.push(problem.code);
  });
  void desk.run(over.signal);
  await machine.settle();
  const enter = (options: EnterOptions = NO_KEY) => machine.clock.runUntil(drive.enter(options, over.signal));
  return { machine, desk, drive, states, problems, enter };
}

/** With the pool imported and in use. */
async function busy() {
  const all = await bench();
  all.machine.plug(BLUE);
  await all.machine.settle();
  await all.enter();
  expect(all.drive.facts().state).toBe('busy');
  all.machine.ran.length = 0;
  return all;
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (thrown: unknown) => asProblemError(thrown).code,
  );
}

describe('a drive that is plugged in', () => {
  it('is imported as it should be, worked with, and ejected', async () => {
    const { machine, drive, states, enter } = await bench();
    expect(drive.facts().state).toBe('away');
    machine.plug(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'plugged', problem: null, sizeBytes: null });
    expect(machine.commands).toEqual([]);
    await enter();
    expect(machine.commands).toEqual([LOOK, THERE, IMPORT, LIST]);
    await drive.ping({});
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(machine.commands.slice(4)).toEqual([THERE, LIST, 'zpool sync blue', THERE, 'zpool export blue']);
    expect(drive.facts()).toMatchObject({ state: 'safe', problem: null, sizeBytes: 1000, freeBytes: 400 });
    machine.pull(BLUE);
    await machine.settle();
    expect(states).toEqual([
      'away',
      'plugged',
      'connecting',
      'connected',
      'busy',
      'connected',
      'ejecting',
      'safe',
      'away',
    ]);
    await expect(drive.ping({})).rejects.toMatchObject({ code: 'drive-away' });
    expect(machine.onMissing).toEqual([]);
  });

  it('stays connected where that is wanted, and can be ejected by a person', async () => {
    const { machine, drive } = await busy();
    await machine.clock.runUntil(drive.leave(false, over.signal));
    expect([drive.facts().state, machine.commands]).toEqual(['connected', ['zpool sync blue']]);
    await machine.clock.runUntil(drive.eject(over.signal));
    expect(drive.facts().state).toBe('safe');
  });

  it('is used as it is where somebody has imported it', async () => {
    const { machine, drive, enter } = await bench();
    machine.import(BLUE);
    machine.plug(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'connected', freeBytes: 400 });
    await enter();
    expect(machine.commands).toEqual([LIST, LIST]);
  });

  it.each([
    ['drive-foreign', SAID.elsewhere, 'ONLINE'],
    ['drive-foreign', SAID.imported, 'ONLINE'],
    ['drive-incomplete', SAID.degraded, 'DEGRADED'],
    ['drive-incomplete', SAID.missing, 'UNAVAIL'],
    ['drive-read-only', SAID.readOnly, 'UNAVAIL'],
    ['drive-unsupported', SAID.unsupported, 'UNAVAIL'],
  ])('is refused without an import: %s (%#)', async (code, said, state) => {
    const { machine, drive, enter } = await bench();
    Object.assign(machine, { said, importState: state });
    machine.plug(BLUE);
    await machine.settle();
    expect(await codeOf(enter())).toBe(code);
    expect(machine.commands).toEqual([LOOK]);
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code } });
    // Nothing has changed by somebody plugging in something else.
    machine.plug({ pool: 'red', guid: 8n, vdevs: [80n] });
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code } });
    machine.pull(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'away', problem: null });
  });

  it('is refused where it is there twice, is called otherwise, or its name is taken', async () => {
    const twice = await bench();
    twice.machine.plug(BLUE, [70n, 70n]);
    await twice.machine.settle();
    expect(await codeOf(twice.enter())).toBe('drive-twice');
    const renamed = await bench({ ...TARGET, pool: 'azure' });
    renamed.machine.plug(BLUE);
    await renamed.machine.settle();
    expect(await codeOf(renamed.enter())).toBe('drive-renamed');
    const taken = await bench();
    taken.machine.plug(OTHER_BLUE);
    taken.machine.import(OTHER_BLUE);
    taken.machine.plug(BLUE);
    await taken.machine.settle();
    expect(taken.drive.facts().state).toBe('plugged');
    expect(await codeOf(taken.enter())).toBe('drive-name-taken');
    for (const { machine } of [twice, renamed, taken]) {
      expect(machine.commands.filter((argv) => argv.includes('-N'))).toEqual([]);
    }
  });

  it('is not used read-only, however it was imported, and stays told so', async () => {
    const { machine, drive, enter } = await bench();
    machine.import(BLUE).readonly = 'on';
    machine.plug(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-read-only' } });
    expect(await codeOf(enter())).toBe('drive-read-only');
    machine.plug({ pool: 'red', guid: 8n, vdevs: [80n] });
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-read-only' } });
  });

  it('away is away', async () => {
    const { machine, enter } = await bench();
    expect(await codeOf(enter())).toBe('drive-away');
    expect(machine.commands).toEqual([]);
  });
});

describe('the key of an encrypted drive', () => {
  const KEY = { keyFile: '/etc/keys/blue', rootFs: 'blue/backups' };
  const ask = (dataset: string) => `zfs get -H -o value encryptionroot,keystatus ${dataset}`;

  it('is loaded where it is missing, of the dataset above as long as there is no other', async () => {
    const { machine, enter } = await bench();
    machine.plug(BLUE);
    await machine.settle();
    machine.answer = (argv) => {
      if (argv === ask('blue/backups')) {
        return { exit: { code: 1, signal: null }, stderr: "cannot open 'blue/backups': dataset does not exist\n" };
      }
      return argv === ask('blue') ? { stdout: 'blue\nunavailable\n' } : undefined;
    };
    await enter(KEY);
    expect(machine.commands.slice(-3)).toEqual([
      ask('blue/backups'),
      ask('blue'),
      'zfs load-key -L file:///etc/keys/blue blue',
    ]);
  });

  it.each(['-\n-\n', 'blue\navailable\n'])('is left alone where it is not needed: %j', async (stdout) => {
    const { machine, enter } = await bench();
    machine.plug(BLUE);
    await machine.settle();
    machine.answer = (argv) => (argv.startsWith('zfs get') ? { stdout } : undefined);
    await enter(KEY);
    expect(machine.commands.filter((argv) => argv.includes('load-key'))).toEqual([]);
  });

  it('that is wrong leaves the drive as it was found, and says so', async () => {
    const { machine, drive, enter } = await bench();
    machine.plug(BLUE);
    await machine.settle();
    machine.answer = (argv) =>
      argv.startsWith('zfs get')
        ? { stdout: 'blue\nunavailable\n' }
        : argv.startsWith('zfs load-key')
          ? { exit: { code: 1, signal: null }, stderr: 'Key load error: Incorrect key provided' }
          : undefined;
    expect(await codeOf(enter(KEY))).toBe('command-failed');
    expect(machine.commands.at(-1)).toBe('zpool export blue');
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'command-failed' } });
    machine.answer = () => undefined;
    await enter();
    expect(drive.facts().state).toBe('busy');
  });
});

describe('the passphrase of an encrypted drive', () => {
  const LOCKED = { ...NO_KEY, needsKey: true };
  /** A pool with a key that is loaded once it was given. */
  function locked(machine: FakeMachine, passphrase: string): string[] {
    const given: string[] = [];
    let isOpen = false;
    machine.answer = (argv, stdin) => {
      if (argv.startsWith('zpool export')) isOpen = false;
      if (argv.startsWith('zfs get')) return { stdout: `blue\n${isOpen ? 'available' : 'unavailable'}\n` };
      if (argv !== 'zfs load-key -L prompt blue') return undefined;
      given.push(stdin);
      isOpen = stdin === `${passphrase}\n`;
      return isOpen
        ? {}
        : { exit: { code: 255, signal: null }, stderr: "Key load error: Incorrect key provided for 'blue'." };
    };
    return given;
  }

  it('is missed before anything is sent, and the drive can be unplugged meanwhile', async () => {
    const { machine, drive, enter } = await bench();
    machine.plug(BLUE);
    await machine.settle();
    locked(machine, 'correct horse');
    expect(await codeOf(enter(LOCKED))).toBe('drive-locked');
    expect(machine.commands.at(-1)).toBe('zpool export blue');
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-locked' } });
    // What is sent as it is on disk has keys of its own.
    await enter(NO_KEY);
    expect(drive.facts().state).toBe('busy');
  });

  it('opens it for as long as it is connected, and goes into no argument', async () => {
    const { machine, drive, enter } = await bench();
    machine.plug(BLUE);
    await machine.settle();
    const given = locked(machine, 'correct horse');
    expect(await codeOf(enter({ ...NO_KEY, passphrase: 'wrong horse' }))).toBe('passphrase-wrong');
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'passphrase-wrong' } });
    await enter({ ...NO_KEY, passphrase: 'correct horse' });
    await machine.clock.runUntil(drive.leave(false, over.signal));
    expect(drive.facts()).toMatchObject({ state: 'connected', problem: null });
    await enter(LOCKED);
    expect(given).toEqual(['wrong horse\n', 'correct horse\n']);
    expect(machine.commands.join('\n')).not.toContain('horse');
  });
});

describe('two jobs with one drive', () => {
  it('it is imported once, and ejected only when both have left', async () => {
    const { machine, drive, states, enter } = await busy();
    await enter();
    expect(machine.commands).toEqual([LIST]);
    expect(states.at(-1)).toBe('busy');
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect([drive.facts().state, machine.commands]).toEqual(['busy', [LIST]]);
    expect(await codeOf(drive.eject(over.signal))).toBe('drive-in-use');
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(drive.facts().state).toBe('safe');
  });

  it('one whose key does not fit does not disturb the other', async () => {
    const { machine, drive, enter } = await busy();
    machine.answer = (argv) =>
      argv.startsWith('zfs get') ? { exit: { code: 1, signal: null }, stderr: 'no' } : undefined;
    expect(await codeOf(enter({ keyFile: '/k', rootFs: 'blue' }))).toBe('command-failed');
    expect(drive.facts().state).toBe('busy');
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(drive.facts().state).toBe('safe');
  });

  it('the desk knows each drive once', async () => {
    const { desk, drive } = await bench();
    expect(desk.drive({ ...TARGET, name: 'Bleu' })).toBe(drive);
    expect(desk.drive({ ...TARGET, poolGuid: 8n })).not.toBe(drive);
  });

  it('it may be called otherwise, and its pool as soon as that is not imported any more', async () => {
    const { machine, desk, drive } = await busy();
    desk.drive({ ...TARGET, name: 'Bleu', pool: 'azure' });
    expect(drive.target).toEqual({ ...TARGET, name: 'Bleu' });
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(machine.commands.at(-1)).toBe('zpool export blue');
    expect(drive.target).toEqual({ ...TARGET, name: 'Bleu', pool: 'azure' });
  });
});

describe('a drive that cannot be ejected', () => {
  const BUSY = { exit: { code: 1, signal: null }, stderr: "cannot export 'blue': pool is busy\n" };
  const exportsOf = (commands: readonly string[]) => commands.filter((argv) => argv === 'zpool export blue').length;

  it('because somebody asks for its status at that moment is so a moment later', async () => {
    const { machine, drive, problems } = await busy();
    machine.answer = (argv) => (argv === 'zpool export blue' && exportsOf(machine.commands) <= 3 ? BUSY : undefined);
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(drive.facts()).toMatchObject({ state: 'safe', problem: null });
    expect(exportsOf(machine.commands)).toBe(4);
    expect(problems).toEqual([]);
  });

  it('is pulled while it waits for that, and nothing is begun on it any more', async () => {
    const { machine, drive } = await busy();
    machine.answer = (argv) => {
      if (argv !== 'zpool export blue') return undefined;
      machine.pull(BLUE);
      return BUSY;
    };
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(exportsOf(machine.commands)).toBe(1);
    expect(drive.facts().state).toBe('pulled');
  });

  it('and was exported by somebody else meanwhile, is safe', async () => {
    const { machine, drive } = await busy();
    machine.answer = (argv) => {
      if (argv !== 'zpool export blue') return undefined;
      machine.imported.delete('blue');
      return BUSY;
    };
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(exportsOf(machine.commands)).toBe(1);
    expect(drive.facts()).toMatchObject({ state: 'safe', problem: null });
  });

  it('is in use and stays connected', async () => {
    const { machine, drive } = await busy();
    machine.answer = (argv) =>
      argv === 'zpool export blue'
        ? { exit: { code: 1, signal: null }, stderr: "cannot export 'blue': pool is busy\n" }
        : undefined;
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(drive.facts()).toMatchObject({ state: 'connected', problem: { code: 'drive-in-use' } });
    machine.answer = () => undefined;
    await machine.clock.runUntil(drive.eject(over.signal));
    expect(drive.facts()).toMatchObject({ state: 'safe', problem: null });
  });

  it('is neither cleared nor exported where its pool is suspended', async () => {
    const { machine, drive, problems } = await busy();
    machine.suspend('blue');
    await machine.clock.runUntil(drive.leave(true, over.signal));
    await machine.settle();
    expect(machine.commands.filter((argv) => argv.includes('clear') || argv.includes('export'))).toEqual([]);
    expect(problems).toEqual(['drive-suspended']);
  });

  it.each(['UNAVAIL', 'FAULTED'])('is neither synced nor exported while the kernel calls it %s', async (state) => {
    const { machine, drive } = await busy();
    const pool = machine.imported.get('blue');
    if (pool !== undefined) pool.state = state;
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(machine.commands).toEqual([THERE]);
    expect(drive.facts()).toMatchObject({
      state: 'connected',
      problem: { code: 'drive-incomplete' },
    });
  });

  it('because another pool of its name is imported is not exported in its place', async () => {
    const { machine, drive } = await bench();
    machine.plug(OTHER_BLUE);
    machine.import(OTHER_BLUE);
    machine.plug(BLUE);
    await machine.settle();
    await machine.clock.runUntil(drive.eject(over.signal));
    expect(machine.commands.filter((argv) => argv.includes('export') || argv.includes('sync'))).toEqual([]);
    expect(machine.imported.get('blue')?.drive).toBe(OTHER_BLUE);
    expect(drive.facts().state).toBe('safe');
  });

  it('because it is not imported is safe as it is', async () => {
    const { machine, drive } = await bench();
    expect(await codeOf(machine.clock.runUntil(drive.eject(over.signal)))).toBe('drive-away');
    machine.plug(BLUE);
    await machine.settle();
    await machine.clock.runUntil(drive.eject(over.signal));
    expect([drive.facts().state, machine.commands]).toEqual(['safe', [THERE]]);
  });

  it('is not exported when its disk has gone unseen', async () => {
    const { machine, drive } = await busy();
    machine.pull(BLUE, BLUE.vdevs, false);
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(machine.commands).toEqual([THERE]);
    expect(drive.facts().state).not.toBe('safe');
  });
});

describe('a drive that is pulled', () => {
  it('is lost at once, and from then on nothing is started on its pool', async () => {
    const { machine, drive, problems } = await busy();
    machine.pull(BLUE);
    await machine.settle(0);
    expect(drive.facts()).toMatchObject({ state: 'pulled', problem: { code: 'drive-pulled' } });
    expect(problems).toEqual(['drive-pulled']);
    const ways: Promise<unknown>[] = [
      drive.ping({}),
      drive.zfs.listVersions(['blue'], { recursive: true, details: false }, {}),
      drive.zfs.listDatasets(['blue'], { recursive: true, properties: [] }, {}),
      drive.eject(over.signal),
      drive.enter(NO_KEY, over.signal),
    ];
    const given = await Promise.all(ways.map((way) => codeOf(machine.clock.runUntil(way))));
    for (const code of given) expect(['drive-pulled', 'drive-in-use']).toContain(code);
    await machine.clock.runUntil(drive.leave(true, over.signal));
    await machine.settle(PATIENCE_MS * 3);
    expect(machine.commands).toEqual([]);
    expect(drive.facts().state).toBe('pulled');
  });

  it('and comes back is brought back by one clear, and work goes on', async () => {
    const { machine, drive, states } = await busy();
    machine.pull(BLUE);
    await machine.settle(60_000);
    machine.suspend('blue');
    machine.plug(BLUE);
    machine.namesAfter = 3;
    await machine.settle(10_000);
    expect(machine.commands.filter((argv) => argv !== THERE)).toEqual(['zpool clear blue']);
    expect(machine.commands.indexOf('zpool clear blue')).toBe(machine.commands.length - 1);
    expect(states.slice(-3)).toEqual(['pulled', 'returning', 'busy']);
    expect(machine.onMissing).toEqual([]);
    await drive.ping({});
    await machine.clock.runUntil(drive.leave(true, over.signal));
    expect(drive.facts().state).toBe('safe');
  });

  it('and comes back under another name is waited for, and told as pulled all the time', async () => {
    const { machine, states } = await busy();
    machine.pull(BLUE);
    await machine.settle();
    machine.namesAfter = Number.POSITIVE_INFINITY;
    machine.plug(BLUE);
    await machine.settle(300_000);
    expect(states.at(-1)).toBe('pulled');
    expect(states).not.toContain('returning');
    expect(machine.commands.filter((argv) => argv !== THERE)).toEqual([]);
    machine.suspend('blue');
    machine.namesAfter = 0;
    await machine.settle(60_000);
    expect(states.slice(-2)).toEqual(['returning', 'busy']);
  });

  it('while nobody works on it is opened anew: ZFS has noticed nothing', async () => {
    const { machine, drive } = await busy();
    await machine.clock.runUntil(drive.leave(false, over.signal));
    machine.pull(BLUE);
    await machine.settle();
    expect(drive.facts().state).toBe('pulled');
    machine.plug(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'connected', problem: null });
    expect(machine.commands).toEqual(['zpool sync blue', THERE, THERE, 'zpool reopen blue']);
  });

  it('with writes under way is not given a command before ZFS has noticed', async () => {
    const { machine, drive } = await busy();
    // A write that hangs: the machine has lost the disk below it.
    machine.answer = (argv) => (argv.includes('zfs destroy') ? new Promise(() => {}) : undefined);
    machine.atRest = false;
    const write = drive.zfs.destroyBookmark('blue/copies', 'old', {}).catch(() => undefined);
    await machine.settle(1_000);
    machine.pull(BLUE);
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle(20_000);
    expect(drive.facts().state).toBe('returning');
    expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual([]);
    machine.suspend('blue');
    await machine.settle(10_000);
    expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual(['zpool clear blue']);
    expect(drive.facts()).toMatchObject({ state: 'busy', problem: null });
    void write;
  });

  it('is opened anew where what has not ended writes nothing: the kernel says so', async () => {
    const { machine, drive } = await busy();
    machine.answer = (argv) => (argv.includes('zfs destroy') ? new Promise(() => {}) : undefined);
    void drive.zfs.destroyBookmark('blue/copies', 'old', {}).catch(() => undefined);
    await machine.settle(1_000);
    machine.pull(BLUE);
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle(10_000);
    // What is in memory alone may not be told of yet.
    expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual([]);
    await machine.settle(20_000);
    expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual(['zpool reopen blue']);
    expect(drive.facts()).toMatchObject({ state: 'busy', problem: null });
  });

  it('with writes that never end needs a restart, and is not given a command at all', async () => {
    const { machine, drive } = await busy();
    machine.answer = (argv) => (argv.includes('zfs destroy') ? new Promise(() => {}) : undefined);
    machine.atRest = false;
    void drive.zfs.destroyBookmark('blue/copies', 'old', {}).catch(() => undefined);
    await machine.settle(1_000);
    machine.pull(BLUE);
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle(90_000);
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-restart-needed' } });
    expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual([]);
  });

  it('and is held by the kernel for good asks for a restart, once, and is not cleared again', async () => {
    const { machine, drive, problems } = await busy();
    machine.suspend('blue');
    machine.answer = (argv) => {
      if (!argv.startsWith('zpool clear')) return undefined;
      throw asProblemError(new Error('deadline'));
    };
    machine.pull(BLUE);
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle();
    machine.plug({ pool: 'red', guid: 8n, vdevs: [80n] });
    await machine.settle();
    machine.pull(BLUE);
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle(200_000);
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-restart-needed' } });
    expect(problems).toEqual(['drive-pulled', 'drive-restart-needed']);
    expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual(['zpool clear blue']);
    expect(await codeOf(machine.clock.runUntil(drive.enter(NO_KEY, over.signal)))).toBe('drive-restart-needed');
    // Somebody made the kernel let go.
    machine.imported.delete('blue');
    machine.answer = () => undefined;
    await machine.settle(60_000);
    expect(drive.facts()).toMatchObject({ state: 'plugged', problem: null });
  });

  it('is cleared once more where the first time was lost with what starts commands', async () => {
    const { machine, drive } = await busy();
    machine.suspend('blue');
    let lost = 1;
    machine.answer = (argv) => {
      if (!argv.startsWith('zpool clear') || lost === 0) return undefined;
      lost -= 1;
      throw new ProblemError('spawner-lost', { host: 'this machine' });
    };
    machine.pull(BLUE);
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle(10_000);
    expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual([
      'zpool clear blue',
      'zpool clear blue',
    ]);
    expect(drive.facts()).toMatchObject({ state: 'busy', problem: null });
  });

  it('and whose pool still does not answer after the clear needs a restart, too', async () => {
    const { machine, drive } = await busy();
    machine.pull(BLUE);
    await machine.settle();
    const pool = machine.imported.get('blue');
    if (pool !== undefined) pool.state = 'SUSPENDED';
    machine.answer = (argv) => (argv.startsWith('zpool clear') ? {} : undefined);
    machine.plug(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-restart-needed' } });
  });

  it('and whose pool the kernel has let go of begins anew', async () => {
    const { machine, drive } = await busy();
    machine.pull(BLUE);
    await machine.settle();
    machine.imported.delete('blue');
    await machine.settle(60_000);
    expect(drive.facts()).toMatchObject({ state: 'away', problem: null });
    machine.plug(BLUE);
    await machine.settle();
    expect([drive.facts().state, machine.commands]).toEqual(['plugged', []]);
  });

  it('in the middle of the sync is not exported, and no other drive waits for it', async () => {
    const { machine, drive, desk } = await busy();
    const red = desk.drive({ name: 'Red', pool: 'red', poolGuid: 8n });
    machine.plug({ pool: 'red', guid: 8n, vdevs: [80n] });
    await machine.settle();
    machine.answer = (argv) => {
      if (argv !== 'zpool sync blue') return undefined;
      machine.pull(BLUE);
      return new Promise<never>(() => undefined);
    };
    const before = machine.clock.monotonicMs();
    await machine.clock.runUntil(drive.leave(true, over.signal));
    await machine.clock.runUntil(red.enter({ keyFile: null, rootFs: 'red' }, over.signal));
    expect(machine.clock.monotonicMs() - before).toBeLessThan(60_000);
    expect([drive.facts().state, red.facts().state]).toEqual(['pulled', 'busy']);
    expect(machine.commands.filter((argv) => argv.includes('blue') && !argv.startsWith('test'))).toEqual([
      LIST,
      'zpool sync blue',
    ]);
    expect(machine.ran.some(({ killed }) => killed())).toBe(false);
  });

  describe('while it is imported', () => {
    async function pulled() {
      const all = await bench();
      const { machine, drive } = all;
      machine.plug(BLUE);
      await machine.settle();
      const hangs = Promise.withResolvers<Partial<CommandResult>>();
      machine.answer = (argv) => {
        if (argv !== IMPORT) return undefined;
        machine.import(BLUE);
        machine.pull(BLUE);
        return hangs.promise;
      };
      expect(await codeOf(machine.clock.runUntil(drive.enter(NO_KEY, over.signal)))).toBe('drive-pulled');
      expect(drive.facts().state).toBe('pulled');
      machine.answer = () => undefined;
      machine.ran.length = 0;
      machine.plug(BLUE);
      await machine.settle();
      expect(drive.facts().state).toBe('returning');
      expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual([]);
      return { ...all, hangs };
    }

    it('is lost, nobody waits for the import, and it is brought back once that has ended', async () => {
      const { machine, drive, hangs } = await pulled();
      hangs.resolve({});
      await machine.settle(10_000);
      expect(machine.commands).toContain('zpool reopen blue');
      expect(drive.facts().state).toBe('connected');
      expect(machine.onMissing).toEqual([]);
    });

    it('and the import hangs: no command is added to that, and what it means for all other pools is said', async () => {
      const { machine, drive } = await pulled();
      await machine.settle(90_000);
      expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-blocks-zfs' } });
      expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual([]);
    });

    it.each(['succeeds', 'fails'])(
      'before the kernel holds it, is nothing to begin anew with as long as the import may succeed, and it %s',
      async (how) => {
        const { machine, drive } = await bench();
        machine.plug(BLUE);
        await machine.settle();
        const slow = Promise.withResolvers<Partial<CommandResult>>();
        machine.answer = (argv) => {
          if (argv !== IMPORT) return undefined;
          machine.pull(BLUE);
          return slow.promise;
        };
        expect(await codeOf(machine.clock.runUntil(drive.enter(NO_KEY, over.signal)))).toBe('drive-pulled');
        await machine.settle();
        expect(drive.facts().state).toBe('pulled');
        machine.answer = () => undefined;
        machine.ran.length = 0;
        machine.plug(BLUE);
        await machine.settle(10_000);
        expect(drive.facts().state).toBe('returning');
        expect(machine.commands.filter((argv) => argv.startsWith('zpool'))).toEqual([]);
        if (how === 'succeeds') machine.import(BLUE);
        slow.resolve(
          how === 'succeeds' ? {} : { exit: { code: 1, signal: null }, stderr: 'cannot import: no such pool' },
        );
        await machine.settle(10_000);
        expect(drive.facts()).toMatchObject({ state: how === 'succeeds' ? 'connected' : 'plugged', problem: null });
        expect(machine.commands.includes('zpool reopen blue')).toBe(how === 'succeeds');
      },
    );

    it('and the kernel lets go of it with the import still hanging: pulled while idle later on, it comes back as any other', async () => {
      const { machine, drive, enter } = await pulled();
      machine.imported.delete('blue');
      await machine.settle(60_000);
      expect(drive.facts()).toMatchObject({ state: 'plugged', problem: null });
      await enter();
      await machine.clock.runUntil(drive.leave(false, over.signal));
      machine.pull(BLUE);
      await machine.settle();
      machine.ran.length = 0;
      machine.plug(BLUE);
      await machine.settle();
      expect(drive.facts()).toMatchObject({ state: 'connected', problem: null });
      expect(machine.commands).toEqual([THERE, THERE, 'zpool reopen blue']);
    });
  });

  it('right after the export has lost nothing', async () => {
    const { machine, drive } = await busy();
    machine.answer = (argv) => {
      if (argv !== 'zpool export blue') return undefined;
      machine.imported.delete('blue');
      machine.pull(BLUE);
      return {};
    };
    await machine.clock.runUntil(drive.leave(true, over.signal));
    await machine.settle(60_000);
    expect(drive.facts()).toMatchObject({ state: 'away', problem: null });
  });

  it.each([
    ['and plugged in again while nobody heard it is brought back all the same', false],
    ['while a copy of it is there is lost', true],
  ])('%s', async (_, isCopied) => {
    const { machine, drive, problems } = await busy();
    const copy = { ...BLUE };
    if (isCopied) machine.plug(copy);
    await machine.settle();
    machine.pull(BLUE, BLUE.vdevs, false);
    if (!isCopied) machine.plug(BLUE);
    await machine.settle(61_000);
    expect(problems).toEqual(['drive-pulled']);
    expect([drive.isLost, machine.commands.some((argv) => argv.startsWith('zpool clear'))]).toEqual([isCopied, false]);
  });

  it('of which only a part was pulled counts as pulled, until all of it is back', async () => {
    const { machine, drive, enter } = await bench({ name: 'Pair', pool: 'pair', poolGuid: 5n });
    machine.plug(PAIR);
    await machine.settle();
    await enter({ keyFile: null, rootFs: 'pair' });
    machine.ran.length = 0;
    machine.pull(PAIR, [51n]);
    await machine.settle(60_000);
    expect([drive.facts().state, machine.commands]).toEqual(['pulled', []]);
    machine.pull(PAIR, [50n]);
    machine.plug(PAIR, [50n]);
    await machine.settle();
    expect([drive.facts().state, machine.commands]).toEqual(['pulled', []]);
    machine.plug(PAIR, [51n]);
    await machine.settle();
    expect(drive.facts().state).toBe('busy');
    expect(machine.onMissing).toEqual([]);
  });
});

describe('a drive whose pool is suspended although nobody has seen it go', () => {
  it('is not cleared, and told as suspended', async () => {
    const { machine, drive, problems } = await busy();
    machine.suspend('blue');
    await machine.clock.runUntil(drive.leave(false, over.signal));
    machine.ran.length = 0;
    expect(await codeOf(machine.clock.runUntil(drive.enter(NO_KEY, over.signal)))).not.toBe('none');
    await machine.settle();
    expect(machine.commands.filter((argv) => argv.includes('clear') || argv.includes('export'))).toEqual([]);
    expect(problems).toEqual(['drive-suspended']);
  });
});

describe('drives whose pools have the same name', () => {
  async function pair() {
    const all = await busy();
    const other = all.desk.drive({ name: 'Other', pool: 'blue', poolGuid: 9n });
    await all.machine.settle();
    return { ...all, other };
  }

  it('the one that is plugged in instead is not taken for the one that was pulled', async () => {
    const { machine, drive, other } = await pair();
    machine.pull(BLUE);
    await machine.settle();
    machine.plug(OTHER_BLUE);
    await machine.settle(120_000);
    expect([drive.facts().state, other.facts().state]).toEqual(['pulled', 'plugged']);
    // Whoever bears the name has lost its disk: nothing may be asked of it.
    expect(await codeOf(machine.clock.runUntil(other.enter(NO_KEY, over.signal)))).toBe('drive-name-taken');
    expect(machine.commands).toEqual([]);
    machine.pull(OTHER_BLUE);
    await machine.settle();
    expect(other.facts().state).toBe('away');
  });

  it('one that is away stays away while the other is pulled', async () => {
    const { machine, drive, other } = await pair();
    machine.plug(OTHER_BLUE);
    await machine.settle();
    machine.pull(OTHER_BLUE);
    await machine.settle();
    machine.pull(BLUE);
    await machine.settle(60_000);
    expect([drive.facts().state, other.facts().state]).toEqual(['pulled', 'away']);
  });
});

describe('a service that starts', () => {
  it('finds a pool without its disk, and brings it back when that comes', async () => {
    const machine = new FakeMachine();
    machine.import(BLUE).state = 'SUSPENDED';
    const desk = new DriveDesk(machine.ports());
    const drive = desk.drive(TARGET);
    void desk.run(over.signal);
    await machine.settle();
    expect(drive.facts().state).toBe('pulled');
    machine.plug(BLUE);
    await machine.settle();
    expect([drive.facts().state, machine.commands]).toEqual(['connected', [THERE, THERE, 'zpool clear blue']]);
  });

  it('does not clear a pool of which only the name is known to be that of two drives', async () => {
    const machine = new FakeMachine();
    machine.import(OTHER_BLUE).state = 'SUSPENDED';
    const desk = new DriveDesk(machine.ports());
    const drive = desk.drive(TARGET);
    desk.drive({ name: 'Other', pool: 'blue', poolGuid: 9n });
    void desk.run(over.signal);
    await machine.settle();
    machine.plug(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-restart-needed' } });
    expect(machine.commands).toEqual([]);
  });

  it.each([
    ['clears a pool that it finds suspended, with its drive there', true],
    ['says once that a restart is needed where that does not help', false],
  ])('%s', async (_, helps) => {
    const machine = new FakeMachine();
    machine.plug(BLUE);
    machine.import(BLUE);
    machine.suspend('blue');
    machine.answer = (argv) =>
      helps || !argv.includes('clear') ? undefined : { exit: { code: 1, signal: null }, stderr: 'I/O error' };
    const desk = new DriveDesk(machine.ports());
    const drive = desk.drive(TARGET);
    const problems: string[] = [];
    drive.onChange(() => {
      const code = drive.facts().problem?.code ?? 'none';
      if (problems.at(-1) !== code) problems.push(code);
    });
    void desk.run(over.signal);
    await machine.settle();
    expect(machine.commands).toEqual([THERE, THERE, 'zpool clear blue']);
    if (helps) {
      expect(drive.facts()).toMatchObject({ state: 'connected', problem: null });
      return;
    }
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem: { code: 'drive-restart-needed' } });
    expect(await codeOf(machine.clock.runUntil(drive.enter(NO_KEY, over.signal)))).toBe('drive-restart-needed');
    machine.plug({ pool: 'red', guid: 8n, vdevs: [80n] });
    await machine.settle();
    expect(problems).toEqual(['drive-pulled', 'drive-restart-needed']);
    expect(machine.commands).toEqual([THERE, THERE, 'zpool clear blue']);
    // Somebody has cleared it.
    machine.import(BLUE);
    await machine.settle(60_000);
    expect(drive.facts()).toMatchObject({ state: 'connected', problem: null });
  });

  it('whose drives are closed follows none any more', async () => {
    const { machine, desk, drive, states } = await bench();
    desk.close();
    machine.plug(BLUE);
    await machine.settle();
    expect(states).toEqual(['away']);
    expect(drive.facts().state).toBe('away');
  });
});

describe('a drive that is plugged in and fails', () => {
  it('is told apart from one that was pulled: what runs is left behind, and nothing more is started', async () => {
    const { machine, drive, problems } = await busy();
    const never = Promise.withResolvers<never>();
    machine.answer = (argv) => {
      if (argv.startsWith('zpool status'))
        return { stdout: ' state: SUSPENDED\n\tblue  ONLINE  0  0  0\n\t  usb-7  ONLINE  3  103  0\n' };
      return argv.includes('zfs destroy') ? never.promise : undefined;
    };
    const work = codeOf(drive.zfs.destroyBookmark('blue/copies', 'old', {}));
    machine.suspend('blue');
    await machine.settle(20_000);
    const problem = { code: 'drive-suspended', detail: 'zpool status: READ 3, WRITE 103, CKSUM 0' };
    expect(drive.facts()).toMatchObject({ state: 'unusable', problem });
    expect(await work).toBe('drive-suspended');
    const before = machine.commands.length;
    expect(await codeOf(drive.ping({}))).toBe('drive-suspended');
    await machine.clock.runUntil(drive.leave(true, over.signal));
    await machine.settle(120_000);
    expect(machine.commands.slice(before)).toEqual([]);
    expect(problems).toEqual(['drive-suspended']);
  });

  it('goes on once a person has cleared it', async () => {
    const { machine, drive } = await busy();
    machine.suspend('blue');
    await machine.settle(20_000);
    const pool = machine.imported.get('blue');
    if (pool !== undefined) pool.state = 'ONLINE';
    await machine.settle(60_000);
    expect(drive.facts()).toMatchObject({ state: 'busy', problem: null });
    await drive.ping({});
  });

  it('is brought back when it is unplugged and plugged in again', async () => {
    const { machine, drive } = await busy();
    machine.suspend('blue');
    await machine.settle(20_000);
    machine.pull(BLUE);
    await machine.settle();
    expect(drive.facts()).toMatchObject({ state: 'pulled', problem: { code: 'drive-pulled' } });
    machine.plug(BLUE);
    await machine.settle();
    expect(machine.commands).toContain('zpool clear blue');
    expect(drive.facts()).toMatchObject({ state: 'busy', problem: null });
    expect(machine.onMissing).toEqual([]);
  });

  it('is not taken for suspended by a single look', async () => {
    const { machine, drive } = await busy();
    machine.suspend('blue');
    await machine.settle(4_000);
    const pool = machine.imported.get('blue');
    if (pool !== undefined) pool.state = 'ONLINE';
    await machine.settle(60_000);
    expect(drive.facts()).toMatchObject({ state: 'busy', problem: null });
  });
});
