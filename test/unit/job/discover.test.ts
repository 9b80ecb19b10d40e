import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { discoverReply, snapshotToolSchema } from '../../../core/api/surroundings.ts';
import { discover } from '../../../core/job/discover.ts';
import { toolOf } from '../../../core/job/snapshot-tools.ts';
import { parsePools } from '../../../core/zfs/pools.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';
import { fakeHost } from '../zfs/support/fake-host.ts';

const signal = new AbortController().signal;

describe('whose snapshot it is', () => {
  it.each([
    ['snapferry_20261001_115000_000', 'snapferry'],
    ['zrepl_20240514_211623_000', 'zrepl'],
    ['autosnap_2024-05-14_21:16:23_daily', 'sanoid'],
    ['syncoid_desk_2024-05-14:21:16:23-GMT02:00', 'syncoid'],
    ['syncoid_my_host_2024-05-14:21:16:23', 'syncoid'],
    ['zfs-auto-snap_frequent-2024-05-14-2115', 'zfs-auto-snapshot'],
    ['auto-2024-05-14_21-16', 'truenas'],
    ['auto-20240514.2116-2w', 'truenas'],
    ['pyznap_2024-05-14_21:16:23_hourly', 'pyznap'],
    ['offsite1-20240514211623', 'zfs_autobackup'],
    ['2024-05-14-211623', 'znapzend'],
    ['autozsys_3f4d1a', 'zsys'],
    ['before-upgrade', 'other'],
    ['zrepl_by_hand', 'other'],
    ['autosnap_2024-05-14_21:16:23_daily.old', 'other'],
  ] as const)('%s: %s', (name, tool) => {
    expect(toolOf(name)).toBe(tool);
  });

  it('is told for any name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 255 }), (name) => {
        expect(snapshotToolSchema.options).toContain(toolOf(name));
      }),
    );
  });
});

describe('pools', () => {
  it('are read as zpool lists them, also one that has gone', () => {
    expect(parsePools('tank\t123\t1000\t400\tONLINE\toff\nusb\t7\t-\t-\tSUSPENDED\t-\n')).toEqual([
      { name: 'tank', guid: '123', sizeBytes: 1000, freeBytes: 400, health: 'ONLINE', readonly: false },
      { name: 'usb', guid: '7', sizeBytes: 0, freeBytes: 0, health: 'SUSPENDED', readonly: false },
    ]);
    expect(parsePools('')).toEqual([]);
  });

  it('are nothing or an error for anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          for (const pool of parsePools(text)) expect(pool.guid).toMatch(/^\d+$/);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ProblemError);
        }
      }),
    );
  });
});

describe('looking around', () => {
  const POOL = { stdout: 'tank\t5\t1000\t400\tONLINE\toff\n' };

  it('tells datasets with their snapshots by whoever made them', async () => {
    const zfs = new MemoryZfs();
    zfs.addDataset('tank');
    zfs.addDataset('tank/home');
    for (const name of ['zrepl_20240514_211623_000', 'zrepl_20240515_211623_000', 'mine'])
      zfs.addSnapshot('tank/home', name);
    const found = await discover({ zfs, host: fakeHost(() => POOL) }, signal);
    expect(discoverReply.parse(found)).toMatchObject({
      zfs: { userland: '2.3.2' },
      problem: null,
      pools: [{ name: 'tank', freeBytes: 400 }],
      leftOut: 0,
    });
    const home = found.datasets.find(({ name }) => name === 'tank/home');
    expect(home?.snapshots.map(({ tool, count }) => [tool, count])).toEqual([
      ['zrepl', 2],
      ['other', 1],
    ]);
    expect(home?.snapshots[0]?.newestMs).toBeGreaterThanOrEqual(home?.snapshots[0]?.oldestMs ?? Number.NaN);
  });

  it('says what is wrong where ZFS does not answer, and stops when told to', async () => {
    const zfs = new MemoryZfs();
    const missing = fakeHost(() => {
      throw new ProblemError('command-missing', { program: 'zpool', host: 'here' });
    });
    expect(await discover({ zfs, host: missing }, signal)).toMatchObject({
      zfs: null,
      problem: { code: 'command-missing' },
      datasets: [],
    });
    const none = await discover({ zfs, host: fakeHost(() => undefined) }, signal);
    expect(none).toMatchObject({ zfs: { kernel: '2.3.2' }, pools: [], datasets: [], problem: null });
    const aborted = discover({ zfs, host: fakeHost(() => POOL) }, AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ code: 'command-aborted' });
  });
});
