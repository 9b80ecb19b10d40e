import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DestroyFailure,
  formatDestroyArgument,
  keptCode,
  parseDestroyFailure,
  saysBookmarkGone,
} from '../../../core/zfs/destroy-errors.ts';

const held = (name: string): string => `it's being held. Run 'zfs holds -r ${name}' to see holders.`;

function parse(argument: string, stderr: string): DestroyFailure {
  const at = argument.indexOf('@');
  return parseDestroyFailure({ dataset: argument.slice(0, at), names: argument.slice(at + 1).split(',') }, stderr);
}

function refused(failure: DestroyFailure): readonly (readonly [string, string])[] | string {
  if (failure.kind !== 'undestroyable') return failure.kind;
  return failure.snapshots.map(({ name, reason }) => [name, keptCode(reason)] as const);
}

describe('parseDestroyFailure', () => {
  it.each([
    ['p/f@a,b,c', 'cannot destroy snapshot p/f@b: dataset is busy\n', [['b', 'snapshot-held']]],
    [
      'R/foo bar@1 2 3,4 5 6,7 8 9',
      `cannot destroy snapshot R/foo bar@4 5 6: ${held('R/foo bar@4 5 6')}\n`,
      [['4 5 6', 'snapshot-held']],
    ],
    ['p/f@b', `cannot destroy snapshot p/f@b: ${held('p/f@b')}`, [['b', 'snapshot-held']]],
    [
      'p/f@a,c',
      'cannot destroy snapshot p/f@a: dataset is busy\ncannot destroy snapshot p/f@c: snapshot is cloned\n',
      [
        ['a', 'snapshot-held'],
        ['c', 'has-clones'],
      ],
    ],
    [
      'p/f@a',
      "cannot destroy 'p/f@a': snapshot has dependent clones\nuse '-R' to destroy the following datasets:\np/clone\np/other\n",
      [['a', 'has-clones']],
    ],
    ['p/f@a', 'cannot destroy snapshot p/f@a: out of space\n', [['a', 'undestroyable']]],
    ['p/f@a', 'cannot destroy snapshot p/f@a: dataset is busy\nany other line\n', 'other'],
    ['p/f@a', "use '-R' to destroy the following datasets:\np/clone\n", 'other'],
    ['p/f@a', 'cannot destroy snapshot p/g@a: dataset is busy\n', 'other'],
    ['p/f@a', 'cannot destroy snapshot p/f@a: \n', 'other'],
    ['p/f@a', 'could not find any snapshots to destroy; check snapshot names.\n', 'gone'],
    ['p/f@a', "cannot open 'p/f': dataset does not exist\n", 'gone'],
    ['p/f@a', "cannot open 'p/f': no such pool or dataset\n", 'gone'],
    ['p/f@a', "cannot open 'p/g': dataset does not exist\n", 'other'],
    ['p/f@a: b', `cannot destroy snapshot p/f@a: b: ${held('p/f@a: b')}\n`, [['a: b', 'snapshot-held']]],
    ['p/f@a,a: b', `cannot destroy snapshot p/f@a: b: ${held('p/f@a: b')}\n`, [['a: b', 'snapshot-held']]],
    ['p/f@a,a: b', 'cannot destroy snapshot p/f@a: b: strange\n', [['a: b', 'undestroyable']]],
    ['p/f@a,a: dataset is busy', 'cannot destroy snapshot p/f@a: dataset is busy\n', [['a', 'snapshot-held']]],
    ['p/f@a', '', 'other'],
    ['p/f@a', '\n', 'other'],
  ])('%s: %j', (argument, stderr, expected) => {
    expect(refused(parse(argument, stderr))).toEqual(expected);
  });

  it('only ever names what was requested', () => {
    const name = fc.constantFrom('a', 'a: b', 'b', 'dataset is busy', ': ');
    const line = fc
      .tuple(name, fc.constantFrom('dataset is busy', 'snapshot is cloned', 'x', ''))
      .map(([what, why]) => `cannot destroy snapshot p/f@${what}: ${why}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1 }),
        fc.array(fc.oneof(line, fc.string()), { maxLength: 4 }),
        (names, lines) => {
          const failure = parseDestroyFailure({ dataset: 'p/f', names }, lines.join('\n'));
          const named = failure.kind === 'undestroyable' ? failure.snapshots.map((snapshot) => snapshot.name) : [];
          expect(named.every((each) => names.some((name) => name === each))).toBe(true);
        },
      ),
    );
  });
});

describe('the rest', () => {
  it('writes one argument', () => {
    expect(formatDestroyArgument({ dataset: 'p/f', names: ['a', 'b c'] })).toBe('p/f@a,b c');
  });

  it.each([
    ['p/f#x', "bookmark 'p/f#x' does not exist.\n", true],
    ['p/f#x', "bookmark 'p/f#y' does not exist.\n", false],
    ['p/f#x', "cannot open 'p/f': dataset does not exist\n", true],
    ['p/f#x', "cannot open 'p/g': dataset does not exist\n", false],
    ['p/f#x', '', false],
  ])('knows when a bookmark is gone: %s %j', (name, stderr, gone) => {
    expect(saysBookmarkGone('p/f', name, stderr)).toBe(gone);
  });
});
