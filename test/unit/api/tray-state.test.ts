import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProblemCode, ProblemError, type ProblemPlace } from '../../../core/api/problem.ts';
import { runProgress } from '../../../core/api/run-progress.ts';
import { sentence } from '../../../core/api/sentence.ts';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import { TRAY_STATES, trayState } from '../../../core/api/tray-state.ts';
import {
  common,
  DAY,
  daemon,
  dataset,
  done,
  drive,
  finished,
  job,
  NOW_MS,
  pruned,
  replicating,
  safety,
  step,
} from '../cli/support/example-status.ts';
import { anyStatus } from './support/any-status.ts';

const problem = (code: ProblemCode, place: ProblemPlace = {}) =>
  new ProblemError(code, { name: 'rpool/home', host: 'nas' }, { place }).toProblem();
const nas = (change: Partial<JobStatus> = {}): JobStatus => job('nas', { safety: [safety('rpool/home')], ...change });
const see = (...jobs: readonly JobStatus[]) => trayState(daemon(...jobs), NOW_MS);
const failedWith = (code: ProblemCode, place: ProblemPlace = {}): JobStatus =>
  nas({
    lastRunFailed: true,
    replication: finished([dataset('rpool/home', { state: 'step-error', problem: problem(code, place) })], 'failed'),
  });
const atWork = (change: Partial<JobStatus> = {}): JobStatus =>
  nas({ stage: 'replicating', replication: replicating([dataset('rpool/home')]), ...change });

