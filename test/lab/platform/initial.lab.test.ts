/** First replications: which snapshots go, which parents are made on the way, and what failing does to the neighbours. */
import { describe, expect, test } from 'vitest';
import { poolOf } from '../../../core/zfs/names.ts';
import { failing, isReceive, isSend, tamperedHost } from './support/hosts.ts';
import { runJob, runToEnd, stepsOf } from './support/job.ts';
import { usePlatform, type World } from './support/platform.ts';
import { namesOf, onDisk, stateOf } from './support/state.ts';

const platform = usePlatform('initial', 'workstation');

/** A job of one exact dataset, over the OpenZFS of the guest. */
function jobOf(world: World) {
  const { zfs } = platform();
  return { sender: zfs, receiver: zfs, filesystems: { [world.source]: true }, rootFs: world.root };
}

describe('initial policy', () => {
  test('platform 21: with the policy "all" every snapshot arrives', async () => {
    const world = await platform().world('21', 'for n in 1 2 3; do zfs snapshot "$S@$n"; done');
    const run = await runToEnd({ ...jobOf(world), initial: 'all' });
    expect(stepsOf(run.dataset(world.source))).toEqual(['full @1', 'incremental @1 @2', 'incremental @2 @3']);
    const [there, here] = [await onDisk(world.guest, world.copyOf()), await onDisk(world.guest, world.source)];
    expect([...there.snapshots].map(([name, { guid }]) => [name, guid])).toEqual(
      [...here.snapshots].map(([name, { guid }]) => [name, guid]),
    );
    expect(there.snapshots.size).toBe(3);
  });

  test('platform 22: with the policy "fail" nothing arrives, and only the dataset has an error', async () => {
    const world = await platform().world('22', 'for n in 1 2 3; do zfs snapshot "$S@$n"; done');
    const { report, dataset } = await runJob({ ...jobOf(world), initial: 'fail' });
    expect(report).toMatchObject({ outcome: 'failed', attempts: [{ state: 'filesystem-error', problem: null }] });
    expect(dataset(world.source)).toMatchObject({ state: 'planning-error', problem: { code: 'initial-refused' } });
    expect([...(await stateOf(world.guest, world.root)).keys()]).toEqual([world.root]);
  });

  test('platform 23: with the policy "most recent" only the newest by createtxg arrives, whatever its name', async () => {
    const world = await platform().world('23', 'for n in 3 2 1; do zfs snapshot "$S@$n"; done');
    const run = await runToEnd(jobOf(world));
    expect(stepsOf(run.dataset(world.source))).toEqual(['full @1']);
    expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['1']);
  });
});

describe('errors', () => {
  test('platform 15: a parent whose first replication fails keeps its children waiting, and nobody else', async () => {
    const world = await platform().world(
      '15',
      'zfs create "$S/a"; zfs create "$S/a/child"; zfs create "$S/aa"; zfs snapshot -r "$S@1"',
    );
    const { host, zfsOver, zfs } = platform();
    const words = 'cannot receive new filesystem stream: permission denied';
    const receiver = zfsOver(tamperedHost(host, (argv) => (isReceive(argv) ? failing(words) : argv)));
    const below = (path: string) => `${world.source}/${path}`;
    const run = await runJob({
      sender: zfs,
      receiver,
      filesystems: { [below('a<')]: true, [below('aa')]: true },
      rootFs: world.root,
    });
    for (const name of ['a', 'aa']) {
      const dataset = run.dataset(below(name));
      expect(dataset).toMatchObject({ state: 'step-error', currentStep: 0, problem: { code: 'permission-denied' } });
      expect(dataset.problem?.detail).toContain(words);
      expect(dataset.steps).toHaveLength(1);
    }
    const child = run.dataset(below('a/child'));
    expect(child).toMatchObject({ state: 'step-error', currentStep: 0, problem: { code: 'parent-failed' } });
    expect(child.problem?.facts).toMatchObject({ parents: `[${below('a')}]` });
    expect(child.steps).toHaveLength(1);
    expect(run.report.attempts).toHaveLength(1);
    expect(run.report.attempts[0]?.problem).toBeNull();
  });

  test('platform 32: an error of the receiver ends a stream that would never end by itself', async () => {
    const world = await platform().world('32', 'zfs snapshot "$S@1"');
    const { host, zfsOver } = platform();
    const marker = `endless-${world.guest.name}`;
    const endless = zfsOver(
      tamperedHost(host, (argv) =>
        isSend(argv)
          ? ['/bin/sh', '-c', 'while :; do head -c 1048576 /dev/zero || exit 1; done', marker]
          : isReceive(argv)
            ? failing('cannot receive: permission denied')
            : argv,
      ),
    );
    const run = await runJob({ ...jobOf(world), sender: endless, receiver: endless });
    expect(run.dataset(world.source)).toMatchObject({ state: 'step-error', problem: { code: 'permission-denied' } });
    const left = await world.guest.run(['sh', '-s'], { stdin: `pgrep -f -- '${marker}' && exit 1; exit 0` });
    expect(left.code).toBe(0);
  });
});

