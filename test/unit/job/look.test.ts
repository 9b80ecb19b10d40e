import { describe, expect, it } from 'vitest';
import { destinationLookReply } from '../../../core/api/destination.ts';
import { look } from '../../../core/job/look.ts';
import { adoptionOf } from '../../../core/job/look-elsewhere.ts';
import { House } from './support.ts';

const signal = new AbortController().signal;

function house() {
  const made = new House();
  made.laptop.addSnapshot('tank/data', 'one');
  made.laptop.addSnapshot('tank/data', 'two');
  return made;
}

/** A copy of these snapshots of tank/data or another dataset, as another program would have left it. */
function copyTo(made: House, copy: string, ...rest: (string | { readonly of: string })[]): void {
  const names = rest.filter((one) => typeof one === 'string');
  const of = rest.find((one) => typeof one === 'object')?.of ?? 'tank/data';
  const source = made.laptop.datasets.get(of);
  const parts = copy.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const dataset = parts.slice(0, length).join('/');
    const raw = dataset === copy && source?.encrypted === true;
    if (!made.nas.datasets.has(dataset)) made.nas.addDataset(dataset, raw ? { encryption: 'root' } : {});
  }
  for (const name of names) {
    const guid = source?.snapshots.find((snapshot) => snapshot.name === name)?.guid;
    made.nas.addSnapshot(copy, name, guid === undefined ? {} : { guid });
  }
}

async function lookAt(made: House, where: Partial<Parameters<typeof look>[1]> = {}) {
  const settings = {
    rootFs: 'backup/root',
    clientIdentity: 'desk',
    encryptedAs: 'raw' as const,
    sudo: false,
    ...where,
  };
  const found = await look(
    { local: made.laptop, remote: made.nas, nowMs: made.clock.nowMs() },
    { datasets: ['tank/data'], ...settings },
    signal,
  );
  return destinationLookReply.parse(found);
}

const COPY = 'backup/root/desk/tank/data';

