import { afterEach, describe, expect, it } from 'vitest';
import { asProblemError, ProblemError } from '../../../core/api/problem.ts';
import { besideSilent } from '../../../core/drives/beside.ts';
import { DriveDesk } from '../../../core/drives/desk.ts';
import { PoolGuard } from '../../../core/drives/guard.ts';
import { discover } from '../../../core/job/discover.ts';
import type { Zfs } from '../../../core/zfs/types.ts';
import { turn } from '../doubles/fake-clock.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';
import { fakeHost } from '../zfs/support/fake-host.ts';
import { FakeMachine } from './machine.ts';

const BLUE = { pool: 'blue', guid: 7n, vdevs: [70n] } as const;
const TARGET = { name: 'Blue', pool: 'blue', poolGuid: 7n };

let over = new AbortController();
afterEach(() => {
  over.abort();
  over = new AbortController();
});

/** A machine with its own pool "tank" and the drive Blue, whose datasets answer only while it is there. */
async function bench({ plugged = true, watched = true } = {}) {
  const machine = new FakeMachine();
  const desk = new DriveDesk(machine.ports());
  desk.drive(TARGET);
  if (plugged) machine.plug(BLUE);
  machine.import(BLUE);
  if (watched) {
    void desk.run(over.signal);
    await machine.settle();
  }
  const states = new Map([['tank', 'ONLINE']]);
  const poolState = async (pool: string) => machine.imported.get(pool)?.state ?? states.get(pool) ?? null;
  const imported = async () =>
    Promise.all(
      [...states.keys(), ...machine.imported.keys()].map(async (name) => ({ name, state: await poolState(name) })),
    );
  const guard = new PoolGuard({ drives: desk, imported, poolState, host: 'this machine' });
  const raw = new MemoryZfs({ label: 'this machine' });
  for (const name of ['tank', 'tank/data', 'blue', 'blue/copies']) raw.addDataset(name);
  raw.addSnapshot('blue/copies', 's');
  return { machine, desk, guard, raw, states, zfs: besideSilent(raw, guard) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (thrown: unknown) => asProblemError(thrown).code,
  );
}

/** One question of each kind about the drive. */
function questions(zfs: Zfs): readonly Promise<unknown>[] {
  const snapshot = { dataset: 'blue/copies', name: 's', guid: 1n };
  const flags = {
    raw: false,
    properties: false,
    backupProperties: false,
    largeBlocks: false,
    compressed: false,
    embeddedData: false,
  };
  const request = { dataset: 'blue/copies', to: snapshot, range: false, flags };
  const receive = { dataset: 'blue/copies', force: false, savePartial: true, inherit: [], override: [] };
  return [
    zfs.poolResumable('blue'),
    zfs.listVersions(['tank', 'blue/copies'], { recursive: true, details: false }),
    zfs.listDatasets(['blue'], { recursive: false, properties: [] }),
    zfs.snapshotDetails([snapshot]),
    zfs.getProperties('blue/copies@s', ['guid']),
    zfs.readBack(['tank', 'blue/copies#b'], ['guid']),
    zfs.setProperties('blue', [['a:b', 'c']]),
    zfs.snapshot([{ dataset: 'blue/copies', name: 't' }]),
    zfs.createPlaceholder('blue/new', { encryption: 'inherit' }),
    zfs.hold('tag', [snapshot]),
    zfs.release('tag', [snapshot]),
    zfs.holds([snapshot]),
    zfs.bookmark('blue/copies', { type: 'snapshot', name: 's', guid: 1n }, 'b'),
    zfs.destroyBookmark('blue/copies', 'b'),
    zfs.destroySnapshots([snapshot]),
    zfs.estimate(request),
    zfs.receive(receive, { request }),
    zfs.abortReceive('blue/copies'),
  ];
}

