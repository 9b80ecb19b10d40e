import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { turn } from '../doubles/fake-clock.ts';
import type { MemoryCall } from '../doubles/memory-zfs.ts';
import { expectSteady, Pair, problemsOf, ROOT } from './support.ts';

const DATA = 'tank/data';
const lost = () => new ProblemError('connection-lost', { host: 'nas' });

/** Fails the first `times` calls that match. */
function failing(
  times: number,
  matches: (call: MemoryCall) => boolean,
  error: () => Error,
): (call: MemoryCall) => void {
  let left = times;
  return (call) => {
    if (left === 0 || !matches(call)) return;
    left -= 1;
    throw error();
  };
}

const receives = (dataset: string) => (call: MemoryCall) =>
  call.method === 'receive' && call.names[0] === `${ROOT}/${dataset}`;

describe('retries', () => {
  it('a lost connection: waits, pings both sides, and goes on where it stopped', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = { error: lost() };
    let pings = 0;
    const ping = async () => {
      pings += 1;
    };
    const report = await pair.run({ sender: { ping }, receiver: { ping } });
    expect(report.outcome).toBe('done');
    expect(report.attempts).toHaveLength(2);
    expect(report.attempts[1]?.datasets[0]?.steps[0]?.resumedFromBytes).toBe(500);
    expect(pings).toBe(2);
    expect(pair.clock.slept).toEqual([750]);
    expectSteady(pair, '1');
  });

  it('a problem while planning one dataset is tried again too', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run({ guarantee: 'guarantee_nothing', run: { retry: { fruitlessAttempts: 1, hardFailMs: 0 } } });
    pair.source.removeSnapshot(DATA, '1');
    pair.withSnapshots(DATA, '2');
    pair.target.before = failing(1, ({ method }) => method === 'abortReceive', lost);
    const report = await pair.run();
    expect(report.attempts[0]?.datasets[0]).toMatchObject({
      state: 'planning-error',
      problem: { code: 'connection-lost' },
    });
    expect(report.outcome).toBe('done');
    expectSteady(pair, '2');
  });

  it('a survey that fails is tried again, and says on which side', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(1, ({ method }) => method === 'listDatasets', lost);
    const report = await pair.run();
    expect(report.attempts[0]).toMatchObject({
      state: 'planning-error',
      problem: { code: 'connection-lost', side: 'receiver', phase: 'plan' },
    });
    expect(report.outcome).toBe('done');
  });

  it('the other survey is waited for, so that no two attempts list at once', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.source.before = failing(1, ({ method }) => method === 'listDatasets', lost);
    const slow = Promise.withResolvers<void>();
    let listings = 0;
    pair.target.before = ({ method }) => {
      if (method !== 'listDatasets') return undefined;
      listings += 1;
      return slow.promise;
    };
    const running = pair.run();
    // Whatever can go on without the listing has gone on by then.
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(listings).toBe(1);
    slow.resolve();
    expect((await running).outcome).toBe('done');
    expect(listings).toBe(2);
  });

  it('two datasets, one times out and one has no space: only the first is tried again, the second is reported', async () => {
    const pair = new Pair().withSnapshots('tank/x', '1').withSnapshots('tank/y', '1');
    pair.target.before = (call) => {
      failX(call);
      if (receives('tank/y')(call)) throw new ProblemError('no-space', { name: 'y', host: 'nas' });
    };
    const failX = failing(1, receives('tank/x'), lost);
    const report = await pair.run({ filter: { 'tank/x': true, 'tank/y': true } });
    expect(report.outcome).toBe('failed');
    expect(report.attempts.map(({ datasets }) => datasets.map(({ dataset }) => dataset))).toEqual([
      ['tank/x', 'tank/y'],
      ['tank/x'],
    ]);
    expect(report.attempts[0]?.datasets[1]?.problem?.code).toBe('no-space');
    expectSteady(pair, '1', 'tank/x');
  });

  it('what cannot be helped is not tried again', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(9, receives(DATA), () => new ProblemError('no-space', { name: 'y', host: 'nas' }));
    const report = await pair.run();
    expect(report.attempts).toHaveLength(1);
    expect(report).toMatchObject({ outcome: 'failed', finishedAtMs: expect.any(Number) });
  });

  it('an outdated plan is made anew at once, three times in a row without success', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(
      9,
      receives(DATA),
      () => new ProblemError('source-mismatch', { name: 'y', host: 'nas' }),
    );
    const report = await pair.run();
    expect(report.attempts).toHaveLength(3);
    expect(pair.clock.slept).toEqual([]);
  });

  it('bytes that flow before the same failure each time are no progress, and the run ends', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = ({ method }) => {
      if (method === 'receive') pair.target.cutAfter = { error: new ProblemError('source-mismatch'), partial: false };
    };
    const report = await pair.run();
    expect(report.attempts).toHaveLength(3);
    expect(report.attempts[0]?.datasets[0]?.steps[0]?.bytesReplicated).toBe(500);
  });

  it('later attempts leave snapshots taken meanwhile for the next run', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2', '3');
    pair.target.cutAfter = { error: lost() };
    pair.target.before = ({ method }) => {
      if (method === 'receive' && !pair.source.snapshotNames(DATA).includes('4')) pair.withSnapshots(DATA, '4');
    };
    await pair.run();
    expect(pair.received(DATA)).toEqual(['1', '2', '3']);
    await pair.run();
    expectSteady(pair, '4');
  });

  it('the last target arrived and its completion was lost: the next attempt only completes it', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2');
    pair.source.before = failing(1, ({ method, names }) => method === 'bookmark' && names.join().includes('_G_'), lost);
    pair.target.after = ({ method }) => {
      if (method === 'receive' && !pair.source.snapshotNames(DATA).includes('3')) pair.withSnapshots(DATA, '3');
    };
    const report = await pair.run();
    expect(report.outcome).toBe('done');
    expect(report.attempts.map(({ datasets }) => datasets[0]?.steps.length)).toEqual([1, 0]);
    expect(pair.received(DATA)).toEqual(['1', '2']);
    expect(pair.source.holdsOn(DATA)).toEqual([]);
    pair.target.after = () => {};
    await pair.run();
    expectSteady(pair, '3');
  });

  it('a dataset that vanished between two attempts is not reported as done', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(1, receives(DATA), () => {
      pair.source.datasets.delete(DATA);
      return lost();
    });
    const report = await pair.run();
    expect(report.outcome).toBe('failed');
    expect(problemsOf(report)).toEqual({ [DATA]: 'send-source-gone' });
  });
});

