import { describe, expect, it } from 'vitest';
import { keyFingerprints, outsideRoots } from '../../../core/endpoint/key.ts';
import { Mutex } from '../../../core/endpoint/mutex.ts';
import {
  isEffectivePlaceholder,
  isPlaceholderFlag,
  judgeForce,
  legacyPlaceholderValue,
} from '../../../core/endpoint/placeholder.ts';
import { neededVersions, ownBookmarks, protectionFor, staleBookmarks } from '../../../core/endpoint/protection.ts';
import { overridesFor, PROTECTIVE_INHERIT, unmetOverrides } from '../../../core/endpoint/receive-properties.ts';
import { listingRoots } from '../../../core/endpoint/roots.ts';
import { cursorName, tentativeCursorName } from '../../../core/zfs/marks.ts';
import type { Version } from '../../../core/zfs/types.ts';
import { turn } from '../doubles/fake-clock.ts';
import { encodeResumeToken } from '../doubles/token-encoder.ts';
import { JOB, receiverDataset, v } from '../replication/support.ts';
import { facts, local, resumeOf, step } from './support.ts';

const A = v('@a', 1);
const B = v('@b', 2);
const tentative = (guid: number) => v(`#${tentativeCursorName(BigInt(guid), JOB)}`, guid);
const cursor = (guid: number) => v(`#${cursorName(BigInt(guid), JOB)}`, guid);
const names = (versions: readonly Version[]) =>
  versions.map(({ type, name }) => (type === 'snapshot' ? `@${name}` : `#${name}`));

describe('protection before a send', () => {
  const marks = (...versions: Version[]) => ownBookmarks('tank/data', versions, JOB);
  const protect = (
    from: Version | null,
    guarantee: Parameters<typeof protectionFor>[1],
    own: ReturnType<typeof marks> = [],
    canCopy = true,
    between: readonly Version[] = [],
  ) => {
    const { hold, tentative: marked } = protectionFor(step(from, B, { between }), guarantee, own, canCopy);
    return { hold: names(hold), tentative: names(marked) };
  };

  it.each([
    ['guarantee_resumability', null, ['@b'], []],
    ['guarantee_resumability', A, ['@a', '@b'], []],
    ['guarantee_resumability', v('#foreign', 1), ['@b'], []],
    ['guarantee_incremental', null, [], ['@b']],
    ['guarantee_incremental', A, [], ['@a', '@b']],
    ['guarantee_incremental', v('#foreign', 1), [], ['#foreign', '@b']],
    ['guarantee_nothing', null, [], []],
    ['guarantee_nothing', A, [], []],
    ['guarantee_nothing', v('#foreign', 1), [], []],
  ] as const)('%s', (guarantee, from, hold, marked) => {
    expect(protect(from, guarantee)).toEqual({ hold: [...hold], tentative: [...marked] });
  });

  it('a range is held whole, because the one in flight can be any of them', () => {
    const between = [v('@x', 11), v('@y', 12)];
    expect(protect(A, 'guarantee_resumability', [], true, between).hold).toEqual(['@a', '@x', '@y', '@b']);
    expect(protect(A, 'guarantee_incremental', [], true, between).tentative).toEqual(['@a', '@b']);
  });

  it('what carries a mark of ours needs no other', () => {
    expect(protect(A, 'guarantee_incremental', marks(cursor(1))).tentative).toEqual(['@b']);
    expect(protect(A, 'guarantee_incremental', marks(tentative(1), tentative(2))).tentative).toEqual([]);
  });

  it('a foreign bookmark is copied only where this version of ZFS can', () => {
    expect(protect(v('#foreign', 1), 'guarantee_incremental', [], false).tentative).toEqual(['@b']);
  });
});

describe('marks of this job', () => {
  it('are bookmarks whose name parses, whose guid is the one they claim, and whose job is this one', () => {
    const versions = [
      A,
      cursor(1),
      tentative(2),
      v('#other', 1),
      v(`#${cursorName(1n, 'other')}`, 1),
      v(`#${cursorName(7n, JOB)}`, 1),
      v(`@${cursorName(1n, JOB)}`, 1),
    ];
    expect(ownBookmarks('tank/data', versions, JOB)).toEqual([
      { kind: 'cursor', version: cursor(1) },
      { kind: 'tentative-cursor', version: tentative(2) },
    ]);
  });

  it('a step reads its base, its target and what lies between', () => {
    expect(names(neededVersions(step(A, B, { between: [v('@x', 9)] })))).toEqual(['@a', '@x', '@b']);
    expect(names(neededVersions(step(null, B)))).toEqual(['@b']);
  });

  it('tentative cursors go stale unless a step uses them; cursors never do', () => {
    const own = ownBookmarks('tank/data', [cursor(1), tentative(1), tentative(2), tentative(3), tentative(9)], JOB);
    const stale = (steps: Parameters<typeof staleBookmarks>[1], guarantee: Parameters<typeof staleBookmarks>[2]) =>
      staleBookmarks(own, steps, guarantee).map(({ version }) => Number(version.guid));
    const steps = [step(A, B), step(B, v('@c', 3))];
    expect(stale(steps, 'guarantee_incremental')).toEqual([9]);
    expect(stale(steps, 'guarantee_resumability')).toEqual([1, 2, 3, 9]);
    expect(stale(steps, 'guarantee_nothing')).toEqual([1, 2, 3, 9]);
    expect(stale([step(tentative(9), B)], 'guarantee_nothing')).toEqual([1, 2, 3]);
    expect(stale([step(null, B)], 'guarantee_incremental')).toEqual([1, 3, 9]);
  });
});

