import { afterEach, describe, expect, it } from 'vitest';
import { asProblemError } from '../../../core/api/problem.ts';
import { DriveDesk } from '../../../core/drives/desk.ts';
import { createDriveSetup, type DrivePlace } from '../../../core/job/drive-setup.ts';
import { FakeMachine } from '../drives/machine.ts';
import { bench as zfsBench } from '../zfs/support/fake-host.ts';

const BLUE = { pool: 'blue', guid: 77n, vdevs: [1n] };
const PLACE = { pool: 'blue', poolGuid: '77', rootFs: 'blue/backups' };
const LOOK = { ...PLACE, clientIdentity: null, datasets: ['tank/a'], encryptedAs: 'raw' as const };

const over = new AbortController();
afterEach(() => expect(over.signal.aborted).toBe(false));

/** A machine with a drive plugged in, of which no job knows unless `configured` says so. */
function bench(configured: DrivePlace | null = null) {
  const machine = new FakeMachine();
  const missing = new Set(['blue/backups']);
  machine.answer = (argv) => {
    const dataset = argv.split(' ').at(-1) ?? '';
    if (/^zfs list -H -o name /.test(argv) && missing.has(dataset)) {
      return { exit: { code: 1, signal: null }, stderr: `cannot open '${dataset}': dataset does not exist\n` };
    }
    if (argv.startsWith('zfs create')) missing.delete(dataset);
    return argv.startsWith('zfs get -Hp') ? { stdout: '400\n' } : undefined;
  };
  const desk = new DriveDesk(machine.ports());
  const setup = createDriveSetup({
    desk,
    local: zfsBench().zfs,
    keysFolder: '/nowhere',
    configured: (guid) => (guid === '77' ? configured : null),
    nowMs: () => machine.clock.nowMs(),
  });
  const done = <T>(work: Promise<T>): Promise<T> => machine.clock.runUntil(work);
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    done(work).then(
      () => 'none',
      (thrown: unknown) => asProblemError(thrown).code,
    );
  return { machine, setup, done, codeOf };
}

const changes = (machine: FakeMachine): readonly string[] =>
  machine.commands.filter((argv) => /^zpool (?:import -N|export)|^zfs create/.test(argv));

describe('a drive that has a pool', () => {
  it('is imported only once somebody has agreed to it, and left exported', async () => {
    const { machine, setup, done, codeOf } = bench();
    machine.plug(BLUE);
    expect(await codeOf(setup.look(LOOK, over.signal))).toBe('drive-unapproved');
    expect(await codeOf(setup.unlock({ poolGuid: '77', passphrase: 'correct horse' }, over.signal))).toBe(
      'drive-unapproved',
    );
    expect(changes(machine)).toEqual([]);
    expect(await done(setup.prepare({ ...PLACE, passphrase: null }, over.signal))).toEqual({
      created: true,
      isEncrypted: false,
      sizeBytes: 1000,
      availableBytes: 400,
    });
    expect(changes(machine)).toEqual([
      expect.stringMatching(/^zpool import -N .* 77$/),
      'zfs create -o mountpoint=none blue/backups',
      'zpool export blue',
    ]);
    machine.ran.length = 0;
    expect(await done(setup.prepare({ ...PLACE, passphrase: null }, over.signal))).toMatchObject({ created: false });
    expect(changes(machine)).toHaveLength(2);
    expect(await codeOf(setup.look(LOOK, over.signal))).not.toBe('drive-unapproved');
  });

  it('that is not fit for it is said to be so, and nothing is made', async () => {
    const { machine, setup, codeOf } = bench();
    expect(await codeOf(setup.prepare({ ...PLACE, passphrase: null }, over.signal))).toBe('drive-away');
    machine.plug(BLUE);
    machine.said = ' status: The pool was last accessed by another system.\n';
    expect(await codeOf(setup.prepare({ ...PLACE, passphrase: null }, over.signal))).toBe('drive-foreign');
    expect(changes(machine)).toEqual([]);
  });

  it('that is configured needs nobody to agree, and goes by the name it has there', async () => {
    const { machine, setup, done } = bench({ name: 'Bleu', pool: 'blue', rootFs: 'blue/backups', keyFile: null });
    machine.plug(BLUE);
    expect(await done(setup.unlock({ poolGuid: '77', passphrase: 'correct horse' }, over.signal))).toEqual({
      unlocked: true,
    });
    // It stays open for the backup that follows.
    expect(changes(machine)).toEqual([expect.stringMatching(/^zpool import -N/)]);
    machine.pull(BLUE);
  });
});