describe('waiting for a machine that is away', () => {
  const away = () => Promise.reject(new ProblemError('host-unreachable', { host: 'nas' }));

  it('shows since when, until when and why, and gives up after the hard limit', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(99, () => true, lost);
    const waits: unknown[] = [];
    const report = await pair.run({
      receiver: { ping: away },
      run: {
        retry: { fruitlessAttempts: 3, hardFailMs: 60_000 },
        onChange: (current) => {
          const { waiting } = current();
          if (waiting !== null) waits.push([waiting.problem.code, waiting.untilMs - waiting.sinceMs]);
        },
      },
    });
    expect(report).toMatchObject({ outcome: 'failed', waiting: null });
    expect(report.attempts).toHaveLength(1);
    expect(waits[0]).toEqual(['connection-lost', 60_000]);
    expect(waits.at(-1)).toEqual(['host-unreachable', 60_000]);
    expect(pair.clock.monotonicMs()).toBe(60_000);
    const growing = pair.clock.slept.slice(0, -1);
    expect(growing).toEqual([...growing].sort((a, b) => a - b));
  });

  it('does not count the night that the machine slept through', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(
      1,
      ({ method }) => method === 'receive',
      () => {
        pair.clock.pass(8 * 3_600_000);
        return lost();
      },
    );
    expect((await pair.run()).outcome).toBe('done');
  });

  it('ends at once when the answer is that it never will, and says that answer', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(99, () => true, lost);
    const report = await pair.run({
      receiver: { ping: () => Promise.reject(new ProblemError('host-key-mismatch', { host: 'nas', seen: 'x' })) },
    });
    expect(report.attempts).toHaveLength(1);
    expect(report).toMatchObject({ outcome: 'failed', attempts: [{ problem: { code: 'host-key-mismatch' } }] });
    expect(pair.clock.slept).toHaveLength(1);
  });

  it('can be cancelled, and then says so', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(99, () => true, lost);
    const abort = new AbortController();
    const report = await pair.run({
      receiver: {
        ping: () => {
          abort.abort();
          return away();
        },
      },
      run: { signal: abort.signal },
    });
    expect(report.outcome).toBe('cancelled');
  });
});

