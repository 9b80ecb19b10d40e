import { afterEach, describe, expect, it } from 'vitest';
import type { AbstractionRow } from '../../../core/api/contract.ts';
import { abstractionRowSchema } from '../../../core/api/contract.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { listMarksOf, releaseMarksOf } from '../../../core/job/ask-marks.ts';
import type { Job } from '../../../core/job/types.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag, tentativeCursorName } from '../../../core/zfs/marks.ts';
import type { MemoryZfs } from '../doubles/memory-zfs.ts';
import { COPIES, House, KEEP_ALL, pushText, SSH } from './support.ts';

const SNAP = `
  - {type: snap, name: local, filesystems: {"tank<": true}, snapshotting: {type: manual}, pruning: {keep: [${KEEP_ALL}]}}`;

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

async function hold(zfs: MemoryZfs, tag: string, dataset: string, ...names: readonly string[]): Promise<void> {
  await zfs.hold(
    tag,
    names.map((name) => ({ dataset, name })),
  );
}

async function bookmark(dataset: string, name: string, mark: (guid: bigint, job: string) => string, job: string) {
  const guid = house.guid(dataset, name);
  await house.laptop.bookmark(dataset, { type: 'snapshot', name, guid }, mark(guid, job));
}

/** "side dataset@name tag" or "side dataset#name", with "!" for stale ones. */
function shown(rows: readonly AbstractionRow[]): readonly string[] {
  return rows
    .map((row) => abstractionRowSchema.parse(row))
    .map(({ side, host, fullName, tag, stale }) =>
      [`${side} ${host}:${fullName}`, ...(tag === null ? [] : [tag]), ...(stale ? ['!'] : [])].join(' '),
    );
}

/** A push that has run once; on both sides marks of an earlier time, and marks of others. */
async function afterOneRun(text = pushText()): Promise<Job> {
  house.snapshots('tank/data', 'a', 'b');
  const job = house.start(text);
  await house.run(job);
  house.snapshots('tank/data', 'c');
  await house.run(job);
  await bookmark('tank/data', 'a', cursorName, 'laptop');
  await hold(house.laptop, stepHoldTag('laptop'), 'tank/data', 'a');
  await hold(house.nas, lastReceivedHoldTag('laptop'), `${COPIES}/tank/data`, 'b');
  // Not ours.
  await hold(house.laptop, stepHoldTag('other'), 'tank/data', 'a');
  await hold(house.laptop, 'keep', 'tank/data', 'a');
  return job;
}

