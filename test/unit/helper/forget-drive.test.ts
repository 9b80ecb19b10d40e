import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AbstractionRelease } from '../../../core/api/contract.ts';
import { ConfigVerbs } from '../../../core/helper/config-verbs.ts';
import { describeForgetting, forgetDrive } from '../../../core/helper/forget-drive.ts';
import { NO_HOLDS, Supervisor } from '../../../core/helper/supervisor.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { drive } from '../cli/support/example-status.ts';
import { FakeJob } from './support/fake-job.ts';
import { privateFolder } from './support/running-daemon.ts';

const TEXT = `jobs:
  - type: push
    name: photos
    connect:
      type: drive
      drives:
        - {pool: blue, pool_guid: "5", root_fs: blue/backups} # mine
        - {pool: red, pool_guid: "7", root_fs: red/backups}
    filesystems: {"tank/home<": true}
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}
`;
const signal = new AbortController().signal;

const release = (outcome: AbstractionRelease['outcome']): AbstractionRelease => ({
  row: {
    type: 'replication-cursor-bookmark-v2',
    side: 'sender',
    host: 'this machine',
    dataset: 'tank/home',
    fullName: 'tank/home#zrepl_CURSOR',
    tag: null,
    job: 'photos:0000000000000007',
    guid: '1',
    createtxg: '1',
    stale: false,
  },
  outcome,
  problem: null,
});

class ForgettingJob extends FakeJob {
  async forgetDrive(poolGuid: string, dryRun: boolean): Promise<readonly AbstractionRelease[]> {
    this.calls.push(`forget ${poolGuid} ${dryRun}`);
    return [release(dryRun ? 'would-release' : 'released')];
  }
}

async function bench() {
  const folder = await privateFolder();
  const file = join(folder.path, 'snapferry.yml');
  writeFileSync(file, TEXT, { mode: 0o600 });
  const job = new ForgettingJob('photos');
  job.current = { ...job.current, drives: [drive('away', { poolGuid: '5' }), drive('away', { poolGuid: '7' })] };
  const journal = {
    hear: () => {},
    lastSuccessMs: () => null,
    lastRunFailed: () => false,
    drive: <T>(_: string, one: T) => one,
  };
  const configs = [{ name: 'photos', type: 'push' as const }];
  const supervisor = Supervisor.from(configs, () => job, journal, SILENT_LOG, NO_HOLDS);
  let reloads = 0;
  const config = new ConfigVerbs({
    file,
    nowMs: () => 1_700_000_000_000,
    reload: () => {
      reloads += 1;
    },
  });
  const text = () => readFileSync(file, 'utf8');
  return { parts: { supervisor, config }, job, text, folder, reloads: () => reloads };
}

describe('forgetting a drive', () => {
  it('says first what it costs, and changes nothing', async () => {
    const { parts, job, text, folder, reloads } = await bench();
    await using _ = folder;
    const told = await forgetDrive(parts, { poolGuid: '7', dryRun: true }, signal);
    expect(told).toMatchObject({ jobs: ['photos'], releases: [{ outcome: 'would-release' }], keptAs: null });
    expect([job.calls, text(), reloads()]).toEqual([['forget 7 true'], TEXT, 0]);
    expect(await describeForgetting(parts, { poolGuid: '7', dryRun: false }, signal)).toEqual([
      'Job photos does not back up to it any more.',
      'this machine: tank/home#zrepl_CURSOR',
    ]);
    expect(text()).toBe(TEXT);
  });

  it('takes it out of the file, where comments stay, and releases its marks after that', async () => {
    const { parts, job, text, folder, reloads } = await bench();
    await using _ = folder;
    const done = await forgetDrive(parts, { poolGuid: '7', dryRun: false }, signal);
    expect(done).toMatchObject({ jobs: ['photos'], releases: [{ outcome: 'released' }] });
    expect(done.keptAs).not.toBeNull();
    expect(job.calls).toEqual(['forget 7 true', 'forget 7 false']);
    expect(text()).toContain('pool: blue');
    expect(text()).toContain('# mine');
    expect(text()).not.toContain('red');
    expect(reloads()).toBe(1);
  });

  it('releases nothing where the file cannot be changed, and is refused for a drive that nobody names', async () => {
    const { parts, job, folder } = await bench();
    await using _ = folder;
    await expect(forgetDrive(parts, { poolGuid: '9', dryRun: true }, signal)).rejects.toMatchObject({
      code: 'request-invalid',
    });
    await forgetDrive(parts, { poolGuid: '7', dryRun: false }, signal);
    job.calls.length = 0;
    // It is the only one now.
    await expect(forgetDrive(parts, { poolGuid: '5', dryRun: false }, signal)).rejects.toMatchObject({
      code: 'edit-refused',
    });
    expect(job.calls).toEqual(['forget 5 true']);
  });
});
