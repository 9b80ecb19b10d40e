import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { SnapshotItem } from '../../../core/api/status.ts';
import { snapshotItemSchema } from '../../../core/api/status.ts';
import { checkSnapshotNames, snapshotName } from '../../../core/snapshotting/names.ts';
import { compileSnapshotting } from '../../../core/snapshotting/plan.ts';
import { takeSnapshots } from '../../../core/snapshotting/take.ts';
import { compileTimestampFormat } from '../../../core/snapshotting/timestamp.ts';
import { failureReach } from '../../../core/zfs/reach.ts';
import { FakeZfs } from '../pruning/fake-zfs.ts';

const states = (items: readonly SnapshotItem[]): string[] =>
  items.map(({ dataset, state, problem }) => `${dataset} ${state}${problem === null ? '' : ` ${problem.code}`}`);

describe('one run', () => {
  it('is one command a pool, whatever the number of datasets', async () => {
    const zfs = new FakeZfs();
    const datasets = Array.from({ length: 100 }, (_, i) => `tank/d${i}`);
    const items = await takeSnapshots(zfs, [...datasets, 'usb/x', 'tank'], 's1');
    expect(zfs.processes).toBe(2);
    expect(items.every((item) => item.state === 'done')).toBe(true);
    expect(items).toHaveLength(102);
    expect(zfs.names('tank/d99')).toEqual(['s1']);
    for (const item of items) expect(snapshotItemSchema.parse(item)).toEqual(item);
  });

  it('tries a pool one by one when its command fails, so that one broken dataset stops no other', async () => {
    const zfs = new FakeZfs();
    zfs.fail.snapshot = (dataset) =>
      dataset === 'tank/b' ? new ProblemError('quota-exceeded', { name: dataset }) : null;
    const seen: string[][] = [];
    const items = await takeSnapshots(zfs, ['tank/c', 'tank/a', 'tank/b', 'usb/a'], 's1', {
      onProgress: (progress) => seen.push(states(progress)),
    });
    expect(states(items)).toEqual(['tank/a done', 'tank/b error quota-exceeded', 'tank/c done', 'usb/a done']);
    expect(items[1]?.problem).toMatchObject({ phase: 'snapshot', dataset: 'tank/b' });
    expect(zfs.calls.filter((call) => call.includes('tank'))).toEqual([
      'snapshot tank/a@s1 tank/b@s1 tank/c@s1',
      'snapshot tank/a@s1',
      'snapshot tank/b@s1',
      'snapshot tank/c@s1',
    ]);
    expect(seen[0]?.slice(0, 3)).toEqual(['tank/a started', 'tank/b started', 'tank/c started']);
  });

  it('says which snapshot exists already, and takes the others', async () => {
    const zfs = new FakeZfs();
    zfs.add('tank/b', 's1', 5);
    expect(states(await takeSnapshots(zfs, ['tank/a', 'tank/b'], 's1'))).toEqual([
      'tank/a done',
      'tank/b error snapshot-exists',
    ]);
  });

  it.each(['pool-unavailable', 'command-timeout', 'host-unreachable'] as const)(
    'does not try a pool again after %s',
    async (code) => {
      const zfs = new FakeZfs();
      zfs.fail.snapshot = (dataset) => (dataset.startsWith('usb') ? new ProblemError(code) : null);
      const items = await takeSnapshots(zfs, ['usb/a', 'usb/b', 'tank/a'], 's1');
      expect(states(items)).toEqual(['tank/a done', `usb/a error ${code}`, `usb/b error ${code}`]);
      expect(zfs.processes).toBe(2);
    },
  );

  it('ends trying one by one when the pool goes meanwhile', async () => {
    const zfs = new FakeZfs();
    let asked = 0;
    zfs.fail.snapshot = () => {
      asked += 1;
      return new ProblemError(asked === 1 ? 'quota-exceeded' : 'pool-unavailable');
    };
    const items = await takeSnapshots(zfs, ['usb/a', 'usb/b', 'usb/c'], 's1');
    expect(zfs.processes).toBe(2);
    expect(states(items)).toEqual(['a', 'b', 'c'].map((name) => `usb/${name} error pool-unavailable`));
  });

  it('starts nothing once cancelled, and nothing for no dataset', async () => {
    const zfs = new FakeZfs();
    const items = await takeSnapshots(zfs, ['tank/a', 'tank/b'], 's1', { signal: AbortSignal.abort() });
    expect(states(items)).toEqual(['tank/a error command-aborted', 'tank/b error command-aborted']);
    expect(await takeSnapshots(zfs, [], 's1')).toEqual([]);
    expect(zfs.processes).toBe(0);
  });
});

describe('names', () => {
  const iso = compileTimestampFormat('iso-8601', 'Europe/London');

  it('joins prefix and time', () => {
    expect(snapshotName('snapferry_', iso, Date.UTC(2024, 4, 14))).toBe('snapferry_2024-05-14T01:00:00.000_0100');
  });

  it('refuses what ZFS would refuse', () => {
    for (const prefix of ['a/b', 'a@', 'ä', 'a,', 'a%', 'x'.repeat(240)]) {
      expect(() => snapshotName(prefix, iso, 0)).toThrow(expect.objectContaining({ code: 'name-invalid' }));
      expect(() => checkSnapshotNames(prefix, iso)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    }
    expect(() => checkSnapshotNames('ok_', iso)).not.toThrow();
  });

  it('tries summer and winter', () => {
    // Legal in winter only: in summer two signs are printed and one of them stays.
    const format = compileTimestampFormat('15Z07Z07', 'Europe/London');
    expect(() => checkSnapshotNames('p_', format)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    expect(snapshotName('p_', format, Date.UTC(2020, 11, 1))).toBe('p_00ZZ');
  });
});

describe('compiled from the configuration', () => {
  const names = { prefix: 'p_', timestampFormat: 'dense', timestampLocation: '' };
  it('periodic, cron and manual', () => {
    expect(compileSnapshotting({ type: 'manual' })).toEqual({ type: 'manual' });
    expect(compileSnapshotting({ type: 'periodic', intervalMs: 5, ...names })).toMatchObject({ intervalMs: 5 });
    const cron = compileSnapshotting({ type: 'cron', cron: '0 12 * * *', ...names }, 'Asia/Tokyo');
    expect(cron).toMatchObject({ type: 'cron', schedule: { zone: 'Asia/Tokyo' }, naming: { prefix: 'p_' } });
  });
  it('refuses a prefix that ZFS would refuse', () => {
    expect(() => compileSnapshotting({ type: 'periodic', intervalMs: 5, ...names, prefix: 'a b/' })).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    );
  });
});

it('knows how far a failure reaches', () => {
  expect(failureReach('host-unreachable')).toBe('host');
  expect(failureReach('command-stuck')).toBe('pool');
  expect(failureReach('quota-exceeded')).toBe('dataset');
});