describe('marks of a push', () => {
  it('are listed on both sides, with what nothing needs any more', async () => {
    const job = await afterOneRun();
    const [a, c] = [house.guid('tank/data', 'a'), house.guid('tank/data', 'c')];
    expect(shown(await job.abstractions(house.signal))).toEqual([
      `sender this machine:tank/data#${cursorName(a, 'laptop')} !`,
      `sender this machine:tank/data#${cursorName(c, 'laptop')}`,
      'sender this machine:tank/data@a zrepl_STEP_J_laptop !',
      `receiver nas:${COPIES}/tank/data@b zrepl_last_received_J_laptop !`,
      `receiver nas:${COPIES}/tank/data@c zrepl_last_received_J_laptop`,
    ]);
  });

  it('are released when stale; a dry run only says which', async () => {
    const job = await afterOneRun();
    const effects = house.world.effects.length;
    const dry = await job.releaseAbstractions('stale', true, house.signal);
    expect(dry.map(({ outcome }) => outcome)).toEqual(['would-release', 'would-release', 'would-release']);
    expect(house.world.effects).toHaveLength(effects);
    const done = await job.releaseAbstractions('stale', false, house.signal);
    expect(done.map(({ row }) => row)).toEqual(dry.map(({ row }) => row));
    expect(done.every(({ outcome, problem }) => outcome === 'released' && problem === null)).toBe(true);
    expect(house.laptop.holdsOn('tank/data')).toEqual(['a keep', 'a zrepl_STEP_J_other']);
    expect(house.laptop.bookmarkNames('tank/data')).toHaveLength(1);
    expect(house.nas.holdsOn(`${COPIES}/tank/data`)).toEqual(['c zrepl_last_received_J_laptop']);
  });

  it('are all released on demand, but never while a run needs them', async () => {
    const job = await afterOneRun();
    house.snapshots('tank/data', 'd');
    const refused = Promise.withResolvers<unknown>();
    house.nas.before = ({ method }) => {
      if (method === 'receive') job.releaseAbstractions('all', false, house.signal).catch(refused.resolve);
    };
    await house.run(job);
    expect(await refused.promise).toMatchObject({ code: 'not-applicable' });
    house.nas.before = () => {};
    await job.releaseAbstractions('all', false, house.signal);
    expect(shown(await job.abstractions(house.signal))).toEqual([]);
    expect(house.laptop.holdsOn('tank/data')).toEqual(['a keep', 'a zrepl_STEP_J_other']);
  });

  it('that cannot be released are told, and do not keep the others', async () => {
    const job = await afterOneRun();
    house.laptop.before = ({ method }) => {
      if (method === 'release') throw new ProblemError('permission-denied', { host: 'this machine' });
    };
    const outcomes = await job.releaseAbstractions('stale', false, house.signal);
    expect(outcomes.map(({ outcome, problem }) => [outcome, problem?.code])).toEqual([
      ['released', undefined],
      ['failed', 'permission-denied'],
      ['released', undefined],
    ]);
  });

  it('are not half a list when a side is away', async () => {
    const job = await afterOneRun();
    house.disconnect();
    await expect(job.abstractions(house.signal)).rejects.toMatchObject({ code: 'host-unreachable' });
    await expect(job.releaseAbstractions('all', false, house.signal)).rejects.toMatchObject({
      code: 'host-unreachable',
    });
    expect(house.laptop.bookmarkNames('tank/data')).toHaveLength(2);
  });

  it('are found on datasets that the job has left, too', async () => {
    house.snapshots('tank/data', 'a');
    house.snapshots('tank/left', 'a');
    await hold(house.laptop, stepHoldTag('laptop'), 'tank/left', 'a');
    const job = house.start(pushText());
    await house.run(job);
    const rows = await job.abstractions(house.signal);
    expect(shown(rows)).toContain('sender this machine:tank/left@a zrepl_STEP_J_laptop');
  });

  it('of another machine below the same root are not ours, although its job has the same name', async () => {
    house.nas.addDataset('backup/root/desktop');
    house.nas.addSnapshot('backup/root/desktop', 'x');
    await hold(house.nas, lastReceivedHoldTag('laptop'), 'backup/root/desktop', 'x');
    const job = await afterOneRun();
    await job.releaseAbstractions('all', false, house.signal);
    expect(house.nas.holdsOn('backup/root/desktop')).toEqual(['x zrepl_last_received_J_laptop']);
    // Nor what another machine's push put here.
    house.snapshots('tank/incoming', 'y');
    await hold(house.laptop, lastReceivedHoldTag('laptop'), 'tank/incoming', 'y');
    expect(shown(await job.abstractions(house.signal))).toEqual([]);
  });

  it('are none yet where nothing was received, but a root that is gone is an error', async () => {
    house.snapshots('tank/data', 'a');
    const [job] = house.jobs(pushText()).values();
    expect(await job?.abstractions(house.signal)).toEqual([]);
    house.nas.datasets.delete('backup/root');
    await expect(job?.abstractions(house.signal)).rejects.toMatchObject({ code: 'not-found' });
    const [bare] = house.jobs(pushText({ connect: SSH.replace(', client_identity: laptop', '') })).values();
    await expect(bare?.abstractions(house.signal)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a pool that is missing do not hide the others', async () => {
    house.snapshots('tank/data', 'a');
    await hold(house.laptop, stepHoldTag('laptop'), 'tank/data', 'a');
    const [job] = house.jobs(pushText({ filesystems: '{"tank/data": true, "usb<": true}' })).values();
    expect(shown((await job?.abstractions(house.signal)) ?? [])).toHaveLength(1);
  });

  it('that name no job are shown, and released by nobody', async () => {
    const job = await afterOneRun();
    await bookmark('tank/data', 'a', () => 'zrepl_replication_cursor', '');
    const legacy = (await job.abstractions(house.signal)).filter(({ job: name }) => name === null);
    expect(shown(legacy)).toEqual(['sender this machine:tank/data#zrepl_replication_cursor']);
    await job.releaseAbstractions('all', false, house.signal);
    expect(house.laptop.bookmarkNames('tank/data')).toEqual(['zrepl_replication_cursor']);
  });
});

describe('marks of a job that is not configured any more', () => {
  const askable = (jobs: ReadonlyMap<string, Job>, refused: readonly string[] = []) => ({
    names: [...jobs.keys(), ...refused],
    job: (name: string): Job => {
      const found = jobs.get(name);
      if (refused.includes(name)) throw new ProblemError('config-not-runnable', { job: name, reason: 'x' });
      if (found === undefined) throw new ProblemError('job-unknown', { job: name });
      return found;
    },
  });

  async function forgotten(): Promise<void> {
    house.snapshots('tank/data', 'a', 'b');
    house.snapshots('tank/else', 'a');
    await hold(house.laptop, stepHoldTag('gone'), 'tank/data', 'a', 'b');
    await bookmark('tank/else', 'a', tentativeCursorName, 'gone');
    for (const name of ['backup/root/laptop', 'backup/root/desktop']) {
      house.nas.addDataset(name);
      house.nas.addSnapshot(name, 'r');
      await hold(house.nas, lastReceivedHoldTag('gone'), name, 'r');
    }
  }
  const both =
    pushText() +
    pushText({
      name: 'second',
      filesystems: '{"tank/else": true}',
      connect: SSH.replace('backup/root', 'backup/second'),
    });

  it('are found here and where the copies of other jobs lie, each once', async () => {
    await forgotten();
    house.nas.addDataset('backup/second');
    const jobs = askable(house.jobs(both + SNAP));
    const { rows, problems } = await listMarksOf(jobs, 'gone', house.signal);
    expect(problems).toEqual([]);
    expect(shown(rows)).toEqual([
      `sender this machine:tank/else#${tentativeCursorName(house.guid('tank/else', 'a'), 'gone')}`,
      'sender this machine:tank/data@a zrepl_STEP_J_gone !',
      'sender this machine:tank/data@b zrepl_STEP_J_gone',
      'receiver nas:backup/root/laptop@r zrepl_last_received_J_gone',
    ]);
    const dry = await releaseMarksOf(jobs, 'gone', 'all', true, house.signal);
    expect(dry.releases.map(({ row }) => row)).toEqual(rows);
  });

  it('are released on demand, and then nobody knows that job', async () => {
    await forgotten();
    const jobs = askable(house.jobs(pushText()));
    const { releases } = await releaseMarksOf(jobs, 'gone', 'all', false, house.signal);
    expect(releases.map(({ outcome }) => outcome)).toEqual(['released', 'released', 'released', 'released']);
    expect(house.laptop.holdsOn('tank/data')).toEqual([]);
    expect(house.laptop.bookmarkNames('tank/else')).toEqual([]);
    expect(house.nas.holdsOn('backup/root/laptop')).toEqual([]);
    expect(house.nas.holdsOn('backup/root/desktop')).toEqual(['r zrepl_last_received_J_gone']);
    await expect(listMarksOf(jobs, 'gone', house.signal)).rejects.toMatchObject({ code: 'job-unknown' });
    await expect(releaseMarksOf(jobs, 'gone', 'all', false, house.signal)).rejects.toMatchObject({
      code: 'job-unknown',
    });
  });

  it('of which none is stale are left alone without calling the job unknown', async () => {
    house.snapshots('tank/data', 'a');
    await hold(house.laptop, stepHoldTag('gone'), 'tank/data', 'a');
    const jobs = askable(house.jobs(SNAP));
    expect(await releaseMarksOf(jobs, 'gone', 'stale', false, house.signal)).toEqual({ releases: [], problems: [] });
    expect((await releaseMarksOf(jobs, 'gone', 'all', false, house.signal)).releases).toHaveLength(1);
  });

  it('are told with what could not be asked', async () => {
    await forgotten();
    house.disconnect();
    const jobs = askable(house.jobs(pushText() + SNAP), ['tcp']);
    const { rows, problems } = await listMarksOf(jobs, 'gone', house.signal);
    expect(rows).toHaveLength(3);
    expect(problems.map(({ code }) => code)).toEqual(['host-unreachable', 'config-not-runnable']);
    // Not found, but not everybody was heard either.
    expect(await listMarksOf(jobs, 'typo', house.signal)).toMatchObject({ rows: [] });
  });

  it('are never those of a job that is configured, nor of one of its drives', async () => {
    house.snapshots('tank/data', 'a');
    const drive = 'second:00000000000000ff';
    await hold(house.laptop, stepHoldTag('second'), 'tank/data', 'a');
    await hold(house.laptop, stepHoldTag(drive), 'tank/data', 'a');
    const made = house.jobs(both);
    const jobs = askable(made);
    await expect(releaseMarksOf(jobs, drive, 'all', false, house.signal)).rejects.toMatchObject({
      code: 'request-invalid',
    });
    for (const id of ['second', drive]) {
      const asked = made.get('laptop')?.releaseAbstractions('all', false, house.signal, id);
      await expect(asked).rejects.toMatchObject({ code: 'request-invalid' });
    }
    expect(house.laptop.holdsOn('tank/data')).toHaveLength(2);
    // One that is configured but refused is not forgotten either.
    await expect(listMarksOf(askable(made, ['tcp']), 'tcp', house.signal)).rejects.toMatchObject({
      code: 'config-not-runnable',
    });
  });
});

describe('marks of all jobs', () => {
  it('stand beside the problems of those that cannot be asked', async () => {
    const job = await afterOneRun();
    const jobs = {
      names: ['laptop', 'tcp'],
      job: (name: string) => {
        if (name === 'tcp') throw new ProblemError('config-not-runnable', { job: name, reason: 'x' });
        return job;
      },
    };
    const listed = await listMarksOf(jobs, null, house.signal);
    expect(listed.rows).toHaveLength(5);
    expect(listed.problems.map(({ code }) => code)).toEqual(['config-not-runnable']);
    const released = await releaseMarksOf(jobs, null, 'stale', false, house.signal);
    expect(released.releases).toHaveLength(3);
    expect(released.problems).toHaveLength(1);
    expect((await listMarksOf(jobs, 'laptop', house.signal)).rows).toHaveLength(2);
  });
});
