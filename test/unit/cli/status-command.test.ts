import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../core/cli/exit.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine, NO_SOCKET } from './support/command-line.ts';
import { until } from './support/fake-io.ts';

const TERMINAL = { width: 80, height: 24 };

describe('snapferry status', () => {
  it('prints the status as text', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a'), new FakeJob('b')]);
    const cli = new CommandLine();
    expect(await cli.run('status', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(cli.io.out).toMatch(
      /^It is not known yet what a has backed up\.\n\nsnapferry 0\.1\.0 {2}\/etc\/snapferry\/snapferry\.yml +2 jobs/,
    );
    expect(cli.io.out).toMatch(/● a .*idle\n[\s\S]*● b .*idle\n/);
  });

  it('prints it as JSON, of one job', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a'), new FakeJob('b')]);
    const cli = new CommandLine();
    expect(await cli.run('status', '--json', '--job', 'b', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(JSON.parse(cli.io.out)).toMatchObject({ revision: 0, jobs: [{ name: 'b', stage: 'idle' }] });
  });

  it.each([[], ['--watch']])('says which job there is not (%s)', async (...more) => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    for (const terminal of [undefined, TERMINAL]) {
      const cli = new CommandLine(terminal === undefined ? {} : { terminal });
      expect(await cli.run('status', '--job', 'z', '--socket', daemon.socketPath, ...more)).toBe(EXIT.usage);
      expect(cli.io.err).toContain('There is no job named z.');
      expect(cli.io.out).toBe('');
    }
  });

  it('says that no daemon answers, for a program too', async () => {
    const cli = new CommandLine();
    expect(await cli.run('status', '--socket', NO_SOCKET)).toBe(EXIT.unreachable);
    expect(cli.io.err).toContain(`The daemon does not answer at ${NO_SOCKET}.\n`);
    expect(cli.io.err).toContain('→ Start it: snapferry daemon');
    const program = new CommandLine();
    expect(await program.run('status', '--json', '--socket', NO_SOCKET)).toBe(EXIT.unreachable);
    expect(JSON.parse(program.io.err)).toMatchObject({ problem: { code: 'daemon-unreachable' } });
  });

  it('takes the socket from the environment', async () => {
    const cli = new CommandLine();
    const before = process.env.SNAPFERRY_SOCKET;
    process.env.SNAPFERRY_SOCKET = NO_SOCKET;
    try {
      await cli.run('status');
    } finally {
      if (before === undefined) delete process.env.SNAPFERRY_SOCKET;
      else process.env.SNAPFERRY_SOCKET = before;
    }
    expect(cli.io.err).toContain(NO_SOCKET);
  });
});

describe('snapferry status --watch', () => {
  it('prints lines where there is no terminal, until interrupted', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine();
    const watching = cli.run('status', '--watch', '--socket', daemon.socketPath);
    await until(() => cli.io.out.includes('a: idle\n'));
    job.become({ stage: 'replicating' });
    await daemon.clock.advance(250);
    await until(() => cli.io.out.includes('a: replicating\n'));
    cli.io.interrupt();
    expect(await watching).toBe(EXIT.ok);
    expect(cli.io.out).not.toContain('\u001b');
  });

  it('prints one JSON object for every change', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine({ terminal: TERMINAL });
    const watching = cli.run('status', '--watch', '--json', '--socket', daemon.socketPath);
    await until(() => cli.io.out.includes('\n'));
    job.become({ queued: true });
    await daemon.clock.advance(250);
    await until(() => cli.io.out.split('\n').length > 2);
    cli.io.interrupt();
    await watching;
    const objects = cli.io.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.map((status) => [status.revision, status.jobs[0].queued])).toEqual([
      [0, false],
      [1, true],
    ]);
  });

  it('fails when the daemon ends and there is no terminal', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const cli = new CommandLine();
    const watching = cli.run('status', '--watch', '--socket', daemon.socketPath);
    await until(() => cli.io.out !== '');
    await daemon.stop();
    expect(await watching).toBe(EXIT.unreachable);
  });

  it.each(['q', '\u0003'])('shows a live view until %j, and gives the terminal back', async (key) => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const cli = new CommandLine({ terminal: TERMINAL });
    const watching = cli.run('status', '--watch', '--socket', daemon.socketPath);
    await until(() => cli.io.frame().includes('idle'));
    job.become({ stage: 'replicating' });
    await daemon.clock.advance(250);
    await until(() => cli.io.frame().includes('replicating'));
    cli.io.press('x');
    cli.io.press(key);
    expect(await watching).toBe(EXIT.ok);
    expect(cli.io.out.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(cli.io.listenerCount).toBe(0);
  });

  it('gives the terminal back when interrupted', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const cli = new CommandLine({ terminal: TERMINAL });
    const watching = cli.run('status', '--watch', '--socket', daemon.socketPath);
    await until(() => cli.io.frame().includes('idle'));
    cli.io.interrupt();
    expect(await watching).toBe(EXIT.ok);
    expect(cli.io.out.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  });

  it('keeps trying when the daemon has gone, and says that it knows nothing', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const cli = new CommandLine({ terminal: TERMINAL });
    const watching = cli.run('status', '--watch', '--socket', daemon.socketPath);
    await until(() => cli.io.frame().includes('idle'));
    await daemon.stop();
    await until(() => cli.io.frame().includes('has not answered'));
    await cli.io.clock.advance(2000);
    await until(() => cli.io.frame().includes('for 2 s'));
    await using again = await RunningDaemon.start([new FakeJob('fresh')], daemon.socketPath);
    while (!cli.io.frame().includes('fresh')) await cli.io.clock.advance(2000);
    expect(cli.io.frame()).not.toContain('has not answered');
    cli.io.press('q');
    expect(await watching).toBe(EXIT.ok);
    await again.stop();
  });
});
