import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationLookParams, LOOK_DATASETS_MAX } from '../../../../core/api/destination.ts';
import { EMPTY_DRAFT } from '../../../../renderer/model/setup/draft.ts';
import {
  adoptedNas,
  checksWith,
  type FirstLook,
  firstSendOf,
  lookParams,
  placesOf,
  plainPlace,
  spaceOf,
} from '../../../../renderer/model/setup/first-look.ts';
import { jobsTo, linkRate, timesOf } from '../../../../renderer/model/setup/link-rate.ts';
import { changedNas } from '../../../../renderer/model/setup/nas.ts';
import { everythingWorks, largeMachine, NAS_KEY, someMachine } from '../../../e2e/window/support/wizard-machine.ts';

const nas = {
  ...EMPTY_DRAFT.nas,
  host: 'nas.lan',
  hostKey: NAS_KEY,
  key: 'nas-lan',
  rootFs: 'tank/backup',
  clientIdentity: 'desk',
};
const draft = { nas, encryptedAs: 'raw' as const };
const { datasets } = someMachine();

type Looked = FirstLook['datasets'][number];
const looked = (dataset: string, change: Partial<Looked> = {}): Looked => ({
  dataset,
  copy: `tank/backup/desk/${dataset}`,
  state: 'absent',
  common: null,
  problem: null,
  bytes: 100,
  bytesBy: 'dry-run',
  ...change,
});
const look = (change: Partial<FirstLook> = {}): FirstLook => ({
  datasets: [looked('a')],
  elsewhere: [],
  adoptions: [],
  adopted: 0,
  ...change,
});

describe('what is asked of the destination', () => {
  it('has two places only where both kinds are chosen and encrypted data stays encrypted', () => {
    expect(lookParams(draft, datasets)).toMatchObject({ clientIdentity: 'desk', plainIdentity: 'desk-plain' });
    expect(lookParams({ ...draft, encryptedAs: 'plain' }, datasets)).not.toHaveProperty('plainIdentity');
    for (const encrypted of [true, false]) {
      const some = datasets.filter((one) => one.encrypted === encrypted);
      expect(lookParams(draft, some)).not.toHaveProperty('plainIdentity');
    }
    const own = { ...draft, nas: { ...nas, plainIdentity: 'open' } };
    expect(lookParams(own, datasets)).toMatchObject({ clientIdentity: 'desk', plainIdentity: 'open' });
  });

  it('is nothing while something is missing, and else fits the contract', () => {
    expect(lookParams(draft, [])).toBe(null);
    for (const change of [{ host: '' }, { hostKey: null }, { rootFs: '/x' }, { clientIdentity: 'a/b' }]) {
      expect(lookParams({ ...draft, nas: { ...nas, ...change } }, datasets)).toBe(null);
    }
    expect(destinationLookParams.safeParse(lookParams(draft, datasets)).success).toBe(true);
  });

  it('is about the largest of more than can be asked', () => {
    const many = largeMachine(LOOK_DATASETS_MAX + 50).datasets;
    const params = lookParams(draft, many);
    expect(params?.datasets).toHaveLength(LOOK_DATASETS_MAX);
    expect(params?.datasets).toContain('tank');
    expect(firstSendOf(look({ datasets: [] }), many.length).unknown).toBe(many.length);
  });
});

describe('what the first run sends', () => {
  it('says how much of it is known, and how', () => {
    const found = look({
      adopted: 1,
      datasets: [
        looked('a'),
        looked('b', { bytesBy: 'referenced', bytes: 20 }),
        looked('c', { bytes: null, bytesBy: null }),
        looked('d', { state: 'unusable', bytes: null, bytesBy: null }),
      ],
    });
    expect(firstSendOf(found, 4)).toEqual({ bytes: 120, byDryRun: 1, byReferenced: 1, unknown: 1, adopted: 1 });
    expect(firstSendOf(look({ datasets: [looked('a', { bytes: null, bytesBy: null })] }), 1).bytes).toBe(null);
  });

  it('fits or does not, and nobody knows where something is not known', () => {
    expect(spaceOf({}, 10)).toEqual({ availableBytes: null, afterBytes: null, state: 'unknown' });
    expect(spaceOf({ availableBytes: 10 }, null)).toMatchObject({ availableBytes: 10, state: 'unknown' });
    expect(spaceOf({ availableBytes: 1000 }, 100)).toEqual({ availableBytes: 1000, afterBytes: 900, state: 'fits' });
    expect(spaceOf({ availableBytes: 104 }, 100)).toMatchObject({ state: 'too-small' });
  });

  it('is what the test of the space is about', () => {
    const { checks } = everythingWorks();
    const space = (availableBytes: number | null) =>
      checksWith(checks, look({ availableBytes }), nas, 1).find(({ check }) => check === 'space');
    expect(space(1000)).toMatchObject({ state: 'ok', problem: null });
    expect(space(90)).toMatchObject({ state: 'failed', problem: { code: 'no-space' } });
    expect(space(null)).toMatchObject({ state: 'unknown' });
    expect(checksWith(checks, null, nas, 1)).toEqual(checks);
    // What is there already takes no room again.
    const adopted = look({ availableBytes: 50, adopted: 1, datasets: [looked('a', { state: 'common', bytes: 0 })] });
    expect(checksWith(checks, adopted, nas, 1).find(({ check }) => check === 'space')).toMatchObject({ state: 'ok' });
  });
});

