import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lateAfterMs } from '../../../core/api/lateness.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { sentence } from '../../../core/api/sentence.ts';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import { AHEAD_MS_MAX, verdictOf } from '../../../core/api/verdict.ts';
import {
  common,
  DAY,
  daemon,
  dataset,
  drive,
  finished,
  HOUR,
  job,
  MIN,
  NOW_MS,
  pruned,
  safety,
} from '../cli/support/example-status.ts';
import { anyStatus } from './support/any-status.ts';

const say = (status: DaemonStatus, language: 'en' | 'de' = 'en'): string => sentence(status, NOW_MS, language);
const nas = (change: Partial<JobStatus> = {}): JobStatus =>
  job('laptop-to-nas', { safety: [safety('rpool/home'), safety('rpool/data')], ...change });

describe('sentence', () => {
  it('says where everything is, and how old the oldest of it is', () => {
    const older = nas({ safety: [safety('rpool/home'), safety('rpool/data', { newestCommon: common(3 * HOUR) })] });
    expect(say(daemon(older))).toBe('Everything is on nas as of 3 hours ago.');
    expect(say(daemon(older), 'de')).toBe('Alles ist auf nas, Stand: vor 3 Stunden.');
  });

  it('names every machine and every pool once', () => {
    const row = (destination: string) => safety('rpool/home', { destination });
    const two = (a: string, b: string) => daemon(nas({ safety: [row(a), row(b)] }));
    expect(say(two('root@nas:tank/a', 'Blue:backup'))).toBe('Everything is on nas and Blue as of 10 minutes ago.');
    expect(say(two('root@nas:tank/a', 'root@nas:tank/b'))).toBe('Everything is on nas as of 10 minutes ago.');
    expect(say(two('root@nas:tank/a', 'this machine:blue/desk'))).toBe(
      'Everything is on nas and blue as of 10 minutes ago.',
    );
    expect(say(two('backup/laptop', 'backup/laptop'))).toBe('Everything is on backup/laptop as of 10 minutes ago.');
  });

  it('tells of a drive with an age of its own, late by what its job says', () => {
    const blue = (ageMs: number) =>
      job('blue', {
        safety: [safety('rpool/home', { destination: 'this machine:blue/desk', newestCommon: common(ageMs) })],
        drives: [drive('away')],
      });
    expect(say(daemon(nas(), blue(6 * DAY)))).toBe(
      'Everything is on nas as of 10 minutes ago. The drive Blue is 6 days old.',
    );
    expect(say(daemon(blue(6 * DAY)))).toBe('Everything is on Blue as of 6 days ago.');
    expect(say(daemon(nas(), blue(8 * DAY)))).toBe('rpool/home → blue: 8 days old.');
    const red = { ...drive('away'), name: 'Red', poolGuid: '2', destination: 'this machine:red/desk' };
    const both = job('set', {
      safety: [
        safety('rpool/home', { destination: 'this machine:blue/desk', newestCommon: common(2 * DAY) }),
        safety('rpool/home', { destination: 'this machine:red/desk', newestCommon: common(5 * DAY) }),
      ],
      drives: [drive('away'), red],
    });
    expect(say(daemon(both))).toBe('Everything is on Blue as of 2 days ago. The drive Red is 5 days old.');
  });

  it('grows older while nothing changes', () => {
    expect(sentence(daemon(nas()), NOW_MS + 50 * MIN)).toBe('Everything is on nas as of 60 minutes ago.');
    expect(sentence(daemon(nas()), NOW_MS + 3 * DAY)).toContain('rpool/home → nas: 3 days old.');
  });

  it('tells the worst dataset and how many more there are', () => {
    const rows = [
      safety('rpool/home', { newestCommon: common(6 * DAY) }),
      safety('rpool/data'),
      safety('rpool/vm', { newestCommon: null }),
      safety('rpool/srv', { newestCommon: { ...common(0), creationMs: null } }),
    ];
    const status = daemon(nas({ safety: rows }));
    expect(say(status)).toBe('rpool/vm → nas: nothing there yet. 2 more datasets are behind.');
    expect(say(status, 'de')).toBe('rpool/vm → nas: noch nichts dort. 2 weitere Datensätze hinken hinterher.');
    expect(say(daemon(nas({ safety: rows.slice(0, 2) })))).toBe('rpool/home → nas: 6 days old.');
    expect(say(daemon(nas({ safety: rows.slice(0, 2) })), 'de')).toBe('rpool/home → nas: Stand vor 6 Tagen.');
    expect(say(daemon(nas({ safety: rows.slice(3) })))).toBe('rpool/srv → nas: of unknown age.');
  });

  it('does not believe a snapshot from the future', () => {
    const ahead = nas({ safety: [safety('rpool/home', { newestCommon: common(-HOUR) })] });
    expect(say(daemon(ahead))).toBe('rpool/home → nas: of unknown age.');
    const skewed = nas({ safety: [safety('rpool/home', { newestCommon: common(-AHEAD_MS_MAX) })] });
    expect(say(daemon(skewed))).toBe('Everything is on nas as of just now.');
  });

  it('tells what is wrong before what is well', () => {
    const refused = daemon(nas(), { ...job('offsite'), refusal: problem() });
    expect(say(refused)).toBe('offsite does not run.');
    expect(say(daemon(nas({ lastRunFailed: true })))).toBe('The last run of laptop-to-nas failed.');
    const schedule = nas().snapshotting;
    const untaken = nas({ snapshotting: schedule === null ? null : { ...schedule, problem: problem() } });
    expect(say(daemon(untaken))).toBe('laptop-to-nas could not take its snapshots.');
  });

  it('does not let pruning hide that everything is there, nor say nothing of it', () => {
    const failedPruning = nas({
      lastRunFailed: true,
      replication: finished([dataset('rpool/home', { state: 'done' })]),
      pruning: [
        {
          side: 'receiver',
          state: 'done',
          startedAtMs: NOW_MS,
          finishedAtMs: NOW_MS,
          problem: null,
          datasets: [pruned('tank/backup/rpool/home', { state: 'error', problem: problem() })],
        },
      ],
    });
    expect(say(daemon(failedPruning))).toBe(
      'Everything is on nas as of 10 minutes ago. Old snapshots of laptop-to-nas could not be thinned out.',
    );
  });

  it('says so where nothing is backed up, or nothing is known', () => {
    expect(say(daemon())).toBe('Nothing is configured: nothing is backed up.');
    expect(say(daemon(job('tidy', { type: 'snap' })))).toContain('on this machine only');
    expect(say(daemon(job('cellar', { type: 'sink' })))).toContain('only answers others');
    expect(say(daemon(nas({ safety: [] })))).toBe('It is not known yet what laptop-to-nas has backed up.');
    expect(say(daemon(nas({ safety: [safety('rpool/home', { newestCommon: null })] })))).toBe(
      'Nothing is backed up yet.',
    );
  });

  it('shows what hides in a name', () => {
    const turned = nas({ safety: [safety('rpool/\u202eemoh', { newestCommon: null }), safety('rpool/data')] });
    expect(say(daemon(turned))).toBe('rpool/<U+202E>emoh → nas: nothing there yet.');
  });

  it('never says that everything is there when anything is missing, unknown, old or failed', () => {
    fc.assert(
      fc.property(anyStatus(), (status) => {
        const { kind } = verdictOf(status, NOW_MS);
        const carrying = status.jobs.filter(({ type }) => type === 'push' || type === 'pull');
        const allThere = carrying.every((one) =>
          one.safety.every(({ newestCommon, destination }) => {
            const atMs = newestCommon?.creationMs ?? Number.NaN;
            return NOW_MS - atMs <= lateAfterMs(one, destination) && NOW_MS - atMs >= -AHEAD_MS_MAX;
          }),
        );
        const whole =
          carrying.length > 0 &&
          carrying.every((one) => one.safety.length > 0) &&
          status.jobs.every((one) => one.refusal === null && !one.lastRunFailed);
        if (kind === 'everything') expect({ allThere, whole }).toEqual({ allThere: true, whole: true });
        for (const language of ['en', 'de'] as const) {
          const text = sentence(status, NOW_MS, language);
          expect(/Everything|Alles/.test(text)).toBe(kind === 'everything');
        }
      }),
    );
  });
});

function problem() {
  return new ProblemError('no-space', { name: 'tank', host: 'nas' }).toProblem();
}
