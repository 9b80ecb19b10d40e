import { describe, expect, it } from 'vitest';
import type { ReceiverDataset, SenderDataset } from '../../../core/endpoint/types.ts';
import {
  localDatasets,
  newestCursor,
  receiverDatasets,
  receiverListing,
  type SeenSides,
  senderDatasets,
  senderListing,
  unfinishedRanges,
} from '../../../core/job/prune-input.ts';
import { cursorName, tentativeCursorName } from '../../../core/zfs/marks.ts';
import type { Version } from '../../../core/zfs/types.ts';

const snapshot = (id: number): Version => ({
  type: 'snapshot',
  name: `s${id}`,
  guid: BigInt(id),
  createtxg: BigInt(id * 10),
});
const bookmark = (id: number, name: string): Version => ({ ...snapshot(id), type: 'bookmark', name });
const cursor = (id: number, job = 'j') => bookmark(id, cursorName(BigInt(id), job));
const tentative = (id: number, job = 'j') => bookmark(id, tentativeCursorName(BigInt(id), job));
const five = [1, 2, 3, 4, 5].map(snapshot);

const source = (
  dataset: string,
  versions: readonly Version[],
  changes: Partial<SenderDataset> = {},
): SenderDataset => ({
  dataset,
  guid: 1000n,
  kind: 'filesystem',
  isPlaceholder: false,
  encrypted: false,
  keyLoaded: null,
  keyFingerprint: null,
  versions,
  ...changes,
});
const copy = (
  dataset: string,
  versions: readonly Version[],
  changes: Partial<ReceiverDataset> = {},
): ReceiverDataset => ({
  dataset,
  localName: `backup/${dataset}`,
  guid: 2000n,
  placeholderFlag: false,
  hasChildren: false,
  ours: true,
  chain: null,
  key: null,
  encrypted: false,
  resumeToken: null,
  versions,
  ...changes,
});
function sides(
  senders: readonly SenderDataset[],
  receivers: readonly ReceiverDataset[] | null,
  jobId = 'j',
): SeenSides {
  return {
    sender: new Map(senders.map((one) => [one.dataset, one])),
    receiver: new Map((receivers ?? []).map((one) => [one.dataset, one])),
    receiverKnown: receivers !== null,
    senderLabel: 'laptop',
    receiverLabel: 'nas:backup',
    jobId,
  };
}

describe('unfinished transfers', () => {
  const guids = (versions: readonly Version[]) =>
    unfinishedRanges('p/a', versions).map((range) => [range.jobId, [...range.guids], range.protection]);

  it('reach from the base to the head, both included', () => {
    expect(guids([...five, tentative(2), tentative(4)])).toEqual([['j', [2n, 3n, 4n], 'incremental']]);
  });

  it('begin at the cursor where that protects the base', () => {
    expect(guids([...five, cursor(1), tentative(4)])).toEqual([['j', [1n, 2n, 3n, 4n], 'incremental']]);
  });

  it('of a first send are its target alone', () => {
    expect(guids([...five, tentative(3)])).toEqual([['j', [3n], 'incremental']]);
  });

  it('are told apart by job; a cursor alone, a foreign bookmark or a false mark is none', () => {
    expect(
      guids([
        ...five,
        cursor(1, 'k'),
        tentative(2, 'j'),
        tentative(5, 'i'),
        bookmark(3, 'mine'),
        // The name claims another guid.
        bookmark(4, tentativeCursorName(99n, 'h')),
      ]),
    ).toEqual([
      ['i', [5n], 'incremental'],
      ['j', [2n], 'incremental'],
    ]);
  });

  it('need no snapshots to be still there', () => {
    expect(guids([tentative(2), tentative(4)])).toEqual([['j', [], 'incremental']]);
  });
});

