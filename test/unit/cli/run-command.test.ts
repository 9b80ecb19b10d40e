import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine } from './support/command-line.ts';
import { dataset, done, finished, replicating, step } from './support/example-status.ts';
import { until } from './support/fake-io.ts';

const busy = new ProblemError('busy', { name: 'p/a', host: 'nas' }, { place: { dataset: 'p/a', side: 'receiver' } });

describe('snapferry run', () => {
  it('starts a run with snapshots', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    expect(await cli.run('run', 'a', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toBe('Run 1 of a has started.\n');
    expect(job.calls).toEqual(['wake run true']);
  });

  it('starts one without snapshots, queued, as JSON', async () => {
    const job = new FakeJob('a');
    job.wakeResult = { runId: 9, queued: true, snapshot: false };
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    expect(await cli.run('run', 'a', '--no-snapshot', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toBe('Run 9 of a is queued behind the one at work.\n');
    const json = new CommandLine();
    expect(await json.run('run', 'a', '--json', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(JSON.parse(json.io.out)).toEqual(job.wakeResult);
    expect(job.calls).toEqual(['wake run false', 'wake run true']);
  });

  it('says when snapshots are taken by hand', async () => {
    const job = new FakeJob('a');
    job.wakeResult = { runId: 1, queued: false, snapshot: false };
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    await cli.run('run', 'a', '--socket', daemon.socketPath);
    expect(cli.io.out).toContain('Snapshots of this job are taken by hand: this run replicates and prunes only.');
  });

  it('refuses what does not apply', async () => {
    const job = new FakeJob('a', 'sink');
    job.trouble = new ProblemError('not-applicable', { what: 'A run', job: 'a' });
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    expect(await cli.run('run', 'a', '--socket', daemon.socketPath)).toBe(EXIT.usage);
    expect(cli.io.err).toContain('A run does not apply to job a.');
  });
});

describe('snapferry run --wait', () => {
  async function waitFor(job: FakeJob, cli: CommandLine, daemon: RunningDaemon, ...more: string[]) {
    const running = cli.run('run', 'a', '--wait', '--socket', daemon.socketPath, ...more);
    await until(() => job.calls.includes('wait 1'));
    return { running };
  }

  it.each([
    [{ ok: true, cancelled: false, problems: [] }, EXIT.ok, 'a: done, 1.0 MiB replicated.'],
    [{ ok: false, cancelled: true, problems: [] }, EXIT.cancelled, 'a: the run was cancelled.'],
    [{ ok: false, cancelled: false, problems: [busy.toProblem()] }, EXIT.problems, 'a: finished with 1 problem.'],
  ])('tells how it ended: %j', async (outcome, code, text) => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    const { running } = await waitFor(job, cli, daemon);
    job.become({ replication: finished([{ ...done('p/a', 0), steps: [step({ bytesReplicated: 2 ** 20 })] }]) });
    job.finish(1, outcome);
    expect(await running).toBe(code);
    expect(cli.io.out).toContain(`${text}\n`);
    expect(cli.io.err.includes('p/a is busy on nas.')).toBe(outcome.problems.length > 0);
  });

  it('prints only the outcome as JSON', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    const { running } = await waitFor(job, cli, daemon, '--json');
    job.finish(1, { ok: false, cancelled: false, problems: [busy.toProblem()] });
    expect(await running).toBe(EXIT.problems);
    expect(JSON.parse(cli.io.out)).toMatchObject({ runId: 1, outcome: { ok: false, problems: [{ code: 'busy' }] } });
  });

  it('prints turns of events where there is no terminal', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job, new FakeJob('other')]);
    const cli = new CommandLine();
    const { running } = await waitFor(job, cli, daemon);
    await until(() => cli.io.out.includes('a: idle'));
    job.become({ stage: 'replicating', replication: replicating([dataset('p/a')]) });
    await daemon.clock.advance(250);
    await until(() => cli.io.out.includes('p/a: step 1/1'));
    job.finish(1, { ok: true, cancelled: false, problems: [] });
    await running;
    expect(cli.io.out).not.toContain('other');
  });

  it('shows the progress on a terminal, and the outcome on the ordinary screen', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine({ terminal: { width: 80, height: 24 } });
    const { running } = await waitFor(job, cli, daemon);
    await until(() => cli.io.frame().includes('idle'));
    job.become({ stage: 'replicating', replication: replicating([dataset('p/a')]) });
    await daemon.clock.advance(250);
    await until(() => cli.io.frame().includes('50.0 %'));
    job.finish(1, { ok: true, cancelled: false, problems: [] });
    expect(await running).toBe(EXIT.ok);
    expect(cli.io.out).toMatch(/\[\?1049la: done, .* replicated\.\n$/);
  });

  it('leaves the run alone when the person goes away', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    const { running } = await waitFor(job, cli, daemon);
    cli.io.interrupt();
    expect(await running).toBe(EXIT.interrupted);
    expect(cli.io.err).toBe('The run goes on in the daemon; "snapferry signal reset a" cancels it.\n');
    expect(job.calls).not.toContain('reset');
  });

  it('says that the daemon went away meanwhile', async () => {
    const job = new FakeJob('a');
    job.obedient = false;
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    const { running } = await waitFor(job, cli, daemon);
    const stopped = daemon.stop();
    await new Promise<void>((resolve) => setImmediate(resolve));
    await daemon.clock.advance(1000);
    await stopped;
    expect(await running).toBe(EXIT.unreachable);
    expect(cli.io.err).toContain('Whether backups run is unknown.');
  });
});
