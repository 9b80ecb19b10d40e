import { describe, expect, it } from 'vitest';
import type { DriveHealth } from '../../../core/api/drive.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { driveLines } from '../../../core/cli/view/drive.ts';
import { FakeJob, idleStatus } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine } from './support/command-line.ts';
import { drive, NOW_MS } from './support/example-status.ts';

const DAY_MS = 86_400_000;
const HEALTH: DriveHealth = {
  seenMs: NOW_MS,
  poolState: 'ONLINE',
  readCount: 0,
  writeCount: 0,
  checksumCount: 0,
  isDamaged: false,
  lastScrub: { endedMs: NOW_MS - 40 * DAY_MS, repairedBytes: 0, errorCount: 0 },
  neverScrubbed: false,
  scrub: null,
};
const SCRUB = { sinceMs: NOW_MS, isPaused: false, fraction: 0.0777, doneBytes: 820 * 1024 ** 2, totalBytes: 1024 ** 4 };

describe('what the command line says of a drive', () => {
  it('its age, space, health and scrub, and which of a set to bring', () => {
    const red = drive('away', {
      name: 'Red',
      poolGuid: '7',
      lastSuccessMs: NOW_MS - 9 * DAY_MS,
      sizeBytes: 4 * 1024 ** 4,
      freeBytes: 1024 ** 4,
      health: { ...HEALTH, readCount: 3, lastScrub: null, neverScrubbed: true },
    });
    const blue = drive('safe', { lastSuccessMs: NOW_MS - DAY_MS, health: HEALTH });
    const job = { ...idleStatus('photos'), drives: [red, blue] };
    expect(driveLines({ drive: red, jobs: [job] }, NOW_MS)).toEqual([
      'Red: not plugged in (photos)',
      '  bring Red next: it was backed up to longest ago',
      '  last complete backup: 9 d ago, overdue: every 7 d is wanted',
      '  space: 1.0 TiB of 4.0 TiB free',
      '  health: ONLINE, 3 errors of reading, 0 of writing, 0 of what was read',
      '  last scrub: never',
      '  a scrub is due: snapferry drives scrub Red',
    ]);
    expect(driveLines({ drive: blue, jobs: [job] }, NOW_MS).slice(1)).toEqual([
      '  last complete backup: 24 h ago',
      '  health: ONLINE, no errors',
      '  last scrub: 40 d ago, no errors',
      '  a scrub is due: snapferry drives scrub Blue',
    ]);
  });

  it('that it is only being checked, and how far that is', () => {
    const busy = drive('busy', { scrubbing: true, health: { ...HEALTH, scrub: SCRUB } });
    const job = { ...idleStatus('photos'), destination: busy.destination, drives: [busy] };
    const lines = driveLines({ drive: busy, jobs: [job] }, NOW_MS);
    expect(lines[0]).toBe('Blue: is being checked: do not unplug it (photos)');
    expect(lines.at(-1)).toBe('  scrub: at work, 7.8 % read, 820.0 MiB of 1.0 TiB');
    const [first] = driveLines({ drive: busy, jobs: [{ ...job, stage: 'replicating' }] }, NOW_MS);
    expect(first).not.toContain('checked');
  });
});

it('begins a scrub and ends it, of the drive that is meant', async () => {
  const job = new FakeJob('photos');
  job.current = { ...job.current, drives: [drive('safe')] };
  await using daemon = await RunningDaemon.start([job]);
  const run = async (...words: string[]) => {
    const line = new CommandLine();
    const code = await line.run('drives', 'scrub', ...words, '--socket', daemon.socketPath);
    return { code, out: line.io.out, err: line.io.err };
  };
  expect((await run('Red')).err).toContain('no job names a drive Red');
  expect((await run('Blue')).out).toContain('ZFS reads everything on Blue now.');
  expect((await run('blue', '--stop')).out).toBe('The scrub of Blue was stopped.\n');
  expect(job.calls).toEqual(['scrub start 1234567890123456789', 'scrub stop 1234567890123456789']);
  expect((await run('Blue')).code).toBe(EXIT.ok);
});