describe('trayState', () => {
  it('is well with the sentence', () => {
    const status = daemon(nas());
    expect(trayState(status, NOW_MS)).toEqual({ state: 'well', tooltip: sentence(status, NOW_MS), progress: null });
  });

  it('says that the service is not running', () => {
    expect(trayState(null, NOW_MS).state).toBe('unreachable');
    expect(trayState(null, NOW_MS, 'de').tooltip).toBe('Der Dienst von Snapferry läuft nicht.');
  });

  it.each(['diverged', 'no-common-ancestor', 'destination-modified'] as const)('is at risk with %s', (code) => {
    expect(see(failedWith(code)).state).toBe('at-risk');
  });

  it('is at risk when the pool here does not answer; one at the destination may be away', () => {
    expect(see(failedWith('pool-unavailable', { side: 'sender' })).state).toBe('at-risk');
    expect(see(failedWith('pool-unavailable', { side: 'receiver' })).state).toBe('failed');
  });

  it.each([
    ['plugged', { asks: true }, 'needs-you', 'Blue is plugged in: back up now?'],
    ['busy', {}, 'drive-busy', 'Do not unplug Blue: it is being backed up to.'],
    ['busy', { scrubbing: true }, 'drive-busy', 'Do not unplug Blue: it is being checked.'],
    ['connecting', {}, 'drive-busy', 'Blue: being connected.'],
    ['ejecting', {}, 'drive-busy', 'Do not unplug Blue yet: what was written is brought to its disk.'],
    ['returning', {}, 'drive-busy', 'Blue: being brought back, do not unplug.'],
    ['safe', {}, 'drive-safe', 'Blue is safe to unplug.'],
    ['safe', { lastSuccessMs: NOW_MS - 2 * 60_000 }, 'drive-safe', 'Blue is backed up and safe to unplug.'],
    ['away', {}, 'well', 'Everything is on nas as of 10 minutes ago.'],
    ['plugged', {}, 'well', 'Everything is on nas as of 10 minutes ago.'],
    ['connected', {}, 'well', 'Everything is on nas as of 10 minutes ago.'],
    ['pulled', { problem: problem('drive-pulled') }, 'at-risk', expect.stringContaining('was unplugged')],
    ['unusable', { problem: problem('drive-foreign') }, 'needs-you', expect.stringContaining('another machine')],
  ] as const)('tells of a drive that is %s %j', (state, change, tray, tooltip) => {
    expect(see(nas({ drives: [drive(state, change)] }))).toMatchObject({ state: tray, tooltip });
  });

  it('tells how far the run is that writes to a drive', () => {
    const tray = see(atWork({ drives: [drive('busy')] }));
    expect(tray).toMatchObject({ state: 'drive-busy', tooltip: 'Do not unplug Blue: it is being backed up to (50%).' });
    expect(tray.progress?.fraction).toBe(0.5);
  });

  it('is at risk while a job does not run, and while commands hang', () => {
    expect(see(nas(), nas({ refusal: problem('config-not-runnable') })).state).toBe('at-risk');
    const stuck = { ...daemon(nas()), commands: { active: 0, abandoned: 1 } };
    expect(trayState(stuck, NOW_MS)).toMatchObject({ state: 'at-risk', tooltip: expect.stringContaining('1 command') });
  });

  it('has failed with the reason, or without where none is known', () => {
    expect(see(failedWith('no-space'))).toMatchObject({
      state: 'failed',
      tooltip: 'nas: There is no space left for rpool/home on nas.',
    });
    expect(see(nas({ lastRunFailed: true }))).toMatchObject({
      state: 'failed',
      tooltip: 'The last run of nas failed.',
    });
    const schedule = nas().snapshotting;
    expect(
      see(nas({ snapshotting: schedule === null ? null : { ...schedule, problem: problem('no-space') } })).state,
    ).toBe('failed');
  });

  it('says what happened in the language of the person', () => {
    expect(trayState(daemon(failedWith('no-space')), NOW_MS, 'de').tooltip).toBe(
      'nas: Auf nas ist kein Platz mehr für rpool/home.',
    );
  });

  it('has not failed while the run itself tries again, or when somebody cancelled it', () => {
    const trying = replicating([dataset('rpool/home', { state: 'step-error', problem: problem('connection-lost') })]);
    expect(see(nas({ stage: 'replicating', replication: trying })).state).toBe('running');
    const cancelled = finished([dataset('rpool/home', { problem: problem('command-aborted') })], 'cancelled');
    expect(see(nas({ replication: cancelled })).state).toBe('well');
  });

  it('is not moved by housekeeping', () => {
    const pruning: JobStatus['pruning'] = [
      {
        side: 'sender',
        state: 'error',
        startedAtMs: NOW_MS,
        finishedAtMs: NOW_MS,
        problem: problem('busy'),
        datasets: [pruned('rpool/home')],
      },
    ];
    expect(see(nas({ stage: 'pruning-sender', pruning })).state).toBe('well');
    const failed = nas({ lastRunFailed: true, pruning, replication: finished([done('rpool/home', 0)]) });
    expect(see(failed)).toMatchObject({ state: 'well', tooltip: expect.stringContaining('thinned out') });
  });

  it('asks what only a person can answer', () => {
    expect(see(failedWith('host-key-mismatch')).state).toBe('needs-you');
    expect(see(failedWith('key-not-loaded')).state).toBe('needs-you');
  });

  it('is overdue when a copy is old, and when one is missing that is not on its way', () => {
    expect(see(nas({ safety: [safety('rpool/photos', { newestCommon: common(3 * DAY) })] }))).toMatchObject({
      state: 'overdue',
      tooltip: 'rpool/photos → nas: 3 days old.',
    });
    const missing = [safety('rpool/home', { newestCommon: null })];
    expect(see(nas({ safety: missing })).state).toBe('overdue');
    expect(see(atWork({ safety: missing })).state).toBe('running');
    expect(see(atWork({ safety: [...missing, safety('rpool/a', { newestCommon: common(3 * DAY) })] }))).toMatchObject({
      state: 'overdue',
      tooltip: 'rpool/a → nas: 3 days old.',
    });
  });

  it('runs with percent and time left', () => {
    expect(see(atWork())).toMatchObject({ state: 'running', tooltip: 'nas is backing up: 50%, 1 minute left.' });
    expect(see(atWork({ replication: replicating([]) }))).toMatchObject({ tooltip: 'nas is backing up.' });
    expect(see(nas({ stage: 'snapshotting' }))).toMatchObject({ state: 'running', tooltip: 'nas takes snapshots.' });
  });

  it('waits with the reason, and while nothing is known', () => {
    const waiting = { sinceMs: NOW_MS, untilMs: NOW_MS, nextTryMs: NOW_MS, problem: problem('host-unreachable') };
    const replication = atWork().replication;
    expect(see(atWork({ replication: replication === null ? null : { ...replication, waiting } }))).toMatchObject({
      state: 'waiting',
      tooltip: expect.stringMatching(/^nas waits: /),
    });
    const waking = { ...waiting, wakingUntilMs: NOW_MS + 60_000 };
    expect(
      see(atWork({ replication: replication === null ? null : { ...replication, waiting: waking } })),
    ).toMatchObject({
      state: 'waiting',
      tooltip: expect.stringMatching(/^nas waits: .* is being woken up and has until \d/),
    });
    expect(see(nas({ safety: [] })).state).toBe('waiting');
  });

  it('is at risk while what was promised for the next backup does not stand', () => {
    expect(see(nas({ safety: [safety('rpool/home', { standing: 'not-kept' })] }))).toMatchObject({
      state: 'at-risk',
      tooltip: 'rpool/home → nas: the next backup may have to send everything anew.',
    });
  });

  it('is paused until when, and shows what is stronger all the same', () => {
    const paused = { sinceMs: NOW_MS, untilMs: null };
    expect(trayState({ ...daemon(nas()), paused }, NOW_MS)).toMatchObject({
      state: 'paused',
      tooltip: 'Backups are paused until you say so.',
    });
    expect(see(nas({ paused: { ...paused, untilMs: NOW_MS + DAY } })).tooltip).toMatch(/^nas is paused until \w+day/);
    expect(trayState({ ...daemon(failedWith('diverged')), paused }, NOW_MS).state).toBe('at-risk');
  });

  it.each(['on-battery', 'metered', 'just-woke'] as const)('waits when a run is due and held back: %s', (why) => {
    const held = nas({ queued: true, nextRun: { state: 'held', atMs: null, why } });
    expect(see(held)).toMatchObject({ state: 'waiting', tooltip: expect.stringMatching(/^nas waits/) });
    expect(see({ ...held, queued: false }).state).toBe('well');
  });

  it('is only well when the sentence says that everything is there', () => {
    fc.assert(
      fc.property(anyStatus(), (status) => {
        const { state, tooltip } = trayState(status, NOW_MS);
        if (state !== 'well') return;
        expect(tooltip).toBe(sentence(status, NOW_MS));
        expect(tooltip).toMatch(/^Everything/);
      }),
    );
  });

  it('shows the same risk whether something runs or not', () => {
    fc.assert(
      fc.property(anyStatus(), (status) => {
        const busy: DaemonStatus = { ...status, jobs: [...status.jobs, atWork()] };
        const before = trayState(status, NOW_MS).state;
        const strength = TRAY_STATES.indexOf(before);
        if (strength < TRAY_STATES.indexOf('running')) expect(trayState(busy, NOW_MS).state).toBe(before);
        else expect(trayState(busy, NOW_MS).state).toBe('running');
      }),
    );
  });
});