describe('force', () => {
  const resume = resumeOf(encodeResumeToken({ toGuid: 2n, toName: 'tank/data@b' }));
  const standIn = receiverDataset([], { placeholderFlag: true });
  const ours = receiverDataset([], { ours: true });
  const judge = (target: Parameters<typeof judgeForce>[0], change: Parameters<typeof step>[2] = {}) =>
    judgeForce(target, step(null, B, change));

  it('an effective stand-in: the mark, no snapshot, no partial state', () => {
    expect(isEffectivePlaceholder(standIn)).toBe(true);
    expect(isEffectivePlaceholder({ ...standIn, versions: [v('#cur', 1)] })).toBe(true);
    expect(isEffectivePlaceholder({ ...standIn, versions: [A] })).toBe(false);
    expect(isEffectivePlaceholder({ ...standIn, resumeToken: 'x' })).toBe(false);
    expect(isEffectivePlaceholder({ ...standIn, placeholderFlag: false })).toBe(false);
  });

  it.each([
    ['nothing is there', undefined, { kind: 'no' }],
    ['an effective stand-in', standIn, { kind: 'force' }],
    ['an empty childless dataset of ours', ours, { kind: 'force' }],
    ['of ours with children', { ...ours, hasChildren: true }, { kind: 'refuse', code: 'destination-exists' }],
    ['of ours with partial state', { ...ours, resumeToken: 'x' }, { kind: 'refuse', code: 'destination-exists' }],
    ['empty, of somebody else', receiverDataset([]), { kind: 'refuse', code: 'destination-exists' }],
    ['with a snapshot', receiverDataset([A]), { kind: 'refuse', code: 'destination-has-snapshots' }],
    [
      'with a snapshot, marked a stand-in',
      { ...standIn, versions: [A] },
      { kind: 'refuse', code: 'destination-has-snapshots' },
    ],
    [
      'a stand-in with partial state, sent anew',
      { ...standIn, resumeToken: 'x' },
      { kind: 'refuse', code: 'destination-exists' },
    ],
  ] as const)('a full send, the target %s', (_, target, expected) => {
    expect(judge(target)).toEqual(expected);
  });

  it('an increment never uses it', () => {
    for (const target of [standIn, ours, receiverDataset([A])]) {
      expect(judgeForce(target, step(A, B))).toEqual({ kind: 'no' });
    }
  });

  it('a resumed full send uses it onto whatever it was begun on, and never onto snapshots', () => {
    const partial = { ...standIn, resumeToken: 'x' };
    expect(judge(partial, { resume })).toEqual({ kind: 'force' });
    expect(judge({ ...partial, placeholderFlag: false }, { resume })).toEqual({ kind: 'force' });
    expect(judge({ ...partial, versions: [A] }, { resume })).toEqual({
      kind: 'refuse',
      code: 'destination-has-snapshots',
    });
  });
});

describe('the mark of a stand-in', () => {
  it('counts only where it is set on the dataset itself', () => {
    expect(isPlaceholderFlag('tank', local('on'))).toBe(true);
    for (const source of ['inherited', 'received', 'default', 'none', 'temporary'] as const) {
      expect(isPlaceholderFlag('tank', { value: 'on', source })).toBe(false);
    }
    expect(isPlaceholderFlag('tank', local('off'))).toBe(false);
    expect(isPlaceholderFlag('tank', local('1'))).toBe(false);
    expect(isPlaceholderFlag('tank', undefined)).toBe(false);
  });

  it.each([
    ['tank', 'd028b05b7c52de50c4853f58e82a206b08f998d3bce0cac7f6bd7a0cb0338751'],
    ['pool1/sink/client1/a', '1f4a3e59fae0406329c28afc36d1bb72db1e4e72de22c870b1b5adaa15d77360'],
  ])('older installations wrote a digest of the path: %s', (dataset, value) => {
    expect(legacyPlaceholderValue(dataset)).toBe(value);
    expect(isPlaceholderFlag(dataset, local(value))).toBe(true);
    expect(isPlaceholderFlag(`${dataset}/renamed`, local(value))).toBe(false);
  });
});