describe('what pruning the sender knows', () => {
  it('is the cursor of the job, what the receiver has, and transfers of whatever job', () => {
    const versions = [...five, cursor(2), cursor(3), cursor(5, 'k'), tentative(5, 'k')];
    const [dataset] = senderDatasets(sides([source('p/a', versions)], [copy('p/a', [snapshot(3), cursor(4)])]));
    expect(dataset).toMatchObject({ dataset: 'p/a', guid: 1000n, isPlaceholder: false, onSender: true, versions });
    expect(dataset?.targets).toEqual([
      { label: 'nas:backup', cursorGuid: 3n, otherSide: new Set([3n]), baseGuid: null },
    ]);
    expect(dataset?.unfinished).toEqual([{ jobId: 'k', guids: new Set([5n]), protection: 'incremental' }]);
  });

  it('is that nothing arrived where the receiver has no such dataset, and nothing at all where it is away', () => {
    const target = (receivers: readonly ReceiverDataset[] | null) =>
      senderDatasets(sides([source('p/a', five)], receivers))[0]?.targets[0];
    expect(target([])).toMatchObject({ cursorGuid: null, otherSide: new Set() });
    expect(target(null)).toMatchObject({ cursorGuid: null, otherSide: null });
  });

  it('is of other drives what their cursors here tell, and that a drive may be away', () => {
    const versions = [...five, cursor(2), cursor(4, 'j:red')];
    const set = (receivers: readonly ReceiverDataset[] | null) => ({
      ...sides([source('p/a', versions)], receivers),
      others: [{ label: 'Red:backup', jobId: 'j:red' }],
      isDrive: true,
    });
    const red = { label: 'Red:backup', cursorGuid: 4n, otherSide: null, baseGuid: null, isAway: true };
    const blue = { label: 'nas:backup', cursorGuid: 2n, baseGuid: null };
    expect(senderDatasets(set([copy('p/a', [snapshot(2)])]))[0]?.targets).toEqual([
      { ...blue, otherSide: new Set([2n]) },
      red,
    ]);
    expect(senderDatasets(set(null))[0]?.targets).toEqual([{ ...blue, otherSide: null, isAway: true }, red]);
  });
});

describe('what pruning the receiver knows', () => {
  it('is by its own names, and every version of the sender may be a base', () => {
    const seen = sides([source('p/a', [snapshot(5), cursor(2)])], [copy('p/a', five)]);
    expect(receiverDatasets(seen)).toEqual([
      {
        dataset: 'backup/p/a',
        guid: 2000n,
        isPlaceholder: false,
        onSender: true,
        versions: five,
        unfinished: [],
        targets: [{ label: 'laptop', cursorGuid: 2n, otherSide: new Set([5n, 2n]), baseGuid: null }],
      },
    ]);
  });

  it('is what other jobs have begun to send on from it', () => {
    const [dataset] = receiverDatasets(
      sides([source('p/a', five)], [copy('p/a', [...five, tentative(2, 'on'), tentative(4, 'on')])]),
    );
    expect(dataset?.unfinished).toEqual([{ jobId: 'on', guids: new Set([2n, 3n, 4n]), protection: 'incremental' }]);
  });

  it('tells copies whose dataset is gone or a stand-in now, and empty stand-ins', () => {
    const seen = sides(
      [source('p/stand', [], { isPlaceholder: true }), source('p/real', five)],
      [
        copy('p/gone', five),
        copy('p/stand', five),
        // The mark was left on although there is data: no stand-in.
        copy('p/real', five, { placeholderFlag: true }),
      ],
    );
    expect(
      receiverDatasets(seen).map(({ dataset, onSender, isPlaceholder }) => [dataset, onSender, isPlaceholder]),
    ).toEqual([
      ['backup/p/gone', false, false],
      ['backup/p/stand', false, false],
      ['backup/p/real', true, false],
    ]);
    const empty = sides([source('p/a', five)], [copy('p/a', [], { placeholderFlag: true })]);
    expect(receiverDatasets(empty)[0]?.isPlaceholder).toBe(true);
    expect(receiverDatasets(seen)[0]?.targets[0]).toMatchObject({ cursorGuid: null, otherSide: null });
  });
});

describe('the rest', () => {
  it('datasets without a destination have no targets, but unfinished transfers of other jobs', () => {
    const [dataset] = localDatasets(
      new Map([['p/a', source('p/a', [...five, tentative(2)], { isPlaceholder: true })]]),
    );
    expect(dataset).toMatchObject({ targets: [], isPlaceholder: true, unfinished: [{ jobId: 'j' }] });
  });

  it('listings are counted whole', () => {
    const seen = sides([source('p/a', [...five, cursor(2)]), source('p/b', five)], [copy('p/a', five)]);
    expect(senderListing(seen)).toEqual({ key: 'sender', host: 'laptop', count: 11 });
    expect(receiverListing(seen)).toEqual({ key: 'receiver', host: 'nas:backup', count: 5 });
  });

  it('the newest cursor of the job counts while there are two', () => {
    expect(newestCursor(source('p/a', [...five, cursor(4), cursor(2)]), 'j')?.guid).toBe(4n);
    expect(newestCursor(source('p/a', [...five, tentative(4)]), 'j')).toBeUndefined();
  });
});
