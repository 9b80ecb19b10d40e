import { expect, test } from 'vitest';
import type { DatasetState } from '../../lab/platform/support/state.ts';
import { differences, violations } from '../../lab/torture/check.ts';
import { parseSide } from '../../lab/torture/read-side.ts';

const pair = { source: 'desk/home', target: 'nas/b/desk/home', job: 'home' };
const keep = { sender: 2, receiver: 3 };
const taken = [1n, 2n, 3n, 0xabcn];
const HOLD = 'zrepl_last_received_J_home';
const CURSOR = 'zrepl_CURSOR_G_0000000000000abc_J_home';

function side(
  guids: readonly bigint[],
  bookmarks: Record<string, bigint>,
  tags: Record<string, string[]> = {},
  token: string | null = null,
): DatasetState {
  const snapshots = guids.map((guid) => [`s${guid}`, { guid, tags: tags[`s${guid}`] ?? [] }] as const);
  return { token, snapshots: new Map(snapshots), bookmarks: new Map(Object.entries(bookmarks)) };
}

const goodSender = side([3n, 0xabcn], { [CURSOR]: 0xabcn });
const goodReceiver = side([2n, 3n, 0xabcn], {}, { s2748: [HOLD] });

function found(sender: DatasetState | null, receiver: DatasetState | null): readonly string[] {
  const sides = {
    sender: new Map(sender === null ? [] : [[pair.source, sender]]),
    receiver: new Map(receiver === null ? [] : [[pair.target, receiver]]),
  };
  return violations(sides, pair, taken, keep);
}

test('what a finished run leaves is no violation', () => {
  expect(found(goodSender, goodReceiver)).toEqual([]);
});

const own = { s2748: [HOLD] };
test.each<[string, DatasetState | null, DatasetState | null, RegExp]>([
  ['source gone', null, goodReceiver, /is gone/],
  ['target missing', goodSender, null, /is not there/],
  ['lost here', side([0xabcn], { [CURSOR]: 0xabcn }), goodReceiver, /desk\/home: .*guid 3 is lost/],
  ['lost there', goodSender, side([3n, 0xabcn], {}, own), /nas.*guid 2 is lost/],
  ['never taken', goodSender, side([9n, 2n, 3n, 0xabcn], {}, own), /guid 9 was never taken/],
  ['behind', goodSender, side([1n, 2n, 3n], {}, { s3: [HOLD] }), /is newest here/],
  ['no cursor', side([3n, 0xabcn], {}), goodReceiver, /CURSOR.* is missing/],
  ['lying cursor', side([3n, 0xabcn], { [CURSOR]: 3n }), goodReceiver, /has guid 3/],
  ['tentative', side([3n, 0xabcn], { [CURSOR]: 0xabcn, old: 3n }), goodReceiver, /#old is stray/],
  [
    'step hold',
    side([3n, 0xabcn], { [CURSOR]: 0xabcn }, { s3: ['zrepl_STEP_J_home'] }),
    goodReceiver,
    /held by zrepl_S/,
  ],
  ['no hold', goodSender, side([2n, 3n, 0xabcn], {}), /is not held by/],
  ['old hold', goodSender, side([2n, 3n, 0xabcn], {}, { ...own, s2: [HOLD] }), /s2 is held by/],
  ['other hold', goodSender, side([2n, 3n, 0xabcn], {}, { s2748: [HOLD, 'x'] }), /held by x/],
  ['bookmark there', goodSender, side([2n, 3n, 0xabcn], { b: 3n }, own), /#b is stray/],
  ['partial', goodSender, side([2n, 3n, 0xabcn], {}, own, '1-abc'), /partial receive/],
  ['partial here', side([3n, 0xabcn], { [CURSOR]: 0xabcn }, {}, '1-abc'), goodReceiver, /home has a partial/],
])('%s is told', (_, sender, receiver, expected) => {
  expect(found(sender, receiver).join('\n')).toMatch(expected);
});

const DIGEST = 'a'.repeat(64);

test('copies are compared with originals by guid; what cannot be compared is no proof', () => {
  const originals = new Map([
    [1n, DIGEST],
    [2n, DIGEST],
    [3n, 'empty'],
    [5n, DIGEST],
  ]);
  const copies = new Map([
    [1n, DIGEST],
    [2n, 'b'.repeat(64)],
    [3n, 'empty'],
    [4n, DIGEST],
  ]);
  const { found, equal } = differences(originals, copies);
  expect(equal).toEqual([1n]);
  expect(found).toEqual([
    expect.stringMatching(/guid 2 is not the original/),
    expect.stringMatching(/guid 3 cannot be compared: empty/),
    expect.stringMatching(/guid 4 has no original/),
  ]);
});

test('what the helper in a guest prints of a side', () => {
  const lines = ['dataset\tn/a\t1-tok', 'snapshot\tn/a@1\t17', 'bookmark\tn/a#b\t17', 'hold\tn/a@1\ttag'];
  const { datasets, digests } = parseSide(`${[...lines, `digest\t17\t${DIGEST}`, 'end'].join('\n')}\n`);
  expect(datasets.get('n/a')).toEqual({
    token: '1-tok',
    snapshots: new Map([['1', { guid: 17n, tags: ['tag'] }]]),
    bookmarks: new Map([['b', 17n]]),
  });
  expect(digests).toEqual(new Map([[17n, DIGEST]]));
  expect(parseSide('end\n').datasets.size).toBe(0);
});

test.each(['', 'dataset\tn/a\t-\n', 'what\tn\t1\nend\n'])('a side that is not whole is refused: %j', (text) => {
  expect(() => parseSide(text)).toThrow();
});
