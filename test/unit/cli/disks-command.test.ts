import { expect, it } from 'vitest';
import type { Disk } from '../../../core/api/disk.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { DISK } from '../drives/disks/some-disk.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { NO_SURROUNDINGS } from '../helper/support/surroundings.ts';
import { CommandLine } from './support/command-line.ts';

it('says of every disk what could be made of it', async () => {
  const disks: Disk[] = [
    DISK,
    { ...DISK, device: '/dev/sdc', verdict: { kind: 'free', content: [] } },
    { ...DISK, device: '/dev/sdd', verdict: { kind: 'pool', pool: 'blue', poolGuid: '5' } },
    { ...DISK, device: '/dev/sda', model: '', serial: '', verdict: { kind: 'in-use', why: 'mounted', what: '/' } },
  ];
  const surroundings = { ...NO_SURROUNDINGS, drives: { ...NO_SURROUNDINGS.drives, disks: async () => ({ disks }) } };
  await using daemon = await RunningDaemon.start([], undefined, undefined, undefined, surroundings);
  const line = new CommandLine();
  expect(await line.run('drives', 'disks', '--socket', daemon.socketPath)).toBe(EXIT.ok);
  expect(line.io.out.split('\n')).toEqual([
    '/dev/sdb: Samsung T7 S6XN, 1 TB: a pool can be made on it, and this would be erased:',
    '  ntfs "Photos", 500 MB',
    '/dev/sdc: Samsung T7 S6XN, 1 TB: a pool can be made on it',
    '/dev/sdd: Samsung T7 S6XN, 1 TB: has the pool blue (5)',
    '/dev/sda: unnamed, 1 TB: in use: mounted (/)',
    '',
  ]);
  const json = new CommandLine();
  await json.run('drives', 'disks', '--json', '--socket', daemon.socketPath);
  expect(JSON.parse(json.io.out)).toEqual({ disks });
});

it('a machine without any says so', async () => {
  await using daemon = await RunningDaemon.start([]);
  const line = new CommandLine();
  expect(await line.run('drives', 'disks', '--socket', daemon.socketPath)).toBe(EXIT.ok);
  expect(line.io.out).toBe('No disk is to be seen.\n');
});

it('opens a drive that a job names with its passphrase, and no other', async () => {
  const asked: unknown[] = [];
  const unlock = async (params: unknown) => {
    asked.push(params);
    return { unlocked: true };
  };
  const surroundings = { ...NO_SURROUNDINGS, drives: { ...NO_SURROUNDINGS.drives, unlock } };
  const job = new FakeJob('a');
  const drive = {
    name: 'Blue',
    pool: 'blue',
    poolGuid: '5',
    destination: 'Blue',
    state: 'unusable' as const,
    sinceMs: 0,
    problem: null,
    asks: false,
    lastSuccessMs: null,
    staleAfterMs: 1,
    sizeBytes: null,
    freeBytes: null,
  };
  job.current = { ...job.current, drives: [drive] };
  await using daemon = await RunningDaemon.start([job], undefined, undefined, undefined, surroundings);
  const unlocking = async (name: string, secret: string | null) => {
    const line = new CommandLine();
    line.io.secret = secret;
    return { code: await line.run('drives', 'unlock', name, '--socket', daemon.socketPath), ...line.io };
  };
  expect(await unlocking('Blue', 'correct horse')).toMatchObject({
    code: EXIT.ok,
    out: 'Blue is unlocked for as long as it stays connected.\n',
  });
  expect(asked).toEqual([{ poolGuid: '5', passphrase: 'correct horse' }]);
  expect((await unlocking('Red', 'correct horse')).err).toContain('no job names a drive Red');
  expect((await unlocking('Blue', null)).code).toBe(EXIT.cancelled);
  expect(asked).toHaveLength(1);
});