describe('looking at what is there already', () => {
  it('finds nothing where nothing is, and says what the first copy takes', async () => {
    const found = await lookAt(house());
    expect(found).toMatchObject({ elsewhere: [], adoptions: [], adopted: 0 });
    expect(found.datasets).toMatchObject([
      { dataset: 'tank/data', copy: COPY, state: 'absent', common: null, problem: null, bytesBy: 'dry-run' },
    ]);
    expect(found.datasets[0]?.bytes).toBeGreaterThan(0);
  });

  it('changes nothing, on either side', async () => {
    const made = house();
    copyTo(made, COPY, 'one');
    await lookAt(made);
    for (const { calls } of [made.laptop, made.nas]) expect(calls.every(({ txgWaits }) => txgWaits === 0)).toBe(true);
  });

  it('knows a copy by the guids of its snapshots, and what is still to be sent', async () => {
    const made = house();
    copyTo(made, COPY, 'one');
    const one = await lookAt(made);
    expect(one.adopted).toBe(1);
    expect(one.datasets).toMatchObject([{ state: 'common', common: { name: '@one' }, bytesBy: 'dry-run' }]);
    expect(one.datasets[0]?.bytes).toBeGreaterThan(0);
    copyTo(made, COPY, 'two');
    expect((await lookAt(made)).datasets).toMatchObject([{ state: 'common', common: { name: '@two' }, bytes: 0 }]);
  });

  it('goes on from a bookmark whose snapshot is gone', async () => {
    const made = house();
    copyTo(made, COPY, 'one');
    const guid = made.laptop.datasets.get('tank/data')?.snapshots[0]?.guid ?? 0n;
    await made.laptop.bookmark('tank/data', { type: 'snapshot', name: 'one', guid }, 'mark');
    made.laptop.removeSnapshot('tank/data', 'one');
    expect((await lookAt(made)).datasets).toMatchObject([{ state: 'common', common: { name: '#mark' } }]);
  });

  it.each([
    ['snapshots that this machine does not know', ['foreign'], 'no-common-ancestor'],
    ['newer ones of its own', ['one', 'foreign'], 'diverged'],
  ])('says what stands in the way: %s', async (_, names, code) => {
    const made = house();
    copyTo(made, COPY, ...names);
    const { datasets, adopted } = await lookAt(made);
    expect(datasets).toMatchObject([{ state: 'unusable', problem: { code }, bytes: null }]);
    expect(adopted).toBe(0);
  });

  it('does not write over what is no stand-in', async () => {
    const made = house();
    copyTo(made, COPY);
    expect((await lookAt(made)).datasets).toMatchObject([
      { state: 'unusable', problem: { code: 'destination-exists' } },
    ]);
    await made.nas.setProperties(COPY, [['zrepl:placeholder', 'on']]);
    expect((await lookAt(made)).datasets).toMatchObject([{ state: 'placeholder', problem: null }]);
  });

  it('says so before there is any snapshot, with the size on disk', async () => {
    const made = new House();
    await made.laptop.setProperties('tank/data', [['referenced', '12345']]);
    expect((await lookAt(made)).datasets).toMatchObject([{ state: 'absent', bytes: 12_345, bytesBy: 'referenced' }]);
  });

  it('finds copies at another place, and how they are taken over', async () => {
    const made = house();
    copyTo(made, 'backup/root/laptop/tank/data', 'one');
    copyTo(made, 'backup/root/old/stuff/tank/data', 'one', 'two');
    copyTo(made, 'backup/root/data', 'two');
    const found = await lookAt(made);
    expect(found.datasets).toMatchObject([{ state: 'absent' }]);
    expect(found.elsewhere.map(({ copy, common, adopt }) => [copy, common.name, adopt])).toEqual([
      ['backup/root/data', '@two', null],
      ['backup/root/laptop/tank/data', '@one', { rootFs: 'backup/root', clientIdentity: 'laptop' }],
      ['backup/root/old/stuff/tank/data', '@two', { rootFs: 'backup/root/old/stuff', clientIdentity: null }],
    ]);
    expect(found.adoptions).toHaveLength(2);
    // With every setting that is proposed, the copy is where the job looks for it.
    for (const { rootFs, clientIdentity } of found.adoptions) {
      const then = await lookAt(made, { rootFs, clientIdentity });
      expect(then.datasets).toMatchObject([{ state: 'common' }]);
    }
  });

  it('keeps encrypted and other data apart', async () => {
    const made = new House();
    made.laptop.addDataset('tank/secret', { encryption: 'root' });
    made.laptop.addSnapshot('tank/secret', 'one');
    const asked = { datasets: ['tank/data', 'tank/secret'] };
    expect((await lookAt(made, asked)).datasets.map(({ problem }) => problem)).toEqual([null, null]);
    const secret = made.laptop.datasets.get('tank/secret');
    if (secret !== undefined) secret.keyLoaded = false;
    expect((await lookAt(made, asked)).datasets.map(({ problem }) => problem)).toEqual([null, null]);
    const plain = await lookAt(made, { ...asked, encryptedAs: 'plain' });
    expect(plain.datasets.map(({ problem }) => problem?.code)).toEqual([undefined, 'key-not-loaded']);
  });

  it('says what is free at the target', async () => {
    const made = house();
    expect((await lookAt(made)).availableBytes).toBe(null);
    await made.nas.setProperties('backup/root', [['available', '123456']]);
    expect((await lookAt(made)).availableBytes).toBe(123_456);
  });

  it('tells of a dataset that is not here, of a target that is not there, and stops when told to', async () => {
    const made = house();
    const { datasets } = await lookAt(made, { datasets: ['tank/none', 'tank/data'] });
    expect(datasets).toMatchObject([{ state: 'unreadable', problem: { code: 'not-found' } }, { state: 'absent' }]);
    await expect(lookAt(made, { rootFs: 'backup/none' })).rejects.toMatchObject({ code: 'root-missing' });
    await expect(lookAt(made, { rootFs: 'backup/none', clientIdentity: null })).rejects.toMatchObject({
      code: 'root-missing',
    });
    const params = {
      rootFs: 'backup/root',
      clientIdentity: null,
      datasets: ['tank/data'],
      encryptedAs: 'raw' as const,
      sudo: false,
    };
    await expect(
      look({ local: made.laptop, remote: made.nas, nowMs: 0 }, params, AbortSignal.abort()),
    ).rejects.toMatchObject({
      code: 'command-aborted',
    });
  });
});

