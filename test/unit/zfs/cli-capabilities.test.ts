import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { POOL_RECHECK_MS } from '../../../core/zfs/cli-capabilities.ts';
import { ZFS_PATHS } from '../../../core/zfs/cli-runner.ts';
import { createCliZfs } from '../../../core/zfs/cli-zfs.ts';
import { bench, fakeHost, installation } from './support/fake-host.ts';

describe('capabilities', () => {
  it('are asked once, with five commands', async () => {
    const { zfs, host } = bench();
    const [first, second] = await Promise.all([zfs.capabilities(), zfs.capabilities()]);
    expect(first).toBe(second);
    await zfs.capabilities();
    expect(host.calls).toEqual([['version'], ['send'], ['receive'], ['destroy'], ['load-key']]);
    expect(first).toMatchObject({ userlandVersion: '2.1.11-1', commaDestroy: true });
  });

  it('are asked again after a failure', async () => {
    let broken = true;
    const { zfs } = bench(([command]) => (broken && command === 'version' ? { stderr: 'no', code: 1 } : undefined));
    await expect(zfs.capabilities()).rejects.toThrow(/command-failed/);
    broken = false;
    expect((await zfs.capabilities()).nativeEncryption).toBe(true);
  });

  it('are not disturbed by one who leaves', async () => {
    const { zfs } = bench();
    const leaving = new AbortController();
    const left = zfs.capabilities({ signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toThrow(/command-aborted/);
    expect((await zfs.capabilities()).commaDestroy).toBe(true);
  });

  it.each([
    ['ends well', { code: 0 }],
    ['is killed', { code: null }],
    ['cannot run', { code: 126 }],
  ])('are not read from a usage text whose command %s', async (_, answer) => {
    const { zfs } = bench((args) => (args.length === 1 && args[0] === 'destroy' ? answer : undefined));
    await expect(zfs.capabilities()).rejects.toThrow(/command-failed/);
  });

  it('know a zfs that cannot tell its version', async () => {
    const { zfs } = bench(([command]) =>
      command === 'version' ? { stderr: "unrecognized command 'version'\nusage:\n", code: 2 } : undefined,
    );
    expect(await zfs.capabilities()).toMatchObject({ bookmarkCopy: false, commaDestroy: true });
  });
});

describe('the place of zfs', () => {
  const clock = { monotonicMs: () => 0 };

  it('is found among the usual ones and kept', async () => {
    const host = fakeHost(async (args, options) => {
      const program = host.programs.at(-1) ?? '';
      if (program === ZFS_PATHS[0]) throw new ProblemError('command-missing', { program, host: 'nas' });
      return program === ZFS_PATHS[1] ? { code: 127 } : installation()(args, options);
    });
    const zfs = createCliZfs({ host, clock });
    await zfs.setProperties('p', [['a:b', 'c']]);
    await zfs.setProperties('p', [['a:b', 'c']]);
    expect(host.programs).toEqual([...ZFS_PATHS.slice(0, 3), ZFS_PATHS[2], ZFS_PATHS[2]]);
  });

  it('is an error where there is none', async () => {
    const host = fakeHost(() => ({ code: 127 }));
    await expect(createCliZfs({ host, clock }).capabilities()).rejects.toThrow(
      'command-missing: The program zfs was not found on nas.',
    );
    expect(host.calls).toHaveLength(ZFS_PATHS.length);
  });

  it('stays unknown while the host cannot be reached', async () => {
    const host = fakeHost(() => {
      throw new ProblemError('host-unreachable', { host: 'nas' });
    });
    await expect(createCliZfs({ host, clock }).capabilities()).rejects.toThrow(/host-unreachable/);
    expect(host.calls).toHaveLength(1);
  });
});

describe('poolResumable', () => {
  function poolBench(states: readonly string[], version?: string) {
    const times = { nowMs: 0 };
    const left = [...states];
    const made = bench(([command]) => (command === 'get' ? { stdout: `${left.shift() ?? 'disabled'}\n` } : undefined), {
      clock: { monotonicMs: () => times.nowMs },
      ...(version === undefined ? {} : { version }),
    });
    return { ...made, times };
  }

  it('asks zpool beside zfs, and keeps a yes', async () => {
    const { zfs, host, ran } = poolBench(['enabled']);
    expect(await zfs.poolResumable('p')).toBe(true);
    expect(await zfs.poolResumable('p/a')).toBe(true);
    expect(ran()).toEqual([['get', '-H', '-p', '-o', 'value', 'feature@extensible_dataset', 'p']]);
    expect(host.programs.at(-1)).toBe('/sbin/zpool');
  });

  it('asks again after a no, but not at once', async () => {
    const { zfs, ran, times } = poolBench(['disabled', 'active']);
    expect(await zfs.poolResumable('p')).toBe(false);
    expect(await zfs.poolResumable('p')).toBe(false);
    times.nowMs = POOL_RECHECK_MS;
    expect(await zfs.poolResumable('p')).toBe(true);
    expect(ran()).toHaveLength(2);
  });

  it('keeps no failure', async () => {
    let broken = true;
    const { zfs } = bench(([command]) =>
      command === 'get' ? (broken ? { stderr: "cannot open 'p': no such pool\n" } : { stdout: 'active\n' }) : undefined,
    );
    await expect(zfs.poolResumable('p')).rejects.toThrow(/not-found/);
    broken = false;
    expect(await zfs.poolResumable('p')).toBe(true);
  });

  it('asks no pool where zfs itself cannot', async () => {
    const { zfs, ran } = bench((args) =>
      args.length === 1 && args[0] === 'receive' ? { stderr: 'x', code: 2 } : undefined,
    );
    expect(await zfs.poolResumable('p')).toBe(false);
    expect(ran()).toEqual([]);
  });

  it('takes a given place of zpool', async () => {
    const { zfs, host } = bench(() => undefined, { zpoolPath: '/opt/zpool' });
    await expect(zfs.poolResumable('p')).rejects.toThrow(/output-unreadable/);
    expect(host.programs.at(-1)).toBe('/opt/zpool');
  });
});
