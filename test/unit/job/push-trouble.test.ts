import { afterEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { cursorName, tentativeCursorName } from '../../../core/zfs/marks.ts';
import { CANCELLED, COPIES, codes, GOOD, House, KEEP_ONE, pushText, SSH } from './support.ts';

const PERIODIC = '{type: periodic, prefix: zrepl_, interval: 1h}';
const NOT_REPLICATED = '{type: not_replicated}';

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

describe('a push whose receiver is away', () => {
  const text = pushText({ keepSender: `${NOT_REPLICATED}, ${KEEP_ONE}`, keepReceiver: KEEP_ONE });

  it('still prunes the sender with what the marks tell, and endangers nothing', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(text);
    await house.run(job);
    house.disconnect();
    // Nothing arrived of these two; a manual snapshot from before the cursor may go.
    house.snapshots('tank/data', 'c', 'd');
    const outcome = await house.run(job);
    expect(outcome).toMatchObject({ ok: false, cancelled: false });
    expect(codes(outcome)).toEqual(['host-unreachable']);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['b', 'c', 'd']);
    const status = job.status();
    expect(status).toMatchObject({ lastRunFailed: true, pruning: [{ side: 'sender', state: 'done' }] });
    expect(status.lastSuccessMs).not.toBeNull();
    // What is known of the other side stands; what is new here is told all the same.
    expect(status.safety).toMatchObject([{ newestCommon: { name: 'b' }, newestLocal: { name: 'd' } }]);

    house.reconnect();
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies()).toEqual(['d']);
    expect(job.status().safety).toMatchObject([{ newestCommon: { name: 'd' }, newestLocal: { name: 'd' } }]);
  });

  const wakes = (scheduled: boolean) =>
    pushText({ connect: SSH.replace('}', `, wake: {mac: "00:11:32:aa:bb:cc", scheduled: ${scheduled}}}`) });

  it('is woken for whoever asks for a run, and the run goes on', async () => {
    house.snapshots('tank/data', 'a');
    house.disconnect();
    house.onWake = () => house.reconnect();
    expect(await house.run(house.start(wakes(false)))).toEqual(GOOD);
    expect(house.woken).toMatchObject([{ mac: '00:11:32:aa:bb:cc', broadcast: '255.255.255.255', port: 9 }]);
    expect(house.copies()).toEqual(['a']);
  });

  it.each([true, false])('is woken by a run of the schedule where that is wanted: %s', async (scheduled) => {
    house.snapshots('tank/data', 'a');
    house.disconnect();
    const job = house.start(wakes(scheduled).replace('{type: manual}', PERIODIC));
    const ended = new Promise<void>((resolve) => job.onRun(({ kind }) => kind === 'ended' && resolve()));
    await house.clock.runUntil(ended);
    expect(house.woken).toHaveLength(scheduled ? 1 : 0);
    expect(job.status().replication?.attempts.at(-1)?.problem?.code).toBe(
      scheduled ? 'host-not-woken' : 'host-unreachable',
    );
  });

  it('knows after a restart, by its cursor, what had arrived', async () => {
    house.snapshots('tank/data', 'a');
    await house.run(house.start(text));
    house.snapshots('tank/data', 'b');
    house.disconnect();
    const again = house.start(text);
    await house.run(again);
    expect(again.status().safety).toMatchObject([{ newestCommon: { name: 'a' }, newestLocal: { name: 'b' } }]);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['a', 'b']);
  });

  it('prunes the sender also when the receiver answered earlier in the same run', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(text);
    await house.run(job);
    house.snapshots('tank/data', 'c');
    house.nas.cutAfter = { error: new ProblemError('connection-lost', { host: 'nas' }) };
    house.nas.after = ({ method }) => {
      if (method === 'poolResumable') house.nasPings = false;
    };
    house.nas.before = ({ method }) => {
      if (method === 'listDatasets' && !house.nasPings) throw new ProblemError('host-unreachable', { host: 'nas' });
    };
    expect(await house.run(job)).toMatchObject({ ok: false });
    expect(job.status().pruning.map(({ side, state }) => [side, state])).toEqual([['sender', 'done']]);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['b', 'c']);
  });

  it('prunes the sender also when the receiver refused before this side was listed', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(text);
    await house.run(job);
    house.snapshots('tank/data', 'c');
    house.nas.before = () => {
      throw new ProblemError('host-key-mismatch', { host: 'nas', seen: 'SHA256:x' });
    };
    // The sender's listing comes after the refusal.
    let slow = true;
    house.laptop.before = async ({ method }) => {
      if (method !== 'listDatasets' || !slow) return;
      slow = false;
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    };
    expect(codes(await house.run(job))).toEqual(['host-key-mismatch']);
    expect(job.status()).toMatchObject({
      pruning: [{ side: 'sender', state: 'done' }],
      safety: [{ newestLocal: { name: 'c' } }],
    });
  });

  it('destroys nothing where neither a mark nor a listing tells what has arrived', async () => {
    const bare = pushText({
      keepSender: KEEP_ONE,
      more: 'replication: {protection: {initial: guarantee_nothing, incremental: guarantee_nothing}}',
    });
    house.snapshots('tank/data', 'a');
    const job = house.start(bare);
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.laptop.bookmarkNames('tank/data')).toEqual([]);
    house.snapshots('tank/data', 'b', 'c');
    house.disconnect();
    expect(codes(await house.run(job))).toEqual(['host-unreachable', 'prune-cursor-missing']);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['a', 'b', 'c']);
    house.reconnect();
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies()).toEqual(['a', 'b', 'c']);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['c']);
  });
});