describe('cancelling', () => {
  it('before it began does nothing', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const report = await pair.run({ run: { signal: AbortSignal.abort() } });
    expect(report).toMatchObject({ outcome: 'cancelled', attempts: [] });
    expect(pair.source.calls).toEqual([]);
  });

  it('leaves the disk as a broken network would, and the next run goes on', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const abort = new AbortController();
    pair.target.before = ({ method }) => {
      if (method === 'receive') abort.abort();
    };
    const report = await pair.run({ run: { signal: abort.signal } });
    expect(report.outcome).toBe('cancelled');
    expect(report.attempts[0]?.datasets[0]?.problem?.code).toBe('command-aborted');
    pair.target.before = () => {};
    expect((await pair.run()).outcome).toBe('done');
    expectSteady(pair, '1');
  });

  it('reaches who waits for a parent or for a turn', async () => {
    const pair = new Pair()
      .withSnapshots(DATA, '1')
      .withSnapshots('tank/data/child', '1')
      .withSnapshots('tank/other', '1');
    const abort = new AbortController();
    let resume = () => {};
    pair.target.before = ({ method }) => {
      if (method !== 'receive') return undefined;
      return new Promise<void>((resolve) => {
        resume = resolve;
      });
    };
    const running = pair.run({ filter: { 'tank/data<': true, 'tank/other': true }, run: { signal: abort.signal } });
    for (let turns = 0; turns < 20; turns++) await turn();
    abort.abort();
    resume();
    const report = await running;
    expect(new Set(Object.values(problemsOf(report)))).toEqual(new Set(['command-aborted']));
    expect(Object.keys(problemsOf(report))).toHaveLength(3);
  });
});

describe('parents and neighbours', () => {
  const family = { filter: { 'tank/a': true, 'tank/b': true } };

  it('a parent whose first send fails stops its children, and nobody whose name only looks alike', async () => {
    const pair = new Pair();
    for (const dataset of ['tank/a', 'tank/a/child', 'tank/aa']) pair.withSnapshots(dataset, '1');
    const dead = () => new ProblemError('no-space', { name: 'a', host: 'nas' });
    pair.target.before = failing(9, receives('tank/a'), dead);
    const report = await pair.run({ filter: { 'tank/a<': true, 'tank/aa': true } });
    expect(problemsOf(report)).toEqual({ 'tank/a': 'no-space', 'tank/a/child': 'parent-failed' });
    const place = { side: 'receiver', phase: 'step', dataset: 'tank/a' };
    expect(report.attempts[0]?.datasets[0]?.problem).toMatchObject(place);
    const child = report.attempts[0]?.datasets.find(({ dataset }) => dataset === 'tank/a/child');
    expect(child?.problem?.happened).toBe('parent(s) failed during initial replication: [tank/a]');
    expect(child?.steps).toHaveLength(1);
    expect(pair.received('tank/aa')).toEqual(['1']);
  });

  it('children that only waited for a parent go again together with it', async () => {
    const pair = new Pair();
    for (const dataset of ['tank/a', 'tank/a/child']) pair.withSnapshots(dataset, '1');
    pair.target.before = failing(1, receives('tank/a'), lost);
    const report = await pair.run({ filter: { 'tank/a<': true } });
    expect(report.outcome).toBe('done');
    expect(pair.received('tank/a/child')).toEqual(['1']);
  });

  it('a child does not go again with another ancestor while its own parent has failed for good', async () => {
    const pair = new Pair().withSnapshots('tank/a', '1');
    await pair.run({ filter: { 'tank/a<': true } });
    pair.withSnapshots('tank/a', '2').withSnapshots('tank/a/b', '1').withSnapshots('tank/a/b/c', '1');
    const once = failing(1, receives('tank/a'), lost);
    const always = failing(9, receives('tank/a/b'), () => new ProblemError('no-space', { name: 'b', host: 'nas' }));
    pair.target.before = (call) => {
      once(call);
      always(call);
    };
    const report = await pair.run({ filter: { 'tank/a<': true } });
    expect(report.outcome).toBe('failed');
    expect(report.attempts.map(({ datasets }) => datasets.map(({ dataset }) => dataset))).toEqual([
      ['tank/a', 'tank/a/b', 'tank/a/b/c'],
      ['tank/a'],
    ]);
    expect(pair.received('tank/a')).toEqual(['1', '2']);
    expect(pair.target.datasets.has(`${ROOT}/tank/a/b`)).toBe(false);
  });

  it('a parent whose increment fails stops no child', async () => {
    const pair = new Pair().withSnapshots('tank/a', '1');
    await pair.run({ filter: { 'tank/a<': true } });
    pair.withSnapshots('tank/a', '2').withSnapshots('tank/a/child', '1');
    pair.target.before = failing(9, receives('tank/a'), () => new ProblemError('no-space', { name: 'a', host: 'nas' }));
    const report = await pair.run({ filter: { 'tank/a<': true } });
    expect(problemsOf(report)).toEqual({ 'tank/a': 'no-space' });
    expect(pair.received('tank/a/child')).toEqual(['1']);
  });

  it('a child that is on the receiver already waits for no parent, whatever is wrong with that', async () => {
    const pair = new Pair().withSnapshots('tank/a/child', '1');
    pair.source.addDataset('tank/a');
    await pair.run({ filter: { 'tank/a/child': true } });
    pair.withSnapshots('tank/a/child', '2');
    // The parent takes part now and has no snapshot: its plan fails.
    const report = await pair.run({ filter: { 'tank/a<': true } });
    expect(problemsOf(report)).toEqual({ 'tank/a': 'no-sender-versions' });
    expect(pair.received('tank/a/child')).toEqual(['1', '2']);
  });

  it('with several slots a child still arrives after its parent', async () => {
    const pair = new Pair();
    for (const dataset of ['tank/a/b/c', 'tank/a/b', 'tank/a']) {
      pair.withSnapshots(dataset, '1');
    }
    const report = await pair.run({ filter: { 'tank/a<': true }, run: { concurrency: 5 } });
    expect(report.outcome).toBe('done');
    const arrived = pair.world.effects.filter((effect) => effect.includes('nas: received'));
    expect(arrived.map((effect) => effect.split(' ').at(-1))).toEqual(
      ['tank/a@1', 'tank/a/b@1', 'tank/a/b/c@1'].map((name) => `${ROOT}/${name}`),
    );
  });

  it('over all datasets the oldest target goes first', async () => {
    const pair = new Pair();
    for (const dataset of ['tank/a', 'tank/b']) pair.withSnapshots(dataset, '0');
    await pair.run(family);
    for (const name of ['1', '2']) {
      pair.withSnapshots('tank/b', name);
      pair.withSnapshots('tank/a', name);
    }
    const from = pair.world.effects.length;
    await pair.run({ ...family, policy: { stepwise: true } });
    const arrived = pair.world.effects.slice(from).filter((effect) => effect.includes('nas: received'));
    expect(arrived.map((effect) => effect.split('/').at(-1))).toEqual(['b@1', 'a@1', 'b@2', 'a@2']);
  });

  it('a receiver that fails at once ends the step although the sender has more', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = failing(9, receives(DATA), () => new ProblemError('permission-denied', { host: 'nas' }));
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'permission-denied' });
  });
});