describe('two places', () => {
  const asked = { datasets: ['tank/data', 'tank/secret'], clientIdentity: 'desk', plainIdentity: 'desk-plain' };

  function twoKinds() {
    const made = house();
    made.laptop.addDataset('tank/secret', { encryption: 'root' });
    made.laptop.addSnapshot('tank/secret', 'one');
    return made;
  }

  it('are both looked at: each dataset where its job will look for it', async () => {
    const made = twoKinds();
    copyTo(made, 'backup/root/desk-plain/tank/data', 'one');
    copyTo(made, 'backup/root/desk/tank/secret', 'one', { of: 'tank/secret' });
    const found = await lookAt(made, asked);
    expect(found.datasets.map(({ copy, state }) => [copy, state])).toEqual([
      ['backup/root/desk-plain/tank/data', 'common'],
      ['backup/root/desk/tank/secret', 'common'],
    ]);
    expect(found).toMatchObject({ adopted: 2, elsewhere: [], adoptions: [] });
    expect(found.firstRuns?.map(({ dataset }) => dataset)).toEqual(['tank/secret', 'tank/data']);
  });

  it('are proposed so that both jobs go on with what is there', async () => {
    const made = twoKinds();
    copyTo(made, 'backup/root/laptop-open/tank/data', 'one');
    copyTo(made, 'backup/root/laptop/tank/secret', 'one', { of: 'tank/secret' });
    const [best] = (await lookAt(made, asked)).adoptions;
    expect(best).toEqual({
      rootFs: 'backup/root',
      clientIdentity: 'laptop',
      plainIdentity: 'laptop-open',
      datasets: 2,
    });
    const { datasets: _, ...places } = best ?? { datasets: 0 };
    const then = await lookAt(made, { ...asked, ...places });
    expect(then.adopted).toBe(2);
  });

  it.each([
    ['tank/data', 'desk', { clientIdentity: 'desk', plainIdentity: 'laptop' }],
    ['tank/secret', 'desk', { clientIdentity: 'laptop', plainIdentity: 'desk-plain' }],
    // It would be the place of the encrypted ones: those get another one.
    ['tank/data', 'laptop', { clientIdentity: 'laptop-encrypted', plainIdentity: 'laptop' }],
  ])('are never the same: a copy of %s at "laptop", where "%s" was meant', async (of, identity, places) => {
    const made = twoKinds();
    copyTo(made, `backup/root/laptop/${of}`, 'one', { of });
    const meant = { ...asked, clientIdentity: identity, plainIdentity: `${identity}-plain` };
    expect((await lookAt(made, meant)).adoptions).toEqual([{ rootFs: 'backup/root', ...places, datasets: 1 }]);
    expect((await lookAt(made, { ...asked, ...places })).adopted).toBe(1);
  });

  it('take over one kind only, where copies of both lie together', async () => {
    const made = twoKinds();
    copyTo(made, 'backup/root/old/tank/data', 'one');
    copyTo(made, 'backup/root/old/tank/secret', 'one', { of: 'tank/secret' });
    const { adoptions, elsewhere } = await lookAt(made, asked);
    expect(adoptions).toHaveLength(2);
    expect(adoptions.map(({ datasets }) => datasets)).toEqual([1, 1]);
    expect(elsewhere).toHaveLength(2);
    for (const { datasets: _, ...places } of adoptions)
      expect((await lookAt(made, { ...asked, ...places })).adopted).toBe(1);
  });

  it('are none right below the root', async () => {
    const made = twoKinds();
    copyTo(made, 'backup/root/tank/data', 'one');
    expect(await lookAt(made, asked)).toMatchObject({ adoptions: [], elsewhere: [{ adopt: null }] });
  });
});

describe('taking over', () => {
  it.each([
    ['backup/root/tank/data', { rootFs: 'backup/root', clientIdentity: null }],
    ['backup/rooter/tank/data', null],
    ['backup/root/xtank/data', null],
    ['other/tank/data', null],
    ['tank/data', null],
  ])('of %s', (copy, adopt) => {
    expect(adoptionOf('tank/data', copy, 'backup/root')).toEqual(adopt);
  });
});
