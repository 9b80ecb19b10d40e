import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../core/config/edit.ts';
import { effectsOf } from '../../../core/config/effects.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { protectedChanges } from '../../../core/config/protect.ts';
import type { PushJob } from '../../../core/config/types.ts';
import { driveJobId } from '../../../core/zfs/marks.ts';

const textOf = (connect: string) => `# by hand
jobs:
  - type: push
    name: photos
    connect:
${connect}    filesystems: {"tank/home<": true} # all of it
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}
`;
const ONE = textOf(`      type: drive
      # the one in the drawer
      pool: blue # since May
      client_identity: desk # this machine
      pool_guid: "5"
      on_plug: start
      # below this
      root_fs: blue/backups
      key_file: /root/blue.key # a copy is at the bank
      stale_after: 14d
`);
const COMMENTS = [
  'by hand',
  'the one in the drawer',
  'since May',
  'this machine',
  'below this',
  'at the bank',
  'all of it',
];
const RED = { title: 'Red', pool: 'red', poolGuid: '7', rootFs: 'red/backups', keyFile: null };
const add = (text: string, drive: Partial<typeof RED> = {}) =>
  applyEdits(text, [{ op: 'add-drive', job: 'photos', drive: { ...RED, ...drive } }]);

function parsed(text: string) {
  const { config, problems } = parseConfig(text, { fileName: 'f' });
  expect(problems).toEqual([]);
  if (config === null) throw new Error('no configuration');
  return config;
}
function jobIn(text: string): PushJob {
  const job = parsed(text).jobs[0];
  if (job?.type !== 'push') throw new Error('no push');
  return job;
}
function drivesIn(text: string) {
  const { connect } = jobIn(text);
  if (connect.type !== 'drive') throw new Error('no drives');
  return connect;
}

describe('another drive for a job with one', () => {
  it('makes a set of it, and loses nothing that was written', () => {
    const after = add(ONE);
    for (const comment of COMMENTS) expect(after).toContain(comment);
    const [before, now] = [drivesIn(ONE), drivesIn(after)];
    expect(now).toEqual({ ...before, drives: [...before.drives, { ...now.drives[1] }] });
    expect(now.drives[1]).toEqual({ name: 'Red', pool: 'red', poolGuid: 7n, rootFs: 'red/backups', keyFile: null });
    const { connect: _, definedAt: _d, ...rest } = jobIn(ONE);
    expect(jobIn(after)).toMatchObject(rest);
  });

  it('leaves the marks of the first one what they are', () => {
    const idsOf = (text: string) => drivesIn(text).drives.map(({ poolGuid }) => driveJobId('photos', poolGuid));
    const [first] = idsOf(ONE);
    expect(idsOf(add(ONE))).toEqual([first, 'photos:0000000000000007']);
  });

  it('reads as a person would have written it', () => {
    const plain = textOf(
      '      type: drive\n      pool: blue\n      pool_guid: 5\n      root_fs: blue/backups\n      on_plug: ask\n',
    );
    expect(add(plain, { title: 'red' })).toBe(
      textOf(`      type: drive
      drives:
        - pool: blue
          pool_guid: 5
          root_fs: blue/backups
        - pool: red
          pool_guid: "7"
          root_fs: red/backups
      on_plug: ask
`).replace('"7"', '7'),
    );
    const flow = textOf('').replace(
      'connect:\n',
      'connect: {type: drive, pool: blue, pool_guid: 5, root_fs: blue/b}\n',
    );
    expect(drivesIn(add(flow)).drives.map(({ pool }) => pool)).toEqual(['blue', 'red']);
  });

  it('says nothing that only the file may say, and that copies go to a further drive', () => {
    const after = add(ONE);
    expect(protectedChanges(ONE, after)).toEqual([]);
    expect(protectedChanges(ONE, add(ONE, {}).replace('/root/blue.key', '/etc/shadow'))).toHaveLength(1);
    expect(effectsOf(parsed(ONE), parsed(after))).toEqual([{ job: 'photos', kind: 'drive-added' }]);
    const other = parsed(after.replace('on_plug: start', 'on_plug: ask'));
    expect(effectsOf(parsed(ONE), other)).toEqual([
      { job: 'photos', kind: 'changed' },
      { job: 'photos', kind: 'drive-added' },
    ]);
  });
});

describe('another drive for a set', () => {
  it('comes last, in the form of the others, which stay as they were', () => {
    const set = textOf(`      type: drive
      drives:
        # here
        - {pool: blue, pool_guid: "5", root_fs: blue/backups} # mine
`);
    const after = add(set);
    expect(after).toContain('# here');
    expect(after).toContain('- {pool: blue, pool_guid: "5", root_fs: blue/backups} # mine');
    expect(after).toContain('- {name: Red, pool: red, pool_guid: "7", root_fs: red/backups}'.replace('"7"', '7'));
    expect(
      drivesIn(add(after, { title: 'Green', pool: 'green', poolGuid: '9', rootFs: 'green/b' })).drives,
    ).toHaveLength(3);
  });
});

describe('a drive is not added', () => {
  it('where it is of the job already, whatever it is called', () => {
    expect(() => add(ONE, { poolGuid: '5' })).toThrow('edit-refused');
    expect(() => add(add(ONE))).toThrow('edit-refused');
  });

  it.each([
    [
      'an alias',
      ONE.replace('root_fs: blue/backups', 'root_fs: *place').replace('# by hand', 'x: &place blue/backups'),
    ],
    ['an anchor', ONE.replace('pool: blue', 'pool: &p blue')],
    ['a connection that others share', ONE.replace('connect:', 'connect: &c')],
  ])('where only the file can change it: %s', (_, text) => {
    expect(() => add(text)).toThrow('edit-refused');
  });

  it('to a job that backs up elsewhere, or that is not there', () => {
    const ssh = textOf('      type: local\n      listener_name: x\n      client_identity: y\n');
    expect(() => add(ssh)).toThrow('edit-refused');
    expect(() => applyEdits(ONE, [{ op: 'add-drive', job: 'x', drive: RED }])).toThrow('job-unknown');
  });
});