describe('beside a drive that was pulled', () => {
  it('nothing is started that names its pool', async () => {
    const { machine, zfs, raw } = await bench();
    machine.pull(BLUE);
    await machine.settle();
    const codes = await Promise.all(questions(zfs).map(codeOf));
    expect(new Set(codes)).toEqual(new Set(['drive-pulled']));
    const aboutNoPool = ['label', 'capabilities', 'prepareSend'];
    expect(codes).toHaveLength(Object.keys(zfs).filter((name) => !aboutNoPool.includes(name)).length);
    expect(raw.calls).toEqual([]);
    expect(await codeOf(zfs.snapshot([{ dataset: 'tank/data', name: 't' }]))).toBe('none');
  });

  it('all pools are listed as the others by their names, and at once again when it is back', async () => {
    const { machine, zfs, raw } = await bench();
    const asked: (readonly string[])[] = [];
    raw.before = ({ names }) => {
      asked.push(names);
    };
    const list = async () =>
      (await zfs.listDatasets([], { recursive: true, properties: [] })).map(({ dataset }) => dataset);
    expect(await list()).toEqual(['blue', 'blue/copies', 'tank', 'tank/data']);
    machine.pull(BLUE);
    await machine.settle();
    expect(await list()).toEqual(['tank', 'tank/data']);
    expect((await zfs.listVersions([], { recursive: true, details: true })).map(({ dataset }) => dataset)).toEqual([
      'tank',
      'tank/data',
    ]);
    machine.imported.delete('blue');
    await machine.settle(60_000);
    await list();
    expect(asked).toEqual([[], ['tank'], ['tank'], []]);
  });

  it('at the start is known before anything is listed', async () => {
    const { machine, desk, zfs } = await bench({ plugged: false, watched: false });
    void desk.run(over.signal);
    const listed = machine.clock.runUntil(zfs.listDatasets([], { recursive: true, properties: [] }));
    expect((await listed).map(({ dataset }) => dataset)).toEqual(['tank', 'tank/data']);
  });

  it('a listing that was at work then does not hold up who waits for it', async () => {
    const { machine, zfs, raw } = await bench();
    const hangs = new Promise<never>(() => undefined);
    raw.before = ({ names }) => (names.length === 0 ? hangs : undefined);
    const listed = zfs.listDatasets([], { recursive: true, properties: [] });
    await turn();
    machine.pull(BLUE);
    await machine.settle();
    expect((await listed).map(({ dataset }) => dataset)).toEqual(['tank', 'tank/data']);
  });

  it('a pool that is exported in between is not missed', async () => {
    const { machine, zfs, raw, states } = await bench();
    states.set('usb', 'ONLINE');
    machine.pull(BLUE);
    await machine.settle();
    raw.before = ({ names }) => {
      if (!names.includes('usb')) return;
      states.delete('usb');
      throw new ProblemError('not-found', { name: 'usb', host: 'this machine' });
    };
    expect(await zfs.listDatasets([], { recursive: true, properties: [] })).toHaveLength(2);
  });

  it('who looks around is told of the others, and that this one is not asked', async () => {
    const { machine, guard, zfs } = await bench();
    machine.pull(BLUE);
    await machine.settle();
    const host = fakeHost(() => ({ stdout: 'tank\t1\t1000\t400\tONLINE\toff\n' }));
    const found = await discover({ zfs, host, guard }, over.signal);
    expect(found).toMatchObject({ problem: null, pools: [{ name: 'tank' }], silentPools: ['blue'] });
    expect(host.calls).toEqual([['list', '-Hp', '-o', 'name,guid,size,free,health,readonly', 'tank']]);
    expect(found.datasets.map(({ name }) => name)).toEqual(['tank', 'tank/data']);
  });
});

describe('a pool that is suspended, and that no job backs up to', () => {
  it('is refused, and fails what would list all pools: nobody knows what is there', async () => {
    const { zfs, raw, states, guard } = await bench();
    states.set('tank', 'SUSPENDED');
    expect(await codeOf(zfs.listDatasets(['tank'], { recursive: true, properties: [] }))).toBe('pool-unavailable');
    expect(await codeOf(zfs.listDatasets([], { recursive: true, properties: [] }))).toBe('pool-unavailable');
    expect(raw.calls).toEqual([]);
    expect((await guard.answering(over.signal))?.answering).toEqual(['blue']);
  });
});
