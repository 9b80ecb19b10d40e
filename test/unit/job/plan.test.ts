import { afterEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { JobPlan } from '../../../core/api/status.ts';
import type { Job } from '../../../core/job/types.ts';
import { lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import { COPIES, codes, House, KEEP_ONE, pushText } from './support.ts';

const NOT_REPLICATED = '{type: not_replicated}';
const ALL = 'conflict_resolution: {initial_replication: all}';
const NOTHING = 'replication: {protection: {initial: guarantee_nothing, incremental: guarantee_nothing}}';

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

/** "dataset@name" of everything that the plan destroys, sorted. */
function doomed(plan: JobPlan): readonly string[] {
  return plan.pruning
    .flatMap(({ datasets }) =>
      datasets.flatMap(({ dataset, snapshots }) =>
        snapshots.flatMap(({ name, verdict }) => (verdict === 'destroy' ? [`${dataset}@${name}`] : [])),
      ),
    )
    .sort();
}

/** What the next run really destroys and receives. */
async function really(job: Job): Promise<{ destroyed: readonly string[]; received: readonly string[] }> {
  const from = house.world.effects.length;
  await house.run(job);
  const effects = house.world.effects.slice(from);
  const destroyed = effects.flatMap((effect) => /: destroy (.*@.*)$/.exec(effect)?.[1] ?? []).sort();
  return { destroyed, received: effects.flatMap((effect) => /: received (.*)$/.exec(effect)?.[1] ?? []) };
}

/** The targets of a plan's steps, by their name on the receiver. */
function sent(plan: JobPlan): readonly string[] {
  return plan.replication.flatMap(({ dataset, steps }) => steps.map(({ to }) => `${COPIES}/${dataset}${to}`));
}

describe('the plan of a push', () => {
  it('changes nothing', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const [job] = house.jobs(pushText({ keepSender: KEEP_ONE, keepReceiver: KEEP_ONE, more: ALL })).values();
    if (job === undefined) throw new Error('no job');
    const plan = await house.plan(job);
    expect(plan.replication).toMatchObject([
      {
        dataset: 'tank/data',
        verdict: 'steps',
        steps: [
          { kind: 'full', from: null, to: '@a', bytesExpected: 1000 },
          { kind: 'incremental', from: '@a', to: '@b', bytesExpected: 1000 },
        ],
      },
    ]);
    expect(house.world.effects).toEqual([]);
  });

  it.each([
    ['a first copy', ALL, NOT_REPLICATED],
    ['a first copy of the newest alone', '', NOT_REPLICATED],
    ['a first copy without marks', `${NOTHING}\n    ${ALL}`, NOT_REPLICATED],
    ['a first copy and rules that look at names only', ALL, '{type: regex, regex: "^never$"}'],
  ])('is what the run then does: %s', async (_, more, rule) => {
    house.snapshots('tank/data', 'a', 'b', 'c', 'd');
    house.snapshots('tank/data/sub', 'x');
    const text = pushText({ keepSender: `${rule}, ${KEEP_ONE}`, keepReceiver: '{type: last_n, count: 2}', more });
    const job = house.start(text);
    for (const names of [['e', 'f'], ['g'], []]) {
      const plan = await house.plan(job);
      const arrivals = ranged(plan, sent(plan));
      const { destroyed, received } = await really(job);
      expect(destroyed).toEqual(doomed(plan));
      expect([...received].sort()).toEqual([...arrivals].sort());
      house.snapshots('tank/data', ...names);
    }
    expect(house.copies()).toHaveLength(2);
  });

  it('knows that a transfer lets go of what only this job held, and of nothing else', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(pushText({ keepReceiver: KEEP_ONE, more: ALL }));
    await house.run(job);
    house.snapshots('tank/data', 'c');
    const dataset = `${COPIES}/tank/data`;
    expect(house.nas.holdsOn(dataset)).toEqual(['b zrepl_last_received_J_laptop']);
    expect(doomed(await house.plan(job))).toEqual([`${dataset}@b`]);
    await house.nas.hold(lastReceivedHoldTag('other'), [{ dataset, name: 'b' }]);
    expect(doomed(await house.plan(job))).toEqual([]);
    expect((await really(job)).destroyed).toEqual([]);
  });

  it('tells what would be discarded, and plans on from there', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await house.run(job);
    house.snapshots('tank/data', 'b');
    house.nas.cutAfter = { error: new ProblemError('no-space', { name: 'x', host: 'nas' }) };
    await house.run(job);
    const resumed = await house.plan(job);
    expect(resumed.replication[0]?.steps).toMatchObject([
      { from: '@a', to: '@b', resumedFromBytes: 500, bytesExpected: 500 },
    ]);
    // The target of the token is gone: what arrived of it is of no use.
    await house.laptop.release('zrepl_STEP_J_laptop', [{ dataset: 'tank/data', name: 'b' }]);
    house.laptop.removeSnapshot('tank/data', 'b');
    house.snapshots('tank/data', 'c');
    const anew = await house.plan(job);
    expect(anew.replication[0]).toMatchObject({ verdict: 'steps', steps: [{ from: '@a', to: '@c' }] });
    expect(anew.replication[0]?.notes.join()).toContain('500 bytes of partial state would be discarded');
  });

  it('tells what an unfinished first receive would be replaced by', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    house.nas.cutAfter = { error: new ProblemError('no-space', { name: 'x', host: 'nas' }) };
    await house.run(job);
    await house.laptop.release('zrepl_STEP_J_laptop', [{ dataset: 'tank/data', name: 'a' }]);
    house.laptop.removeSnapshot('tank/data', 'a');
    house.snapshots('tank/data', 'b');
    const plan = await house.plan(job);
    expect(plan.replication[0]).toMatchObject({ verdict: 'steps', steps: [{ kind: 'full', to: '@b' }] });
  });

  it('shows what cannot be replicated beside what can', async () => {
    house.snapshots('tank/data', 'a');
    house.laptop.addDataset('tank/data/empty');
    const long = `tank/data/${'x'.repeat(200)}`;
    house.snapshots(long, 'a');
    house.snapshots('tank/data/done', 'a');
    const standIn = house.laptop.addDataset('tank/data/stand');
    standIn.properties.set('zrepl:placeholder', { value: 'on', source: 'local' });
    const job = house.start(pushText());
    await house.run(job);
    const plan = await house.plan(job);
    expect(plan.replication.map(({ dataset, verdict, problem }) => [dataset, verdict, problem?.code])).toEqual([
      ['tank/data', 'up-to-date', undefined],
      ['tank/data/done', 'up-to-date', undefined],
      ['tank/data/empty', 'problem', 'no-sender-versions'],
      ['tank/data/stand', 'skipped', undefined],
      [long, 'problem', 'name-too-long'],
    ]);
    expect(plan.replication[3]?.notes).toEqual(['a stand-in without data of its own']);
  });

  it('goes without sizes that zfs does not tell', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    house.laptop.before = ({ method }) => {
      if (method === 'estimate') throw new ProblemError('command-failed', { host: 'this machine' });
    };
    expect((await house.plan(job)).replication[0]?.steps[0]?.bytesExpected).toBeNull();
    house.laptop.before = ({ method }) => {
      if (method === 'estimate') throw new ProblemError('command-aborted');
    };
    await expect(house.plan(job)).rejects.toMatchObject({ code: 'command-aborted' });
  });

  it('is an error where a side cannot be listed', async () => {
    const job = house.start(pushText());
    house.disconnect();
    await expect(house.plan(job)).rejects.toMatchObject({ code: 'host-unreachable' });
  });

  it('does not count as the second look that a shrunken listing needs', async () => {
    house.snapshots('tank/data', ...Array.from({ length: 20 }, (_, index) => `s${index}`));
    const job = house.start(pushText({ keepSender: KEEP_ONE, keepReceiver: '{type: last_n, count: 50}', more: ALL }));
    house.laptop.before = ({ method }) => {
      if (method === 'destroySnapshots') throw new ProblemError('permission-denied', { host: 'this machine' });
    };
    await house.run(job);
    house.laptop.before = () => {};
    for (let index = 0; index < 16; index++) house.laptop.removeSnapshot('tank/data', `s${index}`);
    await house.plan(job);
    // Both sides rest their decisions on it.
    expect(codes(await house.run(job))).toEqual(['listing-shrank', 'listing-shrank']);
    expect(house.laptop.snapshotNames('tank/data')).toHaveLength(4);
    expect(codes(await house.run(job))).toEqual([]);
    expect(house.laptop.snapshotNames('tank/data')).toHaveLength(1);
  });
});

/** A range brings the snapshots between its ends along. */
function ranged(plan: JobPlan, names: readonly string[]): readonly string[] {
  const between = plan.replication.flatMap(({ dataset, steps }) =>
    steps.flatMap(({ kind, from, to }) => {
      if (kind !== 'range') return [];
      const all = house.laptop.snapshotNames(dataset).map((name) => `@${name}`);
      return all.slice(all.indexOf(from ?? '') + 1, all.indexOf(to)).map((name) => `${COPIES}/${dataset}${name}`);
    }),
  );
  return [...names, ...between];
}