describe('taking copies over', () => {
  it('sets both places, the second only where it is not the one that is made up', () => {
    const two = { rootFs: 'tank/old', clientIdentity: 'ws', plainIdentity: 'ws-open', datasets: 2 };
    expect(placesOf(two)).toEqual(['tank/old/ws', 'tank/old/ws-open']);
    expect(adoptedNas(two)).toEqual({
      rootFs: 'tank/old',
      clientIdentity: 'ws',
      plainIdentity: 'ws-open',
      proven: null,
    });
    expect(adoptedNas({ ...two, plainIdentity: 'ws-plain' })).toMatchObject({ plainIdentity: '' });
    const one = { rootFs: 'tank/old', clientIdentity: null, datasets: 2 };
    expect(placesOf(one)).toEqual(['tank/old']);
    expect(adoptedNas(one)).toMatchObject({ clientIdentity: '', plainIdentity: '' });
  });

  it('asks for what it has set', () => {
    const name = fc.constantFrom('a', 'b', 'a-plain');
    fc.assert(
      fc.property(name, name, (clientIdentity, plainIdentity) => {
        fc.pre(clientIdentity !== plainIdentity);
        const adoption = { rootFs: 'tank/old', clientIdentity, plainIdentity, datasets: 1 };
        const after = changedNas(nas, adoptedNas(adoption));
        expect(lookParams({ ...draft, nas: after }, datasets)).toMatchObject({ clientIdentity, plainIdentity });
        expect(plainPlace(after)).toBe(plainIdentity);
      }),
    );
  });
});

const GIB = 2 ** 30;
const run = (bytesSent: number, seconds: number | null) => ({
  startMs: 1000,
  endMs: seconds === null ? null : 1000 + seconds * 1000,
  tally: {
    datasets: 1,
    datasetsDone: 1,
    snapshotsTaken: 0,
    snapshotsSent: 1,
    snapshotsDestroyed: 0,
    bytesSent,
    resumedFromBytes: 0,
  },
});

describe('how long it takes', () => {
  it('is assumed where no large run was seen', () => {
    for (const runs of [[], [run(1000, 1)], [run(GIB, null)], [run(GIB, 0)]]) {
      expect(linkRate(runs, null)).toMatchObject({ by: 'assumed', limited: false });
    }
    const { fastMs, slowMs } = timesOf(1e9, linkRate([], null));
    expect([Math.round(fastMs), Math.round(slowMs)]).toEqual([8800, 88_000]);
  });

  it('follows large runs that were seen, and the limit that is set', () => {
    const runs = [run(GIB, 10), run(GIB, 20), run(1000, 1)];
    expect(linkRate(runs, null)).toEqual({ slowest: GIB / 20, fastest: GIB / 10, by: 'measured', limited: false });
    expect(linkRate(runs, GIB / 40)).toEqual({ slowest: GIB / 40, fastest: GIB / 40, by: 'measured', limited: true });
  });

  it('is of jobs that send to the same machine', () => {
    const jobs = [
      { name: 'a', destination: 'root@nas.lan:tank' },
      { name: 'b', destination: 'root@nas.lan2:tank' },
      { name: 'c', destination: 'this machine:tank' },
      { name: 'd', destination: null },
    ];
    expect(jobsTo('nas.lan', jobs)).toEqual(['a']);
  });
});