describe('runProgress', () => {
  const progress = (...datasets: Parameters<typeof replicating>[0]) =>
    runProgress(atWork({ replication: replicating(datasets) }));

  it('counts bytes over all datasets, with what an earlier session left', () => {
    const half = dataset('a', { steps: [step({ bytesExpected: 100, bytesReplicated: 50, resumedFromBytes: 100 })] });
    const rest = dataset('b', { steps: [step({ bytesExpected: 100, bytesReplicated: 0, bytesPerSecond: null })] });
    expect(progress(half, rest).fraction).toBe(0.5);
  });

  it('counts datasets where not every size is known', () => {
    const unknown = dataset('a', { steps: [step({ bytesExpected: null })] });
    expect(progress(done('b', 0), unknown)).toEqual({ fraction: 0.5, remainingMs: null });
  });

  it('knows nothing of a job that does not replicate', () => {
    expect(runProgress(nas())).toEqual({ fraction: null, remainingMs: null });
  });

  it('is never over before it is over, and never negative', () => {
    fc.assert(
      fc.property(anyStatus(), (status) => {
        for (const one of status.jobs) {
          const { fraction, remainingMs } = runProgress(one);
          if (fraction !== null) expect(fraction >= 0 && fraction < 1).toBe(true);
          if (remainingMs !== null) expect(remainingMs).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