describe('a push whose transfer broke off', () => {
  const text = pushText({
    keepSender: KEEP_ONE,
    more: 'replication: {protection: {initial: guarantee_incremental, incremental: guarantee_incremental}}',
  });

  it('lets snapshots go only as bookmarks that the next one can start from', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(text);
    await house.run(job);
    house.snapshots('tank/data', 'b', 'c', 'd');
    // "b" arrives, and the receiver is away before anybody could see that.
    house.nas.cutAfter = { snapshots: 1, partial: false, error: new ProblemError('connection-lost', { host: 'nas' }) };
    house.nas.before = ({ method }) => {
      if (method === 'receive') house.nasPings = false;
    };
    expect(await house.run(job)).toMatchObject({ ok: false });
    expect(house.copies()).toEqual(['a', 'b']);
    const b = house.guid(`${COPIES}/tank/data`, 'b', house.nas);
    expect(house.laptop.snapshotNames('tank/data')).not.toContain('c');
    expect(house.laptop.bookmarkNames('tank/data')).toContain(tentativeCursorName(b, 'laptop'));

    // A new process, and the receiver still away: its base is known from the marks alone.
    house.disconnect();
    const again = house.start(text);
    expect(await house.run(again)).toMatchObject({ ok: false });
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['a', 'd']);
    house.reconnect();
    expect(await house.run(again)).toEqual(GOOD);
    expect(house.copies()).toEqual(['a', 'b', 'd']);
    expect(house.laptop.bookmarkNames('tank/data')).toEqual([cursorName(house.guid('tank/data', 'd'), 'laptop')]);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['d']);
  });
});

describe('a push in trouble', () => {
  it('brings the other datasets over when one fails', async () => {
    house.snapshots('tank/data', 'a');
    house.snapshots('tank/data/bad', 'a');
    house.snapshots('tank/data/good', 'a');
    house.nas.before = ({ method, names }) => {
      if (method === 'receive' && names[0]?.endsWith('/bad'))
        throw new ProblemError('no-space', { name: 'x', host: 'nas' });
    };
    const job = house.start(pushText());
    const outcome = await house.run(job);
    expect(outcome.problems).toMatchObject([{ code: 'no-space', dataset: 'tank/data/bad', side: 'receiver' }]);
    expect(house.copies('tank/data/good')).toEqual(['a']);
    expect(job.status()).toMatchObject({ lastRunFailed: true, lastSuccessMs: null });
    house.nas.before = () => {};
    expect(await house.run(job)).toEqual(GOOD);
    expect(job.status()).toMatchObject({ lastRunFailed: false, lastSuccessMs: house.clock.nowMs() });
  });

  it('goes on without the snapshots that could not be taken, and says so', async () => {
    house.snapshots('tank/data', 'a');
    house.laptop.before = ({ method }) => {
      if (method === 'snapshot') throw new ProblemError('no-space', { name: 'tank', host: 'this machine' });
    };
    const job = house.start(pushText({ snapshotting: '{type: cron, cron: "0 0 1 1 *", prefix: auto_}' }));
    expect(codes(await house.run(job, true))).toEqual(['no-space']);
    expect(house.copies()).toEqual(['a']);
    expect(job.status()).toMatchObject({ lastRunFailed: true });
  });

  it('cannot do anything without its own listing, and says so once', async () => {
    house.laptop.before = ({ method }) => {
      if (method === 'listVersions') throw new ProblemError('pool-unavailable', { name: 'tank', host: 'this machine' });
    };
    const job = house.start(pushText());
    expect(codes(await house.run(job))).toEqual(['pool-unavailable']);
    expect(job.status()).toMatchObject({ pruning: [], safety: [], lastRunFailed: true });
  });

  it('tells of both sides when neither can be listed', async () => {
    house.disconnect();
    house.laptop.before = async ({ method }) => {
      if (method !== 'listDatasets') return;
      await new Promise((resolve) => setImmediate(resolve));
      throw new ProblemError('permission-denied', { host: 'this machine' });
    };
    house.nas.before = () => {
      throw new ProblemError('host-key-mismatch', { host: 'nas', seen: 'SHA256:x' });
    };
    const job = house.start(pushText());
    expect(codes(await house.run(job))).toEqual(['host-key-mismatch', 'permission-denied']);
    expect(job.status()).toMatchObject({ stage: 'idle', pruning: [], safety: [] });
  });

  it('tells of a copy that lacks its protection without calling the run failed', async () => {
    house.snapshots('tank/data', 'a');
    house.nas.deniedProperties.add('exec');
    const job = house.start(pushText());
    const outcome = await house.run(job);
    expect(outcome.ok).toBe(true);
    expect(codes(outcome)).toEqual(['received-unprotected']);
    expect(job.status()).toMatchObject({ lastRunFailed: false, lastSuccessMs: house.clock.nowMs() });
  });
});

