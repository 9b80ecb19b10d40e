import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../core/cli/exit.ts';
import { renderStatus } from '../../../core/cli/view/status.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine } from './support/command-line.ts';
import { NOW_MS, job as one, daemon as status } from './support/example-status.ts';

async function house() {
  const job = new FakeJob('a');
  const daemon = await RunningDaemon.start([job]);
  const run = async (...args: readonly string[]) => {
    const cli = new CommandLine();
    const code = await cli.run(...args, '--socket', daemon.socketPath);
    return { code, out: cli.io.out, err: cli.io.err };
  };
  return { job, daemon, run, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
}

describe('snapferry pause and resume', () => {
  it('pause everything for an hour unless told otherwise, and stop what runs', async () => {
    await using at = await house();
    const { code, out } = await at.run('pause');
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/^All jobs are paused until \d{4}-\d\d-\d\d \d\d:\d\d\. Snapshots are taken all the same\.\n/);
    expect(out).toContain('The run of a is being stopped.\n');
    const saved: unknown = JSON.parse(at.daemon.pauses.text ?? '');
    const sinceMs = at.daemon.clock.nowMs();
    expect(saved).toEqual({ all: { sinceMs, untilMs: sinceMs + 3_600_000 }, jobs: [] });
    expect((await at.run('resume', 'a')).out).toBe(
      'a had no pause of its own.\na still stands still because all jobs are paused: snapferry resume\n',
    );
    expect((await at.run('resume')).out).toBe('All jobs go on.\n');
    expect((await at.run('resume')).out).toBe('Nothing was paused.\n');
  });

  it('pause one job until told, letting its run go on', async () => {
    await using at = await house();
    const { out } = await at.run('pause', 'a', '--until', 'told', '--stop', 'no');
    expect(out).toBe('a is paused until told to go on. Snapshots are taken all the same.\n');
    expect(at.job.calls).toEqual([]);
    expect(JSON.parse((await at.run('resume', 'a', '--json')).out)).toEqual({
      done: true,
      kept: true,
      stillPaused: [],
    });
  });

  it('say when it will not outlive the daemon', async () => {
    await using at = await house();
    at.daemon.pauses.room = 0;
    expect((await at.run('pause', '--for', '90m')).err).toContain('a new daemon will not know it');
  });

  it.each([
    [['--for', '2d']],
    [['--for', '10s']],
    [['--for', 'long']],
    [['--until', 'never']],
    [['--for', '1h', '--until', 'told']],
  ])('refuse %j', async (args) => {
    await using at = await house();
    expect((await at.run('pause', ...args)).code).toBe(EXIT.usage);
    expect(at.daemon.pauses.text).toBeNull();
  });
});

describe('snapferry limit', () => {
  it('shows and sets it', async () => {
    await using at = await house();
    at.daemon.throttle.limitOf('a', [], () => 0);
    expect((await at.run('limit')).out).toBe('Nothing is set beside the configuration.\na: no limit\n');
    expect((await at.run('limit', '5MiB')).out).toBe('At most 5.0 MiB/s for now.\na: 5.0 MiB/s\n');
    expect(at.daemon.throttle.bytesPerSecond).toBe(5 * 1024 * 1024);
    expect(JSON.parse((await at.run('limit', 'none', '--json')).out)).toMatchObject({ bytesPerSecond: null });
    expect((await at.run('limit', '1 KiB')).code).toBe(EXIT.usage);
  });
});

describe('snapferry stop', () => {
  it('stops now or after the step, and says when there was nothing', async () => {
    await using at = await house();
    expect((await at.run('stop', '--after-step')).out).toBe('The run of a ends after the steps that have begun.\n');
    expect(JSON.parse((await at.run('stop', 'a', '--json')).out)).toEqual({ stopping: ['a'] });
    at.job.stopResult = false;
    expect((await at.run('stop')).out).toBe('Nothing was running.\n');
    expect((await at.run('stop', 'x')).code).toBe(EXIT.usage);
  });
});

describe('the status of what stands still', () => {
  it('says so, and why, and until when', () => {
    const held = one('a', {
      queued: true,
      held: [{ reason: 'on-battery', sinceMs: NOW_MS, untilMs: null }],
      nextRun: { state: 'held', atMs: null, why: 'on-battery' },
    });
    const ending = one('b', { stage: 'replicating', stopping: true });
    const whole = { ...status(held, ending), paused: { sinceMs: NOW_MS, untilMs: null } };
    const lines = renderStatus(whole, { width: 120, height: null, nowMs: NOW_MS, colour: false, whole: true }).join(
      '\n',
    );
    expect(lines).toContain('All jobs are paused until somebody resumes them. Snapshots are taken all the same.');
    expect(lines).toContain('waits for mains power · a run is due');
    expect(lines).toContain('ends after the steps that have begun');
  });
});
