/** Reading datasets, versions and properties of a real pool, with spaces in every name. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { DatasetVersions, Version } from '../../../core/zfs/types.ts';
import { usePlatform, type World } from '../platform/support/platform.ts';
import { guidOf, namesOf, onDisk } from '../platform/support/state.ts';

const platform = usePlatform('listing', 'nas', { sizeMiB: 256 });

let world: World;
const below = (path: string): string => `${world.source}/${path}`;

beforeAll(async () => {
  world = await platform().world(
    'list',
    `zfs create "$S/a b"; zfs create "$S/a b/c d"; zfs create -s -V 8M "$S/a b/vol 1"; zfs create "$S/none"
for n in 'foo 2' ' foo' 'bar' 'foo 1'; do zfs snapshot "$S/a b@$n"; done
zfs bookmark "$S/a b@foo 2" "$S/a b#foo mark"; zfs bookmark "$S/a b@bar" "$S/a b#other mark"
zfs snapshot "$S/a b/c d@foo of the child"; zfs hold 'of the child' "$S/a b/c d@foo of the child"
zfs hold 'one' "$S/a b@ foo" "$S/a b@bar"; zfs hold 'two' "$S/a b@bar"`,
  );
});

async function versionsOf(dataset: string, details = false): Promise<readonly Version[]> {
  const listed = await platform().zfs.listVersions([dataset], { recursive: false, details });
  expect(listed.map((entry) => entry.dataset)).toEqual([dataset]);
  return listed.flatMap(({ versions }) => versions);
}

const shown = (versions: readonly Version[]): readonly string[] =>
  versions.map(({ type, name }) => `${type === 'snapshot' ? '@' : '#'}${name}`);

describe('what is not there', () => {
  test('platform 3: asking for a dataset, snapshot or bookmark that is not there says which', async () => {
    const { zfs } = platform();
    for (const name of ['not there', 'a b@not there', 'a b#not there', 'not there@a b'].map(below)) {
      await expect(zfs.getProperties(name, ['guid']), name).rejects.toMatchObject({
        code: 'not-found',
        facts: { name },
      });
    }
    const there = below('a b@foo 1');
    const found = await zfs.readBack([below('not there'), there, below('a b#not there')], ['guid']);
    expect([...found.keys()]).toEqual([there]);
  });

  test('platform 8: versions of a dataset that is not there are an error, not an empty list', async () => {
    const { zfs, pool } = platform();
    const name = below('not there');
    for (const recursive of [true, false]) {
      for (const roots of [[name], [below('a b'), name], [world.source, name]]) {
        await expect(zfs.listVersions(roots, { recursive, details: false })).rejects.toMatchObject({
          code: 'not-found',
          facts: { name },
        });
      }
    }
    const elsewhere = `${pool.name} not imported/a b`;
    await expect(zfs.listVersions([elsewhere], { recursive: true, details: false })).rejects.toMatchObject({
      code: 'not-found',
      facts: { name: elsewhere },
    });
  });
});

describe('versions', () => {
  test('platform 9: snapshots and bookmarks with all their spaces, without those of children', async () => {
    const versions = await versionsOf(below('a b'));
    const state = await onDisk(world.guest, below('a b'));
    expect(namesOf(state)).toEqual(['foo 2', ' foo', 'bar', 'foo 1']);
    for (const { type, name, guid } of versions) {
      expect(guid).toBe(type === 'snapshot' ? guidOf(state, name) : state.bookmarks.get(name));
    }
    const [snapshots, bookmarks] = (['snapshot', 'bookmark'] as const).map((type) =>
      shown(versions.filter((version) => version.type === type)),
    );
    expect(snapshots).toEqual(['@foo 2', '@ foo', '@bar', '@foo 1']);
    expect(bookmarks).toEqual(['#foo mark', '#other mark']);
    expect(shown(versions.filter(({ name }) => name.startsWith('foo')))).toHaveLength(3);
    const mark = versions.find(({ name }) => name === 'foo mark');
    const marked = versions.find(({ name }) => name === 'foo 2');
    expect([mark?.guid, mark?.createtxg]).toEqual([marked?.guid, marked?.createtxg]);

    const all = await platform().zfs.listVersions([world.source], { recursive: true, details: false });
    const byName = new Map(all.map((entry: DatasetVersions) => [entry.dataset, shown(entry.versions)]));
    expect([...byName.keys()].sort()).toEqual(
      [world.source, ...['a b', 'a b/c d', 'a b/vol 1', 'none'].map(below)].sort(),
    );
    expect(byName.get(below('a b'))).toEqual(shown(versions));
    expect(byName.get(below('a b/c d'))).toEqual(['@foo of the child']);
  });

  test('platform 10: a detailed listing counts holds of snapshots and knows none of bookmarks', async () => {
    const versions = await versionsOf(below('a b'), true);
    expect(new Map(versions.map(({ type, name, userrefs }) => [`${type} ${name}`, userrefs]))).toEqual(
      new Map([
        ['snapshot foo 2', 0],
        ['bookmark foo mark', undefined],
        ['snapshot  foo', 1],
        ['snapshot bar', 2],
        ['bookmark other mark', undefined],
        ['snapshot foo 1', 0],
      ]),
    );
    const guestClockS = Number(await world.sh('date +%s'));
    for (const { creationS } of versions) expect(Math.abs(guestClockS - (creationS ?? 0))).toBeLessThan(3600);
    const named = await platform().zfs.snapshotDetails([
      { dataset: below('a b'), name: ' foo' },
      { dataset: below('a b'), name: 'gone' },
      { dataset: below('gone'), name: 'foo 1' },
    ]);
    const expected = versions.find(({ name }) => name === ' foo');
    expect([...named.keys()]).toEqual([below('a b@ foo')]);
    expect(expected).toMatchObject(named.get(below('a b@ foo')) ?? {});
  });

  test('platform 11: no version at all is an empty list', async () => {
    expect(await versionsOf(below('none'))).toEqual([]);
    expect(await versionsOf(below('none'), true)).toEqual([]);
  });
});

test('platform 12: datasets are listed with what is nested, volumes included', async () => {
  const { zfs } = platform();
  const listed = await zfs.listDatasets([world.source], { recursive: true, properties: ['user:word', 'volsize'] });
  expect(listed.map(({ dataset, kind }) => [dataset, kind]).sort()).toEqual(
    [
      [world.source, 'filesystem'],
      [below('a b'), 'filesystem'],
      [below('a b/c d'), 'filesystem'],
      [below('a b/vol 1'), 'volume'],
      [below('none'), 'filesystem'],
    ].sort(),
  );
  const guids = new Map(
    (await world.sh('zfs list -Hp -r -t filesystem,volume -o name,guid "$S"'))
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([name = '', guid = '']) => [name, BigInt(guid)]),
  );
  expect(new Map(listed.map(({ dataset, guid }) => [dataset, guid]))).toEqual(guids);
  for (const facts of listed) {
    const isVolume = facts.kind === 'volume';
    expect(facts).toMatchObject({ encrypted: false, keyLoaded: null, resumeToken: null, mounted: !isVolume });
    expect([...facts.properties.keys()]).toEqual(isVolume ? ['volsize'] : []);
  }
  const alone = await zfs.listDatasets([below('a b')], { recursive: false, properties: [] });
  expect(alone.map(({ dataset }) => dataset)).toEqual([below('a b')]);
});
