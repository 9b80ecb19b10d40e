import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { type Answer, bench } from './support/fake-host.ts';

describe('snapshot', () => {
  it('is one command for all datasets', async () => {
    const { zfs, ran } = bench();
    await zfs.snapshot([
      { dataset: 'p/a b', name: 'x y' },
      { dataset: 'p', name: 'x y' },
    ]);
    expect(ran()).toEqual([['snapshot', 'p/a b@x y', 'p@x y']]);
  });

  it('runs nothing for nothing', async () => {
    const { zfs, host } = bench();
    await zfs.snapshot([]);
    expect(host.calls).toEqual([]);
  });

  it.each([
    ['two snapshots of one dataset', ['p@a', 'p@b']],
    ['two pools', ['p@a', 'q@a']],
    ['an invalid name', ['p@a+b']],
    ['a range', ['p@a%b']],
    ['an option', ['-r@x']],
  ])('refuses %s before anything runs', async (_, names) => {
    const { zfs, host } = bench();
    const targets = names.map((full) => ({ dataset: full.split('@')[0] ?? '', name: full.split('@')[1] ?? '' }));
    await expect(zfs.snapshot(targets)).rejects.toThrow(/name-invalid/);
    expect(host.calls).toEqual([]);
  });

  it('says why nothing was taken', async () => {
    const stderr = "cannot create snapshot 'p@x': dataset already exists\nno snapshots were created\n";
    const { zfs } = bench(() => ({ stderr }));
    await expect(zfs.snapshot([{ dataset: 'p', name: 'x' }])).rejects.toMatchObject({
      code: 'snapshot-exists',
      facts: { name: 'p@x' },
    });
    const missing = bench(() => ({ stderr: "cannot open 'p': dataset does not exist\nusage:\n", code: 2 }));
    await expect(missing.zfs.snapshot([{ dataset: 'p', name: 'x' }])).rejects.toMatchObject({
      code: 'not-found',
      facts: { name: 'p' },
    });
  });
});

describe('createPlaceholder', () => {
  it.each([
    ['inherit', '2.1.11', ['create', '-u', '-o', 'zrepl:placeholder=on', '-o', 'mountpoint=none', 'p/a']],
    [
      'off',
      '2.1.11',
      ['create', '-u', '-o', 'zrepl:placeholder=on', '-o', 'mountpoint=none', '-o', 'encryption=off', 'p/a'],
    ],
    ['inherit', '2.0.7', ['create', '-o', 'zrepl:placeholder=on', '-o', 'mountpoint=none', 'p/a']],
  ] as const)('with encryption %s on %s', async (encryption, version, args) => {
    const { zfs, ran } = bench(() => undefined, { version });
    await zfs.createPlaceholder('p/a', { encryption });
    expect(ran()).toEqual([args]);
  });

  it('does not name a property that zfs does not know', async () => {
    const { zfs, ran } = bench((args) => (args[0] === 'load-key' ? { stderr: 'x', code: 2 } : undefined));
    await zfs.createPlaceholder('p/a', { encryption: 'off' });
    expect(ran()[0]).not.toContain('encryption=off');
  });

  it('is content when only mounting was denied', async () => {
    const stderr = 'filesystem successfully created, but it may only be mounted by root\n';
    const { zfs } = bench(([command]) => (command === 'create' ? { stderr } : undefined));
    await expect(zfs.createPlaceholder('p/a', { encryption: 'inherit' })).resolves.toBeUndefined();
  });

  it('is not content otherwise', async () => {
    const { zfs } = bench(([command]) =>
      command === 'create' ? { stderr: "cannot create 'p/a/b': parent does not exist\n" } : undefined,
    );
    await expect(zfs.createPlaceholder('p/a/b', { encryption: 'inherit' })).rejects.toMatchObject({
      code: 'not-found',
      facts: { name: 'p/a' },
    });
  });

  it('never creates a pool', async () => {
    const { zfs, host } = bench();
    await expect(zfs.createPlaceholder('p', { encryption: 'inherit' })).rejects.toThrow(/name-invalid/);
    expect(host.calls).toEqual([]);
  });
});

describe('setProperties', () => {
  it('is one command', async () => {
    const { zfs, ran } = bench();
    await zfs.setProperties('p/a', [
      ['a:b', ''],
      ['readonly', 'on'],
    ]);
    await zfs.setProperties('p/a', []);
    expect(ran()).toEqual([['set', 'a:b=', 'readonly=on', 'p/a']]);
  });

  it('refuses names and values that would break a command or a listing', async () => {
    const { zfs, host } = bench();
    await expect(zfs.setProperties('p', [['a=b', 'c']])).rejects.toThrow(/name-invalid/);
    await expect(zfs.setProperties('p', [['a:b', 'c\nd']])).rejects.toThrow(/name-invalid/);
    expect(host.calls).toEqual([]);
  });

  it('says what went wrong', async () => {
    const { zfs } = bench(() => ({ stderr: "cannot set property for 'p': permission denied\n" }));
    await expect(zfs.setProperties('p', [['a:b', 'c']])).rejects.toThrow(/permission-denied/);
  });
});

