import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { listAbstractions, releaseAbstractions } from '../../../core/endpoint/abstractions.ts';
import { type Abstraction, staleAbstractions } from '../../../core/endpoint/staleness.ts';
import { parseTxgRange } from '../../../core/endpoint/txg-range.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag, tentativeCursorName } from '../../../core/zfs/marks.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';
import { v } from '../replication/support.ts';

const CURSOR = 'replication-cursor-bookmark-v2';
const TENTATIVE = 'tentative-replication-cursor-bookmark-v2';

function mark(
  type: Abstraction['type'],
  txg: number,
  jobId: string | null = 'job',
  dataset = 'tank/data',
): Abstraction {
  return { type, dataset, version: v('@x', txg), tag: null, jobId };
}

function staleTxgs(marks: readonly Abstraction[]): string[] {
  const stale = staleAbstractions(marks);
  return marks.filter((entry) => stale.has(entry)).map(({ type, version }) => `${type} ${version.createtxg}`);
}

describe('which marks nothing needs any more', () => {
  it.each<[string, readonly Abstraction[], readonly string[]]>([
    [
      'cursors 10, 20; step holds 5, 20, 25',
      [mark(CURSOR, 10), mark(CURSOR, 20), mark('step-hold', 5), mark('step-hold', 20), mark('step-hold', 25)],
      [`${CURSOR} 10`, 'step-hold 5', 'step-hold 20'],
    ],
    ['step holds 5, 9, no cursor', [mark('step-hold', 5), mark('step-hold', 9)], ['step-hold 5']],
    ['step hold 9, no cursor', [mark('step-hold', 9)], []],
    ['last-received 3, 7', [mark('last-received-hold', 7), mark('last-received-hold', 3)], ['last-received-hold 3']],
    ['tentative 1, 2, 3', [mark(TENTATIVE, 1), mark(TENTATIVE, 2), mark(TENTATIVE, 3)], []],
    ['a cursor without a job', [mark('replication-cursor-bookmark-v1', 1, null), mark(CURSOR, 5)], []],
  ])('%s', (_, marks, stale) => {
    expect(staleTxgs(marks)).toEqual(stale);
    expect(staleTxgs([...marks].reverse())).toEqual([...stale].reverse());
  });

  it('is decided for each dataset and job by itself', () => {
    const marks = [mark(CURSOR, 10), mark(CURSOR, 20, 'other'), mark(CURSOR, 30, 'job', 'tank/other')];
    expect(staleTxgs(marks)).toEqual([]);
  });
});