describe('what a run says', () => {
  it('no dataset at all is a warning', async () => {
    const report = await new Pair().run({ filter: { 'tank/nothing<': true } });
    expect(report.warnings).toEqual(['the pattern "tank/nothing<" matches no dataset', 'no dataset matches this job']);
    expect(report.attempts[0]).toMatchObject({ state: 'done', datasets: [] });
  });

  it('names too long for the marks are found when planning', async () => {
    const dataset = `tank/${'d'.repeat(200)}`;
    const pair = new Pair().withSnapshots(dataset, '1');
    const report = await pair.run({ filter: { 'tank<': true }, jobId: 'j'.repeat(40) });
    expect(problemsOf(report)[dataset]).toBe('name-too-long');
    expect(pair.world.effects).toEqual([]);
  });

  it('state that keeps changing while it is planned is given up', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run({ guarantee: 'guarantee_nothing', run: { retry: { fruitlessAttempts: 1, hardFailMs: 0 } } });
    pair.source.removeSnapshot(DATA, '1');
    pair.withSnapshots(DATA, '2');
    const stale = structuredClone(pair.target.datasets.get(`${ROOT}/${DATA}`)?.partial ?? null);
    pair.target.after = ({ method }) => {
      if (method !== 'abortReceive') return;
      const target = pair.target.datasets.get(`${ROOT}/${DATA}`) ?? pair.target.addDataset(`${ROOT}/${DATA}`);
      target.partial = stale;
    };
    const report = await pair.run();
    expect(problemsOf(report)).toEqual({ [DATA]: 'replan-exhausted' });
  });

  it('a cleaning that fails does not fail the step, and is made good by the next run', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2');
    const stuck = failing(
      9,
      ({ method }) => method === 'destroyBookmark' || method === 'release',
      () => new ProblemError('busy'),
    );
    pair.source.before = stuck;
    pair.target.before = failing(
      9,
      ({ method }) => method === 'release',
      () => new ProblemError('busy'),
    );
    expect((await pair.run()).outcome).toBe('done');
    expect(new Set(pair.cleanupProblems.map(({ place }) => `${place.side} ${place.phase}`))).toEqual(
      new Set(['sender cleanup', 'receiver cleanup']),
    );
    pair.source.before = () => {};
    pair.target.before = () => {};
    pair.withSnapshots(DATA, '3');
    await pair.run();
    expectSteady(pair, '3');
  });
});