describe('holds', () => {
  const two = ['x', 'y z'].map((name) => ({ dataset: 'p/a', name }));
  const exists = (name: string): string => `cannot hold snapshot '${name}': tag already exists on this dataset\n`;

  it('are set with one command', async () => {
    const { zfs, ran } = bench();
    await zfs.hold('zrepl_STEP_J_a b', two);
    await zfs.hold('tag', []);
    expect(ran()).toEqual([['hold', 'zrepl_STEP_J_a b', 'p/a@x', 'p/a@y z']]);
  });

  it('may be there already', async () => {
    const { zfs } = bench(() => ({ stderr: exists('p/a@x') + exists('p/a@y z') }));
    await expect(zfs.hold('t', two)).resolves.toBeUndefined();
  });

  const bad: readonly (readonly [string, Answer, string])[] = [
    [
      'a missing snapshot',
      { stderr: `${exists('p/a@x')}cannot hold snapshot 'p/a@y z': dataset does not exist\n` },
      'not-found',
    ],
    ['a missing dataset', { stderr: "cannot open 'p/a': dataset does not exist\n" }, 'not-found'],
    ["somebody else's snapshot", { stderr: exists('p/b@x') }, 'command-failed'],
    ['a tag refused', { stderr: "cannot hold snapshot 'p/a@x': tag too long\n" }, 'bad-tag'],
    ['silence', { code: 1 }, 'command-failed'],
  ];
  it.each(bad)('fail with %s', async (_, answer, code) => {
    const { zfs } = bench(() => answer);
    await expect(zfs.hold('t', two)).rejects.toMatchObject({ code, facts: { tag: 't' } });
  });

  it('are released, also where there are none', async () => {
    const stderr = [
      "cannot release hold from snapshot 'p/a@x': no such tag on this dataset",
      "cannot release hold from snapshot 'p/a@y z': dataset does not exist",
    ];
    for (const text of [
      stderr.join('\n'),
      "cannot open 'p/a': dataset does not exist",
      "cannot open 'p/a@x': dataset does not exist",
    ]) {
      const { zfs, ran } = bench(() => ({ stderr: `${text}\n` }));
      await zfs.release('t', two);
      expect(ran()).toEqual([['release', 't', 'p/a@x', 'p/a@y z']]);
    }
  });

  it.each([
    ['silence', { code: 1 }],
    ['another line', { stderr: "cannot release hold from snapshot 'p/a@x': no such tag on this dataset\nwhat\n" }],
    ['a denial', { stderr: 'cannot release: permission denied\n' }],
  ])('are not released with %s', async (_, answer) => {
    const { zfs } = bench(() => answer);
    await expect(zfs.release('t', two)).rejects.toThrow(/command-failed|permission-denied/);
  });

  it('are listed, without those of snapshots that are gone', async () => {
    const { zfs, ran } = bench(() => ({
      stdout: 'p/a@x\tt 1\tTue Nov 14 12:00 2023\n',
      stderr: "cannot open 'p/a@y z': dataset does not exist\n",
    }));
    expect(await zfs.holds(two)).toEqual([{ dataset: 'p/a', snapshot: 'x', tag: 't 1' }]);
    expect(ran()).toEqual([['holds', '-H', 'p/a@x', 'p/a@y z']]);
  });

  it('are none where zfs finds none', async () => {
    const { zfs } = bench(() => ({ stderr: "cannot open 'p/a': dataset does not exist\nno datasets available\n" }));
    expect(await zfs.holds(two)).toEqual([]);
  });

  it('are not listed with another complaint', async () => {
    const { zfs } = bench(() => ({ stdout: 'p/a@x\tt\tx\n', stderr: "cannot open 'p/a@x': permission denied\n" }));
    await expect(zfs.holds(two)).rejects.toThrow(/permission-denied/);
  });

  it('refuse tags and names that are none', async () => {
    const { zfs, host } = bench();
    await expect(zfs.hold('.t', two)).rejects.toThrow(/name-invalid/);
    await expect(zfs.release('-r', two)).rejects.toThrow(/name-invalid/);
    await expect(zfs.hold('t', [{ dataset: 'p', name: 'a@b' }])).rejects.toThrow(/name-invalid/);
    expect(host.calls).toEqual([]);
  });

  it('are set in halves where the system takes no command as long', async () => {
    const { zfs, ran } = bench((args) => {
      if (args.length > 3) throw new ProblemError('command-failed', { host: 'nas', errno: 'E2BIG' });
      return undefined;
    });
    await zfs.hold('t', two);
    expect(ran().slice(1)).toEqual([
      ['hold', 't', 'p/a@x'],
      ['hold', 't', 'p/a@y z'],
    ]);
  });

  it('are not tried again when the command is lost', async () => {
    const { zfs, ran } = bench(() => {
      throw new ProblemError('command-timeout', { host: 'nas' });
    });
    await expect(zfs.hold('t', two)).rejects.toThrow(/command-timeout/);
    expect(ran()).toHaveLength(1);
  });

  it('are set in as few commands as their names allow', async () => {
    const { zfs, ran } = bench();
    const many = Array.from({ length: 1200 }, (_, index) => ({ dataset: 'p', name: `n${index}` }));
    await zfs.hold('t', many);
    expect(ran().map((args) => args.length - 2)).toEqual([500, 500, 200]);
  });
});

