import { describe, expect, it } from 'vitest';
import type { AbstractionRow } from '../../../core/api/contract.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine, NO_SOCKET } from './support/command-line.ts';

const row: AbstractionRow = {
  type: 'step-hold',
  side: 'sender',
  host: 'this machine',
  dataset: 'p/a',
  fullName: 'p/a@1',
  tag: 'zrepl_STEP_J_a',
  job: 'a',
  guid: '1',
  createtxg: '2',
  stale: true,
};
const cursor: AbstractionRow = {
  ...row,
  type: 'replication-cursor-bookmark-v2',
  fullName: 'p/a#c',
  tag: null,
  stale: false,
};
const busy = new ProblemError('busy', { name: 'p/a', host: 'nas' }).toProblem();

describe('snapferry signal', () => {
  it.each([
    ['wakeup', false, 'a was woken up.'],
    ['wakeup', true, 'a is at work; another run is queued behind it.'],
    ['reset', true, 'The run of a is being cancelled.'],
    ['reset', false, 'Nothing of a was running.'],
  ])('%s (%s)', async (op, flag, text) => {
    const job = new FakeJob('a');
    job.wakeResult = { runId: 1, queued: flag, snapshot: false };
    job.resetResult = flag;
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    expect(await cli.run('signal', op, 'a', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toBe(`${text}\n`);
    expect(job.calls).toEqual([op === 'wakeup' ? 'wake wakeup false' : 'reset']);
  });
});

describe('snapferry plan', () => {
  it('asks the daemon', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    expect(await cli.run('plan', 'a', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toContain('What a run of a would do now');
    expect(cli.io.err).toBe('');
  });

  it('plans by itself where no daemon answers, and says so', async () => {
    const job = new FakeJob('a');
    const cli = new CommandLine({ jobs: [job] });
    expect(await cli.run('plan', 'a', '--json', '--socket', NO_SOCKET, '--config', '/good.yml')).toBe(EXIT.ok);
    expect(JSON.parse(cli.io.out)).toEqual({ job: 'a', replication: [], pruning: [] });
    expect(cli.io.err).toBe('The daemon does not answer; this comes from /good.yml, read just now.\n');
    expect([job.calls, job.started, cli.enginesClosed]).toEqual([['plan'], false, 1]);
  });

  it('does not call a plan with problems well', async () => {
    const job = new FakeJob('a');
    job.nextPlan = { job: 'a', replication: [], pruning: [{ side: 'receiver', problem: busy, datasets: [] }] };
    const cli = new CommandLine({ jobs: [job] });
    expect(await cli.run('plan', 'a', '--socket', NO_SOCKET, '--config', '/good.yml')).toBe(EXIT.problems);
    job.nextPlan = {
      job: 'a',
      replication: [{ dataset: 'p', verdict: 'problem', problem: busy, notes: [], steps: [] }],
      pruning: [],
    };
    expect(await cli.run('plan', 'a', '--socket', NO_SOCKET, '--config', '/good.yml')).toBe(EXIT.problems);
  });

  it.each([
    ['an unknown job', ['plan', 'z', '--config', '/good.yml'], EXIT.usage],
    ['a job that cannot run', ['plan', 'far', '--config', '/refused.yml'], EXIT.config],
    ['a broken configuration', ['plan', 'a', '--config', '/broken.yml'], EXIT.config],
  ])('refuses %s', async (_, args, code) => {
    const cli = new CommandLine();
    expect(await cli.run(...args, '--socket', NO_SOCKET)).toBe(code);
    expect(cli.io.out).toBe('');
    expect(cli.io.err).not.toBe('');
  });

  it('does not plan behind the back of a daemon that cannot be trusted', async () => {
    const job = new FakeJob('a');
    const cli = new CommandLine({ jobs: [job] });
    await using daemon = await RunningDaemon.start([]);
    expect(await cli.run('plan', 'a', '--socket', daemon.socketPath, '--config', '/good.yml')).toBe(EXIT.usage);
    expect(job.calls).toEqual([]);
  });
});

describe('snapferry abstractions', () => {
  it('lists them, over the daemon', async () => {
    const job = new FakeJob('a');
    job.rows = [row, cursor];
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    expect(await cli.run('abstractions', 'list', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toBe(
      'this machine: step-hold "zrepl_STEP_J_a" on p/a@1  stale\nthis machine: replication-cursor-bookmark-v2 p/a#c\n',
    );
  });

  it('lists them without the daemon, jobs that cannot be asked beside', async () => {
    const job = new FakeJob('a');
    job.rows = [row];
    const cli = new CommandLine({ jobs: [job] });
    const args = ['--json', '--socket', NO_SOCKET, '--config', '/good.yml'];
    expect(await cli.run('abstractions', 'list', ...args)).toBe(EXIT.problems);
    expect(JSON.parse(cli.io.out)).toMatchObject({ rows: [row], problems: [{ code: 'config-not-runnable' }] });
    const one = new CommandLine({ jobs: [job] });
    expect(await one.run('abstractions', 'list', '--job', 'a', ...args)).toBe(EXIT.ok);
  });

  it('says when there are none', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const cli = new CommandLine();
    expect(await cli.run('abstractions', 'list', '--job', 'a', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toBe('No holds or bookmarks of jobs.\n');
  });

  it.each([
    ['release-stale', [], 'release stale false'],
    ['release-all', ['--dry-run'], 'release all true'],
  ])('%s %s', async (command, more, call) => {
    const job = new FakeJob('a');
    job.releases = [{ row, outcome: more.length > 0 ? 'would-release' : 'released', problem: null }];
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    expect(await cli.run('abstractions', command, ...more, '--socket', daemon.socketPath)).toBe(EXIT.ok);
    const word = more.length > 0 ? 'would be released' : 'released';
    expect(cli.io.out).toBe(`this machine: step-hold "zrepl_STEP_J_a" on p/a@1  ${word}\n1 ${word}, 0 failed.\n`);
    expect(job.calls).toEqual([call]);
  });

  it('asks all jobs for those of a job that is not configured any more, and tells an unknown name', async () => {
    const [a, b] = [new FakeJob('a'), new FakeJob('b')];
    const old = { ...row, job: 'old' };
    a.rows = [old];
    const args = ['--socket', NO_SOCKET, '--config', '/good.yml'];
    const cli = new CommandLine({ jobs: [a, b] });
    expect(await cli.run('abstractions', 'list', '--job', 'old', '--json', ...args)).toBe(EXIT.ok);
    expect(JSON.parse(cli.io.out)).toEqual({ rows: [old], problems: [] });
    expect([...a.calls, ...b.calls]).toEqual(['abstractions of old', 'abstractions of old']);
    a.rows = [];
    const typo = new CommandLine({ jobs: [a, b] });
    expect(await typo.run('abstractions', 'release-all', '--job', 'old', ...args)).toBe(EXIT.usage);
    expect(typo.io.err).toContain('There is no job named old');
  });

  it('does not hide what could not be released', async () => {
    const job = new FakeJob('a');
    job.releases = [{ row, outcome: 'failed', problem: busy }];
    const cli = new CommandLine({ jobs: [job] });
    const args = ['--job', 'a', '--socket', NO_SOCKET, '--config', '/good.yml'];
    expect(await cli.run('abstractions', 'release-all', ...args)).toBe(EXIT.problems);
    expect(cli.io.out).toContain('0 released, 1 failed.');
    expect(cli.io.err).toContain('p/a is busy on nas.');
    const json = new CommandLine({ jobs: [job] });
    expect(await json.run('abstractions', 'release-all', '--json', ...args)).toBe(EXIT.problems);
    expect(JSON.parse(json.io.out).releases).toEqual(job.releases);
  });
});

describe('snapferry version', () => {
  it('names both versions, and a daemon that is not there', async () => {
    await using daemon = await RunningDaemon.start([]);
    const cli = new CommandLine();
    expect(await cli.run('version', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toBe('client: 0.1.0\ndaemon: 0.1.0\n');
    const alone = new CommandLine();
    expect(await alone.run('version', '--socket', NO_SOCKET)).toBe(EXIT.ok);
    expect(alone.io.out).toBe(`client: 0.1.0\ndaemon: does not answer at ${NO_SOCKET}\n`);
    const json = new CommandLine();
    expect(await json.run('version', '--json', '--socket', NO_SOCKET)).toBe(EXIT.ok);
    expect(JSON.parse(json.io.out)).toEqual({ client: '0.1.0', daemon: null });
  });
});

describe('snapferry configcheck', () => {
  const check = async (...args: string[]) => {
    const cli = new CommandLine();
    return { code: await cli.run('configcheck', ...args), out: cli.io.out, err: cli.io.err };
  };

  it('says that a configuration is valid and what runs', async () => {
    expect(await check('--config', '/good.yml')).toEqual({
      code: EXIT.ok,
      out: '/good.yml: the configuration is valid, 2 jobs.\n  a  snap    can run\n  b  snap    can run\n',
      err: '',
    });
  });

  it('names jobs that cannot run', async () => {
    const all = await check('--config', '/refused.yml');
    expect(all.code).toBe(EXIT.config);
    expect(all.out).toMatch(/far {2}push {4}cannot run: connections of type tcp are not built/);
    const jobs = await check('--config', '/refused.yml', '--what', 'jobs');
    expect([jobs.code, jobs.out.includes('valid')]).toEqual([EXIT.config, false]);
    const config = await check('--config', '/refused.yml', '--what', 'config');
    expect(config).toEqual({ code: EXIT.ok, out: '/refused.yml: the configuration is valid, 2 jobs.\n', err: '' });
  });

  it('prints the whole configuration', async () => {
    const json = await check('--config', '/good.yml', '--format', 'json');
    expect(JSON.parse(json.out).jobs.map((job: { name: string }) => job.name)).toEqual(['a', 'b']);
    const yaml = await check('--config', '/good.yml', '--format', 'yaml');
    expect(yaml.out).toContain('name: a\n');
  });

  it('shows every error with its place', async () => {
    const pretty = await check('--config', '/broken.yml');
    expect(pretty.code).toBe(EXIT.config);
    expect(pretty.err).toMatch(/\/broken\.yml:1:\d+: jobs\[0\]/);
    expect(pretty.err).toMatch(/^ +1 \| jobs:.*\n +\| +\^/m);
    const json = await check('--config', '/broken.yml', '--format', 'json');
    expect(json.code).toBe(EXIT.config);
    expect(JSON.parse(json.out)[0]).toMatchObject({ file: '/broken.yml', line: 1, severity: 'error' });
  });
});

describe('the command line', () => {
  it.each([
    [['nonsense'], 'unknown command'],
    [['status', '--nonsense'], 'unknown option'],
    [['run'], "missing required argument 'job'"],
    [['signal', 'stop', 'a'], 'either wakeup or reset'],
    [['configcheck', '--format', 'xml'], 'Allowed choices are pretty, yaml, json'],
    [['plan', 'a', 'b'], 'too many arguments'],
  ])('refuses %j', async (args, reason) => {
    const cli = new CommandLine();
    expect(await cli.run(...args)).toBe(EXIT.usage);
    expect(cli.io.err).toContain(reason);
    expect(cli.io.out).toBe('');
  });

  it.each([
    [[]],
    [['daemon']],
    [['status']],
    [['run']],
    [['signal']],
    [['configcheck']],
    [['plan']],
    [['abstractions']],
    [['abstractions', 'release-all']],
    [['version']],
  ])('explains %j', async (args) => {
    const cli = new CommandLine();
    expect(await cli.run(...args, '--help')).toBe(EXIT.ok);
    expect(cli.io.out).toContain(`Usage: ${['snapferry', ...args].join(' ')}`);
  });
});
