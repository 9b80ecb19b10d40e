import { beforeEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { ORIGIN_PROPERTY, SideCache, TRUSTED_MS } from '../../../core/endpoint/side-cache.ts';
import type { Capabilities } from '../../../core/zfs/types.ts';
import { setLocal } from '../doubles/memory-model.ts';
import { expectSteady, type JobSettings, Pair, problemsOf, ROOT } from '../replication/support.ts';

const FACTS_ONLY = ['laptop listDatasets', 'nas listDatasets'];
const EVERYTHING = ['laptop listDatasets', 'laptop listVersions', 'nas listDatasets', 'nas listVersions'];

/** A pair whose ends remember from run to run, as those of a job do. */
class Remembering {
  readonly pair: Pair;
  readonly sender: SideCache;
  readonly receiver: SideCache;
  readonly settings: JobSettings;

  constructor(settings: JobSettings = {}, capabilities: Partial<Capabilities> = {}) {
    this.pair = new Pair(capabilities);
    const monotonicMs = () => this.pair.clock.monotonicMs();
    this.sender = new SideCache({ monotonicMs });
    this.receiver = new SideCache({ monotonicMs });
    this.settings = { ...settings, sender: { cache: this.sender }, receiver: { cache: this.receiver } };
  }

  /** A cycle, a quarter of an hour after the one before. Returns the commands that cost a process, sorted by host. */
  async cycle(afterMs = 900_000): Promise<readonly string[]> {
    const { pair } = this;
    pair.clock.pass(afterMs);
    pair.source.calls.length = 0;
    pair.target.calls.length = 0;
    await pair.run(this.settings);
    return [pair.source, pair.target].flatMap((zfs) =>
      zfs.calls.filter(({ processes }) => processes > 0).map(({ method }) => `${zfs.label} ${method}`),
    );
  }

  /** Cycles until nothing but facts is listed. */
  async settle(): Promise<void> {
    for (let n = 0; n < 6; n++) if ((await this.cycle()).length === 2) return;
    throw new Error('it does not come to rest');
  }

  /** Datasets whose versions were listed on a host in the last cycle, listing by listing. */
  listed(zfs = this.pair.source): readonly (readonly string[])[] {
    return zfs.calls.filter(({ method }) => method === 'listVersions').map(({ names }) => names);
  }
}

/** Datasets of the laptop with a snapshot each that the NAS has already. */
function fill(pair: Pair, count: number): readonly string[] {
  const names = Array.from({ length: count }, (_, n) => `tank/data/set${String(n).padStart(4, '0')}`);
  for (const name of ['tank/data', ...names]) {
    pair.source.addDataset(name);
    const { guid } = pair.source.addSnapshot(name, 'first');
    if (!pair.target.datasets.has(`${ROOT}/tank`)) pair.target.addDataset(`${ROOT}/tank`);
    pair.target.addDataset(`${ROOT}/${name}`);
    pair.target.addSnapshot(`${ROOT}/${name}`, 'first', { guid });
  }
  setLocal(pair.target.addDataset(`${ROOT}/tank`), 'zrepl:placeholder', 'on');
  return names;
}

const NOTHING: JobSettings = { guarantee: 'guarantee_nothing' };

describe('an idle cycle over many datasets', () => {
  it('lists versions twice, then only datasets: two processes for both sides', async () => {
    const ends = new Remembering(NOTHING);
    fill(ends.pair, 1000);
    expect(await ends.cycle()).toEqual(EVERYTHING);
    expect(await ends.cycle()).toEqual(EVERYTHING);
    expect(await ends.cycle()).toEqual(FACTS_ONLY);
    expect(await ends.cycle()).toEqual(FACTS_ONLY);
    expect(ends.pair.reports.every(({ outcome }) => outcome === 'done')).toBe(true);
  });

  it('costs two listings more where ZFS does not tell', async () => {
    const ends = new Remembering(NOTHING, { snapshotsChanged: false });
    fill(ends.pair, 3);
    for (let n = 0; n < 4; n++) expect(await ends.cycle()).toEqual(EVERYTHING);
  });

  it('lists the one dataset that changed, and sends it', async () => {
    const ends = new Remembering(NOTHING);
    const { pair } = ends;
    const [first = '', second = ''] = fill(pair, 10);
    await ends.settle();
    pair.source.addSnapshot(second, 'next');
    await ends.cycle();
    // For the plan, and with holds before the first step; the receiver's is listed for that alone.
    expect(ends.listed()).toEqual([[second], [second]]);
    expect(ends.listed(pair.target)).toEqual([[`${ROOT}/${second}`]]);
    expect(pair.received(second)).toEqual(['first', 'next']);
    expect(pair.received(first)).toEqual(['first']);

    await ends.cycle();
    expect([ends.listed(), ends.listed(pair.target)]).toEqual([[[second]], [[`${ROOT}/${second}`]]]);
    // What was received was seen for the first time a cycle later than what was sent.
    await ends.cycle();
    expect([ends.listed(), ends.listed(pair.target)]).toEqual([[], [[`${ROOT}/${second}`]]]);
    expect(await ends.cycle()).toEqual(FACTS_ONLY);
  });

  it('lists the whole side at once where many changed', async () => {
    const ends = new Remembering(NOTHING);
    const { pair } = ends;
    const names = fill(pair, 9);
    await ends.settle();
    for (const name of names.slice(0, 4)) pair.source.addSnapshot(name, 'next');
    await ends.cycle();
    expect(ends.listed()[0]).toEqual(['tank/data']);
    for (const name of names.slice(0, 4)) expect(pair.received(name)).toEqual(['first', 'next']);
  });

  it('lists what has no snapshot, unless it is a stand-in', async () => {
    const ends = new Remembering(NOTHING);
    const { pair } = ends;
    fill(pair, 5);
    await ends.settle();
    pair.target.addDataset(`${ROOT}/elsewhere`);
    for (let n = 0; n < 3; n++) {
      await ends.cycle();
      expect([ends.listed(), ends.listed(pair.target)]).toEqual([[], [[`${ROOT}/elsewhere`]]]);
    }
  });

  it('does not care for datasets that are not the job’s', async () => {
    const ends = new Remembering({ ...NOTHING, filter: { 'tank/data<': true, 'tank/data/not<': false } });
    const { pair } = ends;
    fill(pair, 3);
    for (let n = 0; n < 9; n++) pair.source.addDataset(`tank/data/not${n}`);
    pair.source.addDataset('tank/data/not');
    pair.withSnapshots('tank/data/not/busy', 'a');
    for (let n = 0; n < 9; n++) {
      const { guid } = pair.source.addSnapshot(`tank/data/not${n}`, 'a');
      pair.target.addDataset(`${ROOT}/tank/data/not${n}`);
      pair.target.addSnapshot(`${ROOT}/tank/data/not${n}`, 'a', { guid });
    }
    await ends.settle();
    pair.source.addSnapshot('tank/data/not/busy', 'b');
    expect(await ends.cycle()).toEqual(FACTS_ONLY);
  });

  it('leaves what vanishes between two listings to the next cycle', async () => {
    const ends = new Remembering(NOTHING);
    const { pair } = ends;
    const [first = '', second = ''] = fill(pair, 10);
    await ends.settle();
    pair.source.addSnapshot(first, 'next');
    pair.source.addSnapshot(second, 'next');
    pair.source.before = ({ method }) => {
      if (method === 'listVersions') pair.source.datasets.delete(first);
    };
    await ends.cycle();
    expect(problemsOf(pair.reports.at(-1) ?? (await pair.run()))).toEqual({});
    expect(pair.received(second)).toEqual(['first', 'next']);
  });
});

describe('a dataset that is remembered', () => {
  let ends = new Remembering();
  let pair = ends.pair;
  beforeEach(() => {
    ends = new Remembering();
    pair = ends.pair;
  });

  it('comes to rest again after a snapshot, marks included', async () => {
    pair.withSnapshots('tank/data', 'a');
    await ends.settle();
    expectSteady(pair, 'a');
    pair.source.addSnapshot('tank/data', 'b');
    await ends.cycle();
    expectSteady(pair, 'b');
    await ends.settle();
    expectSteady(pair, 'b');
  });

  it('hides no change in the second in which it was first seen', async () => {
    pair.withSnapshots('tank/data', 'a');
    await ends.cycle();
    // Still the same second: the listing of the first cycle did not show this one, nor does the value.
    pair.source.withinSameSecond('tank/data', () => pair.source.addSnapshot('tank/data', 'b'));
    await ends.cycle(500);
    expect(pair.received('tank/data')).toEqual(['a', 'b']);
    pair.source.withinSameSecond('tank/data', () => pair.source.addSnapshot('tank/data', 'c'));
    await ends.cycle(400);
    expect(pair.received('tank/data')).toEqual(['a', 'b', 'c']);
  });

  it('is listed anew before its first step: a bookmark that somebody destroyed is not sent from', async () => {
    pair.withSnapshots('tank/data', 'a', 'b');
    await ends.settle();
    const [cursor] = pair.source.bookmarkNames('tank/data');
    pair.source.removeSnapshot('tank/data', 'b');
    pair.source.addSnapshot('tank/data', 'c');
    const cutOff = new ProblemError('host-unreachable', { host: 'nas' });
    pair.target.before = ({ method }) => {
      if (method === 'receive') throw cutOff;
    };
    await ends.cycle();
    pair.target.before = () => {};
    const source = pair.source.datasets.get('tank/data');
    if (source === undefined || cursor === undefined) throw new Error('nothing was set up');
    source.bookmarks = [];
    await ends.cycle();
    expect(problemsOf(pair.reports.at(-1) ?? (await pair.run()))).toEqual({ 'tank/data': 'no-common-ancestor' });
    expect(pair.target.calls.some(({ method }) => method === 'receive')).toBe(false);
  });

  it('gets its cursor back with the next snapshot when somebody destroyed it', async () => {
    pair.withSnapshots('tank/data', 'a');
    await ends.settle();
    const source = pair.source.datasets.get('tank/data');
    if (source === undefined) throw new Error('nothing was set up');
    source.bookmarks = [];
    expect(await ends.cycle()).toEqual(FACTS_ONLY);
    pair.source.addSnapshot('tank/data', 'b');
    await ends.cycle();
    expectSteady(pair, 'b');
  });

  it('gets its cursor back within a day without one', async () => {
    pair.withSnapshots('tank/data', 'a');
    await ends.settle();
    const source = pair.source.datasets.get('tank/data');
    if (source === undefined) throw new Error('nothing was set up');
    source.bookmarks = [];
    await ends.cycle(TRUSTED_MS);
    expectSteady(pair, 'a');
  });

  it('is the same under another name', async () => {
    pair.withSnapshots('tank/data', 'a').withSnapshots('tank/data/old', 'a', 'b');
    await ends.settle();
    const dataset = pair.source.datasets.get('tank/data/old');
    if (dataset === undefined) throw new Error('nothing was set up');
    pair.source.datasets.delete(dataset.name);
    dataset.name = 'tank/data/new';
    pair.source.datasets.set(dataset.name, dataset);
    const sender = pair.sender(ends.settings);
    pair.source.calls.length = 0;
    const { datasets } = await sender.survey({});
    expect(ends.listed()).toEqual([]);
    expect([...datasets.keys()]).toEqual(['tank/data', 'tank/data/new']);
    const renamed = datasets.get('tank/data/new');
    expect(renamed?.versions.filter(({ type }) => type === 'snapshot').map(({ name }) => name)).toEqual(['a', 'b']);

    // A new name is a new copy; its steps do not rest on what is remembered.
    await ends.cycle();
    expect(pair.received('tank/data/new')).toEqual(['b']);
    expect(ends.listed()).toEqual([['tank/data/new']]);
  });

  it('is listed when its copy was rolled back', async () => {
    pair.withSnapshots('tank/data', 'a');
    await ends.settle();
    pair.source.addSnapshot('tank/data', 'b');
    await ends.settle();
    const copy = pair.target.datasets.get(`${ROOT}/tank/data`);
    if (copy === undefined) throw new Error('nothing was set up');
    copy.snapshots = copy.snapshots.slice(0, 1);
    expect(pair.received('tank/data')).toEqual(['a']);
    await ends.cycle();
    // One of two is most of the side.
    expect(ends.listed(pair.target)[0]).toEqual([ROOT]);
    expectSteady(pair, 'b');
    expect(pair.received('tank/data')).toEqual(['a', 'b']);
  });

  it('is listed when a clone of it was promoted', async () => {
    pair.withSnapshots('tank/data', 'a').withSnapshots('tank/data/clone', 'x');
    for (const name of ['one', 'two', 'three']) pair.withSnapshots(`tank/data/${name}`, 'a');
    const clone = pair.source.datasets.get('tank/data/clone');
    if (clone === undefined) throw new Error('nothing was set up');
    setLocal(clone, ORIGIN_PROPERTY, 'tank/data@a');
    await ends.settle();
    clone.properties.delete(ORIGIN_PROPERTY);
    await ends.cycle();
    expect(ends.listed()).toEqual([['tank/data/clone']]);
  });

  it('is listed after a failure, on both sides, until a cycle has gone well', async () => {
    pair.withSnapshots('tank/data', 'a');
    for (const name of ['one', 'two', 'three', 'four']) pair.withSnapshots(`tank/data/${name}`, 'a');
    await ends.settle();
    pair.source.addSnapshot('tank/data/two', 'b');
    const copy = pair.target.datasets.get(`${ROOT}/tank/data/two`);
    if (copy === undefined) throw new Error('nothing was set up');
    copy.modified = true;
    for (let n = 0; n < 2; n++) {
      await ends.cycle();
      expect(problemsOf(pair.reports.at(-1) ?? (await pair.run()))).toEqual({
        'tank/data/two': 'destination-modified',
      });
    }
    // The value of neither side has moved since, and still both are listed first.
    expect(ends.listed()[0]).toEqual(['tank/data/two']);
    expect(ends.listed(pair.target)[0]).toEqual([`${ROOT}/tank/data/two`]);
    copy.modified = false;
    await ends.settle();
    expectSteady(pair, 'b', 'tank/data/two');
  });
});