describe('parents that are not replicated', () => {
  test('platform 27: a stand-in is made anew at every stage of a chain', async () => {
    const world = await platform().world(
      '27',
      'zfs create "$S/a"; zfs create "$S/a/b"; zfs snapshot "$S/a/b@1"; zfs create "$R/h2"; zfs create "$R/h3"',
    );
    const { zfs } = platform();
    const ends = { sender: zfs, receiver: zfs };
    const [h2, h3] = [`${world.root}/h2`, `${world.root}/h3`];
    const b = `${world.source}/a/b`;
    await runToEnd({ ...ends, filesystems: { [b]: true }, rootFs: h2 });
    const second = await runToEnd({
      ...ends,
      jobId: 'onwards',
      filesystems: { [`${h2}/${poolOf(world.root)}<`]: true },
      rootFs: h3,
    });
    expect(namesOf(await onDisk(world.guest, `${h3}/${h2}/${b}`))).toEqual(['1']);
    expect(second.dataset(`${h2}/${world.source}/a`).steps).toEqual([]);
    const flags = await world.sh(
      `zfs get -H -o value,source zrepl:placeholder "$R/h2/$S/a" "$R/h3/$R/h2/$S/a" "$R/h2/$S/a/b" "$R/h3/$R/h2/$S/a/b"`,
    );
    expect(flags.split('\n').map((line) => line.split('\t')[0])).toEqual(['on', 'on', 'on', 'on', '']);
    expect(flags.match(/local/g)).toHaveLength(2);
  });

  test('platform 28: "inherit" puts what lies below gaps under the encryption of the root', async () => {
    const world = await platform().world(
      '28',
      `zfs create "$S/gap"; zfs create "$S/gap/child"; zfs snapshot "$S/gap/child@1"
       echo 'eight words at least' > /root/phrase28
       zfs create -o encryption=on -o keyformat=passphrase -o pbkdf2iters=100000 -o keylocation=file:///root/phrase28 "$R/e"`,
    );
    const { zfs } = platform();
    const child = `${world.source}/gap/child`;
    const rootFs = `${world.root}/e`;
    await runToEnd({
      sender: zfs,
      receiver: zfs,
      filesystems: { [child]: true },
      rootFs,
      placeholderEncryption: 'inherit',
    });
    expect(namesOf(await onDisk(world.guest, `${rootFs}/${child}`))).toEqual(['1']);
    const facts = await world.sh(`zfs get -H -o value encryptionroot,encryption "$R/e/$S/gap/child"`);
    expect(facts).toBe(`${rootFs}\naes-256-gcm\n`);
  });

  test('platform 29: without gaps only the dataset of the client is made, and that needs no word on encryption', async () => {
    const world = await platform().world('29', 'zfs snapshot "$' + '{S%%/*}@29" "$S@29"');
    const { zfs, pool } = platform();
    await runToEnd({
      sender: zfs,
      receiver: zfs,
      filesystems: { [pool.name]: true, [world.source]: true },
      rootFs: world.root,
      clientIdentity: 'client one',
      placeholderEncryption: 'unspecified',
    });
    const there = await stateOf(world.guest, world.root);
    expect([...there.keys()].sort()).toEqual([
      world.root,
      `${world.root}/client one`,
      `${world.root}/client one/${pool.name}`,
      `${world.root}/client one/${world.source}`,
    ]);
    expect(namesOf(there.get(`${world.root}/client one/${world.source}`))).toEqual(['29']);
    const flag = await world.sh('zfs get -H -o value zrepl:placeholder "$R/client one"');
    expect(flag).toBe('on\n');
  });

  test('platform 30: a gap without a word on encryption fails the step, by name', async () => {
    const world = await platform().world('30', 'zfs create "$S/gap"; zfs create "$S/gap/c"; zfs snapshot "$S/gap/c@1"');
    const { zfs } = platform();
    const child = `${world.source}/gap/c`;
    const run = await runJob({
      sender: zfs,
      receiver: zfs,
      filesystems: { [child]: true },
      rootFs: world.root,
      clientIdentity: 'client',
      placeholderEncryption: 'unspecified',
    });
    const gap = `${world.root}/client/${poolOf(world.root)}`;
    const dataset = run.dataset(child);
    expect(dataset).toMatchObject({
      state: 'step-error',
      currentStep: 0,
      problem: { code: 'placeholder-encryption-unspecified', facts: { name: gap } },
    });
    expect(dataset.steps).toHaveLength(1);
    expect((await stateOf(world.guest, gap)).size).toBe(0);
  });
});

test('platform 31: properties travel, are left out or are overridden, as the receiving side says', async () => {
  const world = await platform().world(
    '31',
    `zfs create -o test:left=a -o test:plain=a -o test:forced=a "$S/a"
     zfs create -o test:left=b -o test:plain=b "$S/b"
     zfs snapshot "$S/a@1" "$S/b@1"`,
  );
  const { zfs } = platform();
  const run = await runToEnd({
    sender: zfs,
    receiver: zfs,
    filesystems: { [`${world.source}/a`]: true, [`${world.source}/b`]: true },
    rootFs: world.root,
    flags: { properties: true },
    properties: { inherit: ['test:left'], override: new Map([['test:forced', 'by us']]), protective: false },
  });
  expect(run.report.outcome).toBe('done');
  for (const name of ['a', 'b']) {
    const seen = await world.sh(`zfs get -H -o property,value,source test:left,test:plain,test:forced "$C/${name}"`);
    expect(seen.trim().split('\n')).toEqual([
      'test:left\t-\t-',
      `test:plain\t${name}\treceived`,
      'test:forced\tby us\tlocal',
    ]);
  }
});