describe('bookmark', () => {
  const snapshot = { type: 'snapshot', name: 's', guid: 5n } as const;
  const mark = { type: 'bookmark', name: 'old', guid: 5n } as const;
  const exists = "cannot create bookmark 'p/a#new': bookmark exists\n";
  const guidRows = (guid: bigint): string => `p/a#new\tguid\t${guid}\t-\np/a#new\tcreatetxg\t9\t-\n`;
  /** The target is there with this guid, or not there. */
  const withTarget = (guid: bigint | null, version?: string) =>
    bench(
      ([command]) => {
        if (command === 'bookmark') return guid === null ? undefined : { stderr: exists };
        if (command !== 'get') return undefined;
        return guid === null
          ? { stderr: "cannot open 'p/a#new': dataset does not exist\n" }
          : { stdout: guidRows(guid) };
      },
      version === undefined ? {} : { version },
    );

  it('marks a snapshot', async () => {
    const { zfs, ran } = withTarget(null);
    await zfs.bookmark('p/a', snapshot, 'new');
    expect(ran()).toEqual([['bookmark', 'p/a@s', 'p/a#new']]);
  });

  it('may be there already, if it marks the same', async () => {
    const { zfs, ran } = withTarget(5n);
    await expect(zfs.bookmark('p/a', snapshot, 'new')).resolves.toBeUndefined();
    expect(ran()).toHaveLength(2);
  });

  it('is an error if it marks another', async () => {
    const { zfs } = withTarget(6n);
    await expect(zfs.bookmark('p/a', snapshot, 'new')).rejects.toMatchObject({
      code: 'bookmark-exists',
      facts: { name: 'p/a#new' },
    });
  });

  it('needs its source even where the bookmark is there', async () => {
    const stderr =
      "cannot open 'p/a@s': dataset does not exist\nusage:\n\tbookmark <snapshot|bookmark> <newbookmark>\n";
    const { zfs } = bench(([command]) => (command === 'bookmark' ? { stderr, code: 2 } : undefined));
    await expect(zfs.bookmark('p/a', snapshot, 'new')).rejects.toMatchObject({
      code: 'not-found',
      facts: { name: 'p/a@s' },
    });
  });

  it('is copied where zfs can', async () => {
    const { zfs, ran } = withTarget(null, '2.0.0');
    await zfs.bookmark('p/a', mark, 'new');
    expect(ran()).toEqual([['bookmark', 'p/a#old', 'p/a#new']]);
  });

  it('is not copied where zfs cannot, but may be there', async () => {
    const old = '0.8.6';
    const { zfs, ran } = withTarget(5n, old);
    await zfs.bookmark('p/a', mark, 'new');
    expect(ran().map(([command]) => command)).toEqual(['get']);
    for (const guid of [6n, null]) {
      await expect(withTarget(guid, old).zfs.bookmark('p/a', mark, 'new')).rejects.toThrow(/bookmark-copy-unsupported/);
    }
  });

  it('is destroyed, and gone is as good', async () => {
    for (const stderr of ['', "bookmark 'p/a#new' does not exist.\n", "cannot open 'p/a': dataset does not exist\n"]) {
      const { zfs, ran } = bench(() => ({ stderr }));
      await zfs.destroyBookmark('p/a', 'new');
      expect(ran()).toEqual([['destroy', 'p/a#new']]);
    }
  });

  it('is not destroyed otherwise', async () => {
    const { zfs, host } = bench(() => ({ stderr: "cannot destroy bookmark 'p/a#new': permission denied\n" }));
    await expect(zfs.destroyBookmark('p/a', 'new')).rejects.toThrow(/permission-denied/);
    await expect(zfs.destroyBookmark('p/a', 'a,b')).rejects.toThrow(/name-invalid/);
    expect(host.calls).toHaveLength(1);
  });
});