describe('the marks on a host', () => {
  async function host() {
    const zfs = new MemoryZfs();
    zfs.addDataset('tank');
    const [one, two] = ['1', '2'].map((name) => zfs.addSnapshot('tank', name));
    if (one === undefined || two === undefined) throw new Error('no snapshots');
    const source = { type: 'snapshot' as const, name: '1', guid: one.guid };
    for (const name of [
      cursorName(one.guid, 'job'),
      cursorName(one.guid, 'other'),
      tentativeCursorName(one.guid, 'job'),
      cursorName(two.guid, 'job'),
      'zrepl_replication_cursor',
      'mine',
    ]) {
      await zfs.bookmark('tank', source, name);
    }
    await zfs.hold(stepHoldTag('job'), [{ dataset: 'tank', name: '2' }]);
    await zfs.hold(lastReceivedHoldTag('other'), [{ dataset: 'tank', name: '2' }]);
    await zfs.hold('keep', [{ dataset: 'tank', name: '1' }]);
    const listed = await zfs.listVersions(['tank'], { recursive: true, details: true });
    return { zfs, listed, one };
  }

  it('are found with one process for all holds; foreign bookmarks, forged cursors and foreign tags are not among them', async () => {
    const { zfs, listed } = await host();
    const before = zfs.processes;
    const found = await listAbstractions(zfs, listed, {}, {});
    expect(zfs.processes - before).toBe(1);
    expect(found.map(({ type, jobId }) => `${type} ${jobId}`).sort()).toEqual(
      [
        `${CURSOR} job`,
        `${CURSOR} other`,
        `${TENTATIVE} job`,
        'replication-cursor-bookmark-v1 null',
        'step-hold job',
        'last-received-hold other',
      ].sort(),
    );
  });

  it('can be limited to a job and to a range; what names no job always shows', async () => {
    const { zfs, listed, one } = await host();
    const ofJob = await listAbstractions(zfs, listed, { jobId: 'other' }, {});
    expect(ofJob.map(({ type }) => type).sort()).toEqual(
      [CURSOR, 'last-received-hold', 'replication-cursor-bookmark-v1'].sort(),
    );
    const txgRange = parseTxgRange(`(${one.createtxg},~`);
    const later = await listAbstractions(zfs, listed, { txgRange }, {});
    expect(later.map(({ type }) => type).sort()).toEqual(['last-received-hold', 'step-hold']);
  });

  it('nothing held costs no process', async () => {
    const zfs = new MemoryZfs();
    zfs.addDataset('tank');
    zfs.addSnapshot('tank', '1');
    const listed = await zfs.listVersions(['tank'], { recursive: true, details: true });
    const before = zfs.processes;
    expect(await listAbstractions(zfs, listed, {}, {})).toEqual([]);
    expect(zfs.processes).toBe(before);
  });

  it('are released one process a tag; what fails is told and stops nothing else', async () => {
    const { zfs, listed } = await host();
    const found = await listAbstractions(zfs, listed, { jobId: 'job' }, {});
    zfs.before = ({ method }) => {
      if (method === 'release') throw new ProblemError('busy', { name: 'tank', host: 'x' });
    };
    const failed = await releaseAbstractions(zfs, found, {});
    expect([...failed].map(([{ type }, problem]) => `${type} ${problem.code}`)).toEqual(['step-hold busy']);
    zfs.before = () => {};
    expect(zfs.bookmarkNames('tank').filter((name) => name.endsWith('_J_job'))).toHaveLength(1);
    expect((await releaseAbstractions(zfs, found, {})).size).toBe(0);
    expect(zfs.holdsOn('tank')).toEqual([`1 keep`, `2 ${lastReceivedHoldTag('other')}`]);
  });
});

describe('ranges of createtxg', () => {
  const MAX = '18446744073709551615';
  it.each<[string, readonly bigint[], readonly bigint[]]>([
    ['~,~', [0n, 1n, BigInt(MAX)], []],
    ['[2,5)', [2n, 3n, 4n], [0n, 1n, 5n, 6n]],
    ['(2,5]', [3n, 4n, 5n], [0n, 1n, 2n, 6n]],
    ['(2,~', [3n, 4n, BigInt(MAX)], [0n, 1n, 2n]],
    ['~,4]', [0n, 1n, 4n], [5n]],
    [`[${MAX},~`, [BigInt(MAX)], [BigInt(MAX) - 1n]],
  ])('%s', (text, inside, outside) => {
    const range = parseTxgRange(text);
    for (const txg of inside) expect(range.contains(txg)).toBe(true);
    for (const txg of outside) expect(range.contains(txg)).toBe(false);
  });

  it.each([
    '[23,20]',
    '(23,22]',
    '(2,2)',
    '[2,2]',
    '~,0]',
    '~,0)',
    '[0,5]',
    `(${MAX},~`,
    '[18446744073709551616,~',
    '',
    '2,5',
    '[2;5]',
    '[-1,5]',
    '[2,5',
    '(~,5]',
  ])('%s is refused', (text) => {
    expect(() => parseTxgRange(text)).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });

  it('a bound of 0 counts only when it is meant', () => {
    const range = parseTxgRange('~,0]', { allowZero: true });
    expect([range.contains(0n), range.contains(1n)]).toEqual([true, false]);
    expect(() => parseTxgRange('~,0)', { allowZero: true })).toThrow('smaller');
  });
});
