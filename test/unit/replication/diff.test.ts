import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Difference, diffVersions, sortVersions } from '../../../core/replication/diff.ts';
import { relname } from '../../../core/replication/plan.ts';
import { rankForJob } from '../../../core/replication/rank.ts';
import { cursorName, tentativeCursorName } from '../../../core/zfs/marks.ts';
import type { Version } from '../../../core/zfs/types.ts';
import { v } from './support.ts';

/** "@a,1" or "@a,1,900": name, guid, createtxg where it differs. */
function versions(text: string): Version[] {
  return text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', guid = '0', txg] = part.split(',');
      return v(name, Number(guid), Number(txg ?? guid));
    });
}

function show(difference: Difference): string {
  const names = (list: readonly Version[]) => list.map(relname).join(' ');
  switch (difference.kind) {
    case 'no-sender-versions':
      return 'NoSenderVersions';
    case 'no-common-ancestor':
      return `NoCommonAncestor S=[${names(difference.sender)}] R=[${names(difference.receiver)}]`;
    case 'diverged':
      return `Diverged ${relname(difference.common)} S=[${names(difference.senderOnly)}] R=[${names(difference.receiverOnly)}]`;
    case 'up-to-date':
      return `UpToDate ${relname(difference.common)}`;
    case 'path':
      return `path ${relname(difference.base)} ${names(difference.missing)}`;
  }
}

describe('what the receiver lacks', () => {
  it.each([
    // receiver, sender, result
    ['@a,1 @b,2', '@a,1 @b,2 @c,3 @d,4', 'path @b @c @d'],
    ['', '@a,1', 'NoCommonAncestor S=[@a] R=[]'],
    ['@a,1 @b,2', '@c,3 @d,4', 'NoCommonAncestor S=[@c @d] R=[@a @b]'],
    ['@a,1 @b1,2', '@a,1 @b2,3', 'Diverged @a S=[@b2] R=[@b1]'],
    ['@a,1 @b,2 @c,3', '@a,1 @c,3 @d,4', 'path @c @d'],
    ['@a,1 @b,2', '@a,1 @b,2', 'UpToDate @b'],
    ['@c,3', '@a,1 @b,2 @c,3', 'UpToDate @c'],
    ['', '', 'NoSenderVersions'],
    ['@a,1', '', 'NoSenderVersions'],
    ['@a,1', '#a,1 @b,2', 'path #a @b'],
    ['@a,1', '#a,1 #b,2 @c,3', 'path #a @c'],
    ['@a,1', '#a,1 @a,1 @b,2', 'path @a @b'],
    ['@a,1', '@a,1 #a,1 @b,2', 'path @a @b'],
    ['@a,1 #b,2', '@a,1 @c,3', 'path @a @c'],
    ['#a,1', '@a,1 @b,2', 'NoCommonAncestor S=[@a @b] R=[]'],
    ['@a,1', '#a,1', 'UpToDate #a'],
    ['@a,1', '#a,1 #b,2', 'UpToDate #a'],
    ['', '#cur,1', 'NoCommonAncestor S=[#cur] R=[]'],
    ['', '#cur,1 @b,2', 'NoCommonAncestor S=[#cur @b] R=[]'],
    ['@a,1 @b,2', '#cur,1 @c,3', 'Diverged #cur S=[@c] R=[@b]'],
    ['@a,1,900 @b,2,950', '@a,1,5 @b,2,9 @c,3,12', 'path @b @c'],
    ['@b,2,10 @a,1,20', '@a,1,5 @b,2,9 @c,3,12', 'path @a @b @c'],
    ['@a,1', '@c,3 @b,2 @a,1', 'path @a @b @c'],
    ['@a,1', '#x,1 #y,1 @b,2 #b,2 @c,3', 'path #x @b @c'],
    ['@a,1 @z,9', '@a,1', 'Diverged @a S=[] R=[@z]'],
  ])('receiver [%s] sender [%s]: %s', (receiver, sender, expected) => {
    expect(show(diffVersions(versions(receiver), versions(sender)))).toBe(expected);
  });

  it('prefers the own cursor to the own tentative cursor to the bookmarks of others as a base', () => {
    const bookmark = (name: string) => v(`#${name}`, 1);
    const own = [cursorName(1n, 'job'), tentativeCursorName(1n, 'job')];
    const others = ['a', cursorName(1n, 'other'), 'zzz'];
    const rank = rankForJob('tank/data', 'job');
    const base = (names: readonly string[]) => {
      const difference = diffVersions([v('@a', 1)], [...names.map(bookmark), v('@b', 2)], rank);
      return difference.kind === 'path' ? difference.base.name : null;
    };
    expect(base([...others, ...own])).toBe(cursorName(1n, 'job'));
    expect(base([own[1] ?? '', ...others])).toBe(tentativeCursorName(1n, 'job'));
    expect(base(others)).toBe('a');
  });

  const side = fc
    .uniqueArray(fc.record({ guid: fc.integer({ min: 1, max: 12 }), bookmark: fc.boolean() }), {
      selector: ({ guid, bookmark }) => `${guid}${bookmark}`,
    })
    .map((list) => list.map(({ guid, bookmark }) => v(`${bookmark ? '#' : '@'}n${guid}`, guid)));

  it('does not depend on the order of either list, and every verdict is true of the guids', () => {
    fc.assert(
      fc.property(side, side, fc.func(fc.integer()), (receiver, sender, shuffle) => {
        const result = diffVersions(receiver, sender);
        const mix = (list: readonly Version[]) => [...list].sort((a, b) => shuffle(a.name) - shuffle(b.name));
        expect(show(diffVersions(mix(receiver), mix(sender)))).toBe(show(result));

        const theirs = receiver.filter(({ type }) => type === 'snapshot').map(({ guid }) => guid);
        const ours = new Set(sender.map(({ guid }) => guid));
        const newest = sortVersions(receiver.filter(({ type }) => type === 'snapshot')).at(-1)?.guid;
        if (result.kind === 'path') {
          expect(result.base.guid).toBe(newest);
          expect(
            result.missing.every(({ type, createtxg }) => type === 'snapshot' && createtxg > result.base.createtxg),
          ).toBe(true);
          expect(result.missing.some(({ guid }) => theirs.includes(guid))).toBe(false);
        }
        if (result.kind === 'up-to-date') expect(result.common.guid).toBe(newest);
        if (result.kind === 'no-common-ancestor') expect(theirs.some((guid) => ours.has(guid))).toBe(false);
        if (result.kind === 'diverged') expect(newest !== undefined && ours.has(newest)).toBe(false);
      }),
    );
  });
});
