import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { parseEstimate } from '../../../core/zfs/parse-estimate.ts';
import { SendProgress } from '../../../core/zfs/progress.ts';

const TOKEN_TEXT =
  'resume token contents:\nnvlist version: 0\n\tobject = 0x2\n\toffset = 0x4c0000\n\tbytes = 0x4e4228\n\ttoguid = 0x52f9c212c71e60cd\n\ttoname = zroot/test/a@1\n';
const CHILD = 'pool1/otherjob/another ds with spaces/childfs';

describe('parseEstimate', () => {
  it.each([
    [`${TOKEN_TEXT}full\tzroot/test/a@1\t5389768\n`, 'full', 'zroot/test/a', null, 'zroot/test/a@1', 5389768],
    [
      `${TOKEN_TEXT}incremental\tzroot/test/a@1\tzroot/test/a@2\t5383936\n`,
      'incremental',
      'zroot/test/a',
      'zroot/test/a@1',
      'zroot/test/a@2',
      5383936,
    ],
    [
      `${TOKEN_TEXT}incremental\tzroot/test/a#1\tzroot/test/a@2\t5383312\n\n`,
      'incremental',
      'zroot/test/a',
      'zroot/test/a#1',
      'zroot/test/a@2',
      5383312,
    ],
    [
      'incremental\t1\tzroot/test/a@2\t10511856\nsize\t10511856\n',
      'incremental',
      'zroot/test/a',
      '1',
      'zroot/test/a@2',
      10511856,
    ],
    ['full\tzroot/test/a@3\t10518512\nsize\t10518512\n', 'full', 'zroot/test/a', null, 'zroot/test/a@3', 10518512],
    [
      'full\tpool1/otherjob/ds with spaces@blaffoo\t12912\nsize\t12912\n',
      'full',
      'pool1/otherjob/ds with spaces',
      null,
      'pool1/otherjob/ds with spaces@blaffoo',
      12912,
    ],
    [`full\t${CHILD}@blaffoo\t12912\nsize\t12912\n`, 'full', CHILD, null, `${CHILD}@blaffoo`, 12912],
    [
      'incremental\tblaffoo\tpool1/otherjob/another ds with spaces@blaffoo2\t624\nsize\t624\n',
      'incremental',
      'pool1/otherjob/another ds with spaces',
      'blaffoo',
      'pool1/otherjob/another ds with spaces@blaffoo2',
      624,
    ],
    [
      `incremental\tblaffoo\t${CHILD}@blaffoo2\t624\nsize\t624\n`,
      'incremental',
      CHILD,
      'blaffoo',
      `${CHILD}@blaffoo2`,
      624,
    ],
    [
      'incremental\tp1 with/ spaces d1@1 with space\tp1 with/ spaces d1@2 with space\n',
      'incremental',
      'p1 with/ spaces d1',
      'p1 with/ spaces d1@1 with space',
      'p1 with/ spaces d1@2 with space',
      null,
    ],
    [
      'full\tp1 with/ spaces d1@2 with space\n',
      'full',
      'p1 with/ spaces d1',
      null,
      'p1 with/ spaces d1@2 with space',
      null,
    ],
    ['full\tp/a@1\t9223372036854775807\n', 'full', 'p/a', null, 'p/a@1', null],
    ['full\tp/a@1\t18446744073709551000\n', 'full', 'p/a', null, 'p/a@1', null],
    ['full\tp/a@1\t0\n', 'full', 'p/a', null, 'p/a@1', null],
  ])('reads %j', (text, kind, dataset, from, to, sizeBytes) => {
    expect(parseEstimate(text)).toEqual([{ kind, dataset, from, to, sizeBytes }]);
  });

  it('reads every step of a range', () => {
    const text = 'incremental\t1\tt/src@2\t6311152\nincremental\t2\tt/src@3\t6311664\nsize\t12622816\n';
    expect(parseEstimate(text).map(({ from, to, sizeBytes }) => [from, to, sizeBytes])).toEqual([
      ['1', 't/src@2', 6311152],
      ['2', 't/src@3', 6311664],
    ]);
  });

  it.each([
    '',
    'size\t5\n',
    'full\n',
    'full\tp/a\t1\n',
    'full\tp/a@1\tx\n',
    'full\tp/a@1\t1\t1\n',
    'incremental\t1\n',
    'full\t-p@1\t1\n',
    'Full\tp/a@1\t1\n',
  ])('refuses %j', (text) => {
    expect(() => parseEstimate(text)).toThrow(/output-unreadable/);
  });

  it('refuses or reads any text, and nothing else', () => {
    const piece = fc.constantFrom('full', 'incremental', '\t', '\n', 'p/a@1', '5', 'size', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          expect(parseEstimate(pieces.join('')).length).toBeGreaterThan(0);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ProblemError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('SendProgress', () => {
  it('adds up the snapshots of a range, whose bytes begin anew', () => {
    const progress = new SendProgress();
    expect(progress.line('incremental\t1\tp/a b@2\t700')).toBeNull();
    expect(progress.line('size\t1500')).toEqual({ bytes: 0, expectedBytes: 1500 });
    expect(progress.line('12:00:01\t100\tp/a b@2')).toEqual({ bytes: 100, snapshot: '2', expectedBytes: 1500 });
    expect(progress.line('12:00:02\t600\tp/a b@2')).toMatchObject({ bytes: 600 });
    expect(progress.line('12:00:03\t50\tp/a b@3')).toMatchObject({ bytes: 650, snapshot: '3' });
    expect(progress.line('12:00:04\t70\tp/a b@3')).toMatchObject({ bytes: 670 });
    expect(progress.state().bytes).toBe(670);
  });

  it('knows no size where zfs says 0', () => {
    const progress = new SendProgress();
    expect(progress.line('size\t0')).toEqual({ bytes: 0 });
  });

  it.each([
    '',
    'TIME        SENT   SNAPSHOT',
    '12:00:01\tx\tp@1',
    '12:00:01\t5\tp',
    '12:00:01\t99999999999999999999\tp@1',
    '1:00:01\t5\tp@1',
    "warning: cannot send 'p@1': out of space",
  ])('takes no notice of %j', (text) => {
    expect(new SendProgress().line(text)).toBeNull();
  });

  it('never loses bytes of finished snapshots', () => {
    const step = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(1000));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const progress = new SendProgress();
        for (const [name, bytes] of steps) {
          const before = progress.state();
          const after = progress.line(`00:00:00\t${bytes}\tp@${name}`);
          if (before.snapshot !== name) expect(after?.bytes).toBe(before.bytes + bytes);
        }
      }),
    );
  });
});
