import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { isArgumentListTooLong, startProblem } from '../../../core/host/errors.ts';
import { createLocalHost } from '../../../core/host/local.ts';
import { killProcessGroup } from '../../../core/host/process-group.ts';
import type { StartProgram } from '../../../core/host/program.ts';
import { activeCommands, type CommandEvent } from '../../../core/host/registry.ts';
import type { Argv } from '../../../core/host/types.ts';
import { codeOf, until } from './fake-ssh.ts';
import { runs } from './processes.ts';

/** What a local host keeps to, whoever starts its programs. */
export function localCases(startProgram: StartProgram): void {
  const events: CommandEvent[] = [];
  const host = createLocalHost({ label: 'this machine', startProgram, onCommand: (event) => events.push(event) });
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  const sh = (script: string): Argv => ['/bin/sh', '-c', script];
  const soon = { deadlineMs: 20_000 };

  afterEach(() => {
    events.length = 0;
    expect(activeCommands()).toEqual([]);
  });

  test('output, errors and exit are collected', async () => {
    const result = await host.run(sh('echo out; echo err >&2; exit 3'), soon);
    expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', exit: { code: 3, signal: null } });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test('a signal that ended it is told', async () => {
    expect((await host.run(sh('kill -TERM $$'), soon)).exit).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('the environment is exactly the fixed one, the working folder none that could be busy', async () => {
    process.env.SNAPFERRY_TEST = 'leaks';
    const { stdout } = await host.run(['/usr/bin/env'], soon);
    delete process.env.SNAPFERRY_TEST;
    expect(stdout.trim().split('\n').sort()).toEqual([
      'LANG=C',
      'LC_ALL=C',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ]);
    expect((await host.run(['/bin/pwd'], soon)).stdout).toBe('/\n');
  });

  test('standard input is given whole, and empty without', async () => {
    const bytes = Buffer.alloc(300_000, 'a');
    expect((await host.run(['cat'], { ...soon, stdin: bytes })).stdout).toHaveLength(300_000);
    expect((await host.run(['cat'], soon)).stdout).toBe('');
    // A program that does not read all of it is no failure of ours.
    expect((await host.run(sh('exit 0'), { ...soon, stdin: bytes })).exit.code).toBe(0);
  });

  test('no shell touches an argument', async () => {
    const odd = `$(id) 'x' "y" \`z\` *\n`;
    expect((await host.run(['printf', '%s', odd], soon)).stdout).toBe(odd);
  });

  test('a missing program has a code of its own', async () => {
    expect(await codeOf(host.run(['/nonexistent/zfs'], soon))).toBe('command-missing');
    expect(await codeOf(host.start(['no-such-program-here'], {}))).toBe('command-missing');
  });

  test('a file that may not be run names its errno', async () => {
    await expect(host.run(['/etc/passwd'], soon)).rejects.toMatchObject({ facts: { errno: 'EACCES' } });
  });

  test('too long an argument list can be told from other failures', async () => {
    const error = await host.run(['/bin/true', 'x'.repeat(200_000)], soon).catch((thrown: unknown) => thrown);
    expect(isArgumentListTooLong(error)).toBe(true);
    expect(isArgumentListTooLong(new ProblemError('command-failed'))).toBe(false);
    expect(isArgumentListTooLong(new Error('E2BIG'))).toBe(false);
  });

  test('what is no system error stays what it is', async () => {
    const problem = new ProblemError('busy');
    expect(startProblem(problem, ['x'], 'h')).toBe(problem);
    expect(startProblem('odd', ['x'], 'h').code).toBe('internal');
    expect(await codeOf(host.run(['/bin/true', 'a\0b'], soon))).toBe('internal');
  });

  test('more output than permitted is an error, never a part of it', async () => {
    await expect(host.run(sh('yes'), { ...soon, stdoutLimitBytes: 1_000 })).rejects.toMatchObject({
      code: 'output-too-large',
      facts: { limitBytes: '1000' },
    });
    expect((await host.run(sh('printf 1234'), { ...soon, stdoutLimitBytes: 4 })).stdout).toBe('1234');
  });

  test('of a long standard error the end is kept', async () => {
    const { stderr } = await host.run(sh('head -c 100000 /dev/zero | tr "\\0" x >&2; echo the end >&2'), soon);
    expect(stderr.startsWith('(...)x')).toBe(true);
    expect(stderr.endsWith('xthe end\n')).toBe(true);
    expect(stderr.length).toBe('(...)'.length + 32 * 1024);
  });

  test('a deadline ends the whole group, grandchildren included', async () => {
    const running = await host.start(sh('sleep 1000 & echo $!; wait'), {});
    const grandchild = await new Promise<number>((resolve) => {
      running.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    expect(runs(grandchild)).toBe(true);
    await running.kill(5_000);
    await until(() => !runs(grandchild));
    expect((await running.ended).exit).toEqual({ code: null, signal: 'SIGKILL' });

    expect(await codeOf(host.run(sh('sleep 1000 & wait'), { deadlineMs: 30 }))).toBe('command-timeout');
  });

  test('a command that is aborted says so, before its start and after', async () => {
    expect(await codeOf(host.run(sh('exit 0'), { ...soon, signal: AbortSignal.abort() }))).toBe('command-aborted');
    expect(await codeOf(host.start(sh('exit 0'), { signal: AbortSignal.abort() }))).toBe('command-aborted');
    const controller = new AbortController();
    const run = host.run(['sleep', '1000'], { ...soon, signal: controller.signal });
    await until(() => activeCommands().length === 1);
    controller.abort();
    expect(await codeOf(run)).toBe('command-aborted');

    const second = new AbortController();
    const running = await host.start(['sleep', '1000'], { signal: second.signal });
    second.abort();
    expect(await codeOf(running.ended)).toBe('command-aborted');
  });

  test('something that left the group does not keep the command from having ended', async () => {
    const running = await host.start(sh('setsid sh -c "echo $$ >/dev/null; exec sleep 1000" & echo $!; wait'), {});
    const stranger = await new Promise<number>((resolve) => {
      running.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    // The stranger has a session of its own only once setsid has run.
    await until(() => readFileSync(`/proc/${stranger}/stat`, 'utf8').split(' ')[5] === String(stranger));
    await running.kill(50);
    expect((await running.ended).exit.signal).toBe('SIGKILL');
    killProcessGroup(stranger, 'SIGKILL');
  });

  test('what the kernel keeps is abandoned, counted, and struck off when it ends after all', async () => {
    const spared: number[] = [];
    const stubborn = createLocalHost({
      label: 'stuck',
      startProgram,
      killGroup: (pid) => void spared.push(pid),
      onCommand: (event) => events.push(event),
    });
    const running = await stubborn.start(['sleep', '1000'], {});
    await running.kill(10);
    expect(await codeOf(running.ended)).toBe('command-stuck');
    expect(activeCommands()).toMatchObject([{ host: 'stuck', argv: ['sleep', '1000'], state: 'abandoned' }]);
    expect(events.map((event) => event.kind)).toEqual(['started', 'lost']);
    for (const pid of spared) killProcessGroup(pid, 'SIGKILL');
    await until(() => activeCommands().length === 0);
    expect(events).toHaveLength(2);
  });

  test('whole lines of standard error are reported as they come', async () => {
    const lines: string[] = [];
    const running = await host.start(sh('echo one >&2; echo two >&2; read x; printf rest >&2'), {
      onStderrLine: (line) => lines.push(line),
    });
    await until(() => lines.length === 2);
    running.stdin.end();
    running.stdout.resume();
    expect((await running.ended).stderr).toBe('one\ntwo\nrest');
    expect(lines).toEqual(['one', 'two']);
    await running.kill(10);
  });

  test('the observer sees every command once from start to end, and cannot break one', async () => {
    await host.run(sh('exit 4'), soon);
    await codeOf(host.run(['/nonexistent'], soon));
    expect(events).toMatchObject([
      { kind: 'started', host: 'this machine', argv: ['/bin/sh', '-c', 'exit 4'] },
      { kind: 'ended', exit: { code: 4, signal: null } },
      { kind: 'started', argv: ['/nonexistent'] },
      { kind: 'lost', error: { code: 'command-missing' } },
    ]);
    const broken = createLocalHost({
      label: 'x',
      startProgram,
      onCommand: () => {
        throw new Error('observer');
      },
    });
    expect((await broken.run(sh('exit 0'), soon)).exit.code).toBe(0);
  });

  test('an environment of the caller replaces the fixed one', async () => {
    const bare = createLocalHost({ label: 'x', startProgram, env: { A: '1' } });
    expect((await bare.run(['/usr/bin/env'], soon)).stdout).toBe('A=1\n');
    await bare.ping({ deadlineMs: 1 });
    await bare.close();
  });

  test('killing a group that is gone is no error', () => {
    expect(() => killProcessGroup(2 ** 22 + 5, 'SIGKILL')).not.toThrow();
  });
}