describe('resetting a push', () => {
  it('cancels the transfer, prunes nothing, and leaves what can be gone on with', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(pushText({ keepSender: KEEP_ONE, keepReceiver: KEEP_ONE }));
    house.nas.before = ({ method }) => {
      if (method === 'receive') expect(job.reset()).toBe(true);
    };
    const outcome = await house.run(job);
    expect(outcome).toEqual(CANCELLED);
    expect(job.status()).toMatchObject({ stage: 'idle', lastRunFailed: false, lastSuccessMs: null, pruning: [] });
    expect(job.status().replication?.outcome).toBe('cancelled');
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['a', 'b']);
    house.nas.before = () => {};
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies()).toEqual(['b']);
    expect(house.laptop.bookmarkNames('tank/data')).toEqual([cursorName(house.guid('tank/data', 'b'), 'laptop')]);
    expect(job.reset()).toBe(false);
  });

  it('while snapshots are taken cancels everything after them', async () => {
    const job = house.start(pushText({ snapshotting: '{type: cron, cron: "0 0 1 1 *", prefix: auto_}' }));
    house.laptop.before = ({ method }) => {
      if (method === 'snapshot') job.reset();
    };
    expect(await house.run(job, true)).toMatchObject({ ok: false, cancelled: true });
    expect(house.nas.calls).toEqual([]);
  });

  it('while the sender is pruned leaves the receiver alone', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(
      pushText({
        keepSender: KEEP_ONE,
        keepReceiver: KEEP_ONE,
        more: 'conflict_resolution: {initial_replication: all}',
      }),
    );
    house.laptop.before = ({ method }) => {
      if (method === 'destroySnapshots') job.reset();
    };
    expect(await house.run(job)).toEqual(CANCELLED);
    expect(job.status().pruning.map(({ side }) => side)).toEqual(['sender']);
    expect(house.nas.snapshotNames(`${COPIES}/tank/data`)).toEqual(['a', 'b']);
  });
});

describe('a push that is told to end soon', () => {
  const text = pushText({ keepSender: KEEP_ONE, keepReceiver: KEEP_ONE });

  it('brings the step at work to its end, begins no other and destroys nothing; the next run does the rest', async () => {
    for (const dataset of ['tank/data', 'tank/data/sub']) house.snapshots(dataset, 'a', 'b');
    const job = house.start(text);
    let asked = 0;
    house.nas.before = ({ method }) => {
      if (method === 'receive' && asked++ === 0) job.stop('after-step', false);
    };
    expect(await house.run(job)).toEqual(CANCELLED);
    expect([asked, job.status().stopping]).toEqual([1, false]);
    expect([house.copies(), house.laptop.snapshotNames('tank/data')]).toEqual([['b'], ['a', 'b']]);
    expect(house.copies('tank/data/sub')).toEqual([]);
    expect(job.status().pruning).toEqual([]);
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies('tank/data/sub')).toEqual(['b']);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['b']);
  });
});