describe('the fingerprint of a key', () => {
  const keys = (salt: string) =>
    new Map([
      ['keyformat', local('passphrase')],
      ['pbkdf2salt', local(salt)],
    ]);
  const root = (salt = '1', guid = 7n) =>
    facts('tank/home', { encrypted: true, encryptionRoot: 'tank/home', guid, properties: keys(salt) });
  const child = facts('tank/home/bob', { encrypted: true, encryptionRoot: 'tank/home' });
  const print = (...list: ReturnType<typeof facts>[]) => keyFingerprints(list).get('tank/home/bob');

  it('moves when the key is changed or the root becomes another one, and not with anything else', () => {
    const before = print(root(), child);
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    expect(print(root(), { ...child, mounted: true, guid: 99n })).toBe(before);
    expect(print(root('2'), child)).not.toBe(before);
    expect(print(root('1', 8n), child)).not.toBe(before);
    expect(print(root(), { ...child, encryptionRoot: 'tank/home/bob', properties: keys('1') })).not.toBe(before);
  });

  it('is the same whether the root was listed or read by itself', () => {
    expect(outsideRoots([child, facts('tank/plain')])).toEqual(['tank/home']);
    expect(outsideRoots([root(), child])).toEqual([]);
    const outside = new Map([['tank/home', { guid: '7', properties: keys('1') }]]);
    expect(keyFingerprints([child], outside).get(child.dataset)).toBe(print(root(), child));
  });

  it('is not made up where nothing is known, nor where nothing is encrypted', () => {
    expect(keyFingerprints([child]).size).toBe(0);
    expect(keyFingerprints([facts('tank/plain')]).size).toBe(0);
  });
});

describe('properties of a copy', () => {
  const properties = (override: Record<string, string>, protective = true, inherit: readonly string[] = []) => ({
    inherit,
    override: new Map(Object.entries(override)),
    protective,
  });

  it('protect it from being changed, mounted or run; volumes take only readonly', () => {
    expect(overridesFor(properties({}), 'filesystem').map(([name, value]) => `${name}=${value}`)).toEqual([
      'readonly=on',
      'canmount=noauto',
      'setuid=off',
      'exec=off',
      'devices=off',
    ]);
    expect(overridesFor(properties({}), 'volume')).toEqual([['readonly', 'on']]);
    expect(PROTECTIVE_INHERIT).toEqual(['mountpoint', 'sharenfs', 'sharesmb']);
  });

  it('what is configured wins', () => {
    const list = overridesFor(properties({ readonly: 'off', 'user:x': '1' }, true, ['exec']), 'filesystem');
    expect(list).toContainEqual(['readonly', 'off']);
    expect(list).toContainEqual(['user:x', '1']);
    expect(list.map(([name]) => name)).not.toContain('exec');
    expect(list.filter(([name]) => name === 'readonly')).toHaveLength(1);
    expect(overridesFor(properties({ a: 'b' }, false), 'filesystem')).toEqual([['a', 'b']]);
  });

  it.each([
    ['on', 'on', true],
    ['on', 'off', false],
    ['on', undefined, false],
    ['10G', '10737418240', true],
    ['1.5K', '1536', true],
    ['128KiB', '131072', true],
    ['512', '512', true],
    ['1M', '1000000', false],
    ['none', '0', true],
    ['none', '5', false],
    ['off', '0', false],
    ['10G', '10G', true],
    ['x', '120', false],
  ])('asked for %s, found %s: met %s', (asked, found, met) => {
    const seen = new Map(found === undefined ? [] : [['quota', local(found)]]);
    expect(unmetOverrides([['quota', asked]], seen)).toEqual(met ? [] : ['quota']);
  });
});

describe('where to list for a filter', () => {
  const roots = (patterns: Record<string, boolean>) => listingRoots(new Map(Object.entries(patterns)));
  it.each([
    ['everything', { '<': true, 'tank/tmp<': false }, null],
    ['nothing', {}, []],
    ['only exclusions', { 'tank<': false }, []],
    ['a subtree', { 'tank<': true, 'tank/tmp<': false }, [{ dataset: 'tank', recursive: true }]],
    ['one dataset', { 'tank/a': true }, [{ dataset: 'tank/a', recursive: false }]],
    [
      'what a subtree covers already',
      { 'tank<': true, 'tank/a<': true, 'tank/b': true, tank: true },
      [{ dataset: 'tank', recursive: true }],
    ],
    [
      'names that only look alike',
      { 'tank/a<': true, 'tank/ab': true },
      [
        { dataset: 'tank/a', recursive: true },
        { dataset: 'tank/ab', recursive: false },
      ],
    ],
  ])('%s', (_, patterns, expected) => {
    expect(roots(patterns)).toEqual(expected);
  });
});

describe('one after the other', () => {
  it('in the order in which they came, whatever becomes of those before', async () => {
    const mutex = new Mutex();
    const order: string[] = [];
    const work = (name: string, fail = false) =>
      mutex.run(async () => {
        order.push(`${name} begins`);
        await turn();
        order.push(`${name} ends`);
        if (fail) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([work('one'), work('two', true), work('three')]);
    expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
