import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { createLocalHost } from '../../../core/host/local.ts';
import { type PipeTiming, pipe } from '../../../core/host/pipe.ts';
import { killProcessGroup } from '../../../core/host/process-group.ts';
import type { StartProgram } from '../../../core/host/program.ts';
import { activeCommands } from '../../../core/host/registry.ts';
import type { Argv, Host, PipeOptions, PipeResult, RunningCommand } from '../../../core/host/types.ts';
import { codeOf, until } from './fake-ssh.ts';

/** What a pipe keeps to, whoever starts the programs. */
export function pipeCases(startProgram: StartProgram): void {
  const MIB = 1024 * 1024;
  const local = createLocalHost({ label: 'this machine', startProgram });
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  const sh = (script: string): Argv => ['/bin/sh', '-c', script];
  const NO_REAL_LIMIT = 10 * 1024 * MIB;

  const folder = mkdtempSync(join(tmpdir(), 'snapferry-test-pipe-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Pipes that this process holds open: none may be left over. */
  function openPipes(): number {
    return readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes('/snapferry-');
      } catch {
        return false;
      }
    }).length;
  }

  beforeEach(() => {
    expect(openPipes()).toBe(0);
  });
  afterEach(async () => {
    await until(() => openPipes() === 0);
    expect(activeCommands()).toEqual([]);
  });

  const paths: readonly (readonly [string, Partial<PipeOptions>])[] = [
    ['descriptors handed over', {}],
    ['bytes through this process', { limitBytesPerSecond: NO_REAL_LIMIT }],
  ];

  function run(source: Argv, sink: Argv, options: Partial<PipeOptions>, timing?: PipeTiming): Promise<PipeResult> {
    return pipe({ host: local, argv: source }, { host: local, argv: sink }, { stallMs: 20_000, ...options }, timing);
  }

  for (const [path, options] of paths) {
    test(`${path}: 50 MB arrive as they were sent`, async () => {
      const make = 'seq 1 9000000 | head -c 50000000';
      const expected = (await local.run(sh(`{ ${make}; } | cksum`), { deadlineMs: 20_000 })).stdout;
      const result = await run(sh(`{ ${make}; }; echo sent >&2`), sh('cksum; echo got >&2'), options);
      expect(result.sink.stdout).toBe(expected);
      expect(result).toMatchObject({
        source: { exit: { code: 0 }, stderr: 'sent\n' },
        sink: { exit: { code: 0 }, stderr: 'got\n' },
        bytes: options.limitBytesPerSecond === undefined ? null : 50_000_000,
      });
    });

    test(`${path}: a source that fails shows in its exit, and the sink ends by itself`, async () => {
      const result = await run(sh('head -c 100000 /dev/zero; echo broken >&2; exit 7'), sh('wc -c; exit 1'), options);
      expect(result.source).toEqual({ exit: { code: 7, signal: null }, stderr: 'broken\n' });
      expect(result.sink).toMatchObject({ exit: { code: 1 }, stdout: '100000\n' });
    });

    test(`${path}: after a failed source a sink that does not end is killed, but not at once`, async () => {
      const result = await run(sh('exit 7'), sh('read x; echo saving; exec sleep 1000'), options, { graceMs: 600 });
      expect(result.source.exit.code).toBe(7);
      expect(result.sink).toMatchObject({ exit: { signal: 'SIGKILL' }, stdout: 'saving\n' });
    });

    test(`${path}: a sink that ends early breaks the pipe of the source`, async () => {
      const result = await run(['cat', '/dev/zero'], sh('head -c 1000000 | wc -c; exit 3'), options);
      expect(result.sink).toMatchObject({ exit: { code: 3 }, stdout: '1000000\n' });
      expect(result.source.exit.code).not.toBe(0);
    });

    test(`${path}: a sink that reads no more but lives on breaks the pipe as well`, async () => {
      const result = await run(['cat', '/dev/zero'], sh('exec <&-; sleep 0.3; exit 0'), options);
      expect(result.sink.exit.code).toBe(0);
      expect(result.source.exit.code).not.toBe(0);
    });

    test(`${path}: a source that ignores the broken pipe is killed`, async () => {
      const result = await run(sh('exec sleep 1000'), sh('exit 1'), options, { graceMs: 20 });
      expect(result.source.exit).toEqual({ code: null, signal: 'SIGKILL' });
      expect(result.sink.exit.code).toBe(1);
    });

    test(`${path}: after a sink that succeeded the source may end in peace`, async () => {
      const result = await run(sh('echo x; exec >&-; sleep 0.2; echo last >&2'), sh('read x; exit 0'), options);
      expect(result.source).toEqual({ exit: { code: 0, signal: null }, stderr: 'last\n' });
    });

    test(`${path}: abort ends the source and lets the sink save what it has`, async () => {
      const saved = join(folder, `saved-${paths.findIndex(([name]) => name === path)}`);
      const controller = new AbortController();
      const lines: string[] = [];
      const aborted = run(sh('echo on >&2; exec cat /dev/zero'), sh(`cat >/dev/null; echo saved >${saved}`), {
        ...options,
        signal: controller.signal,
        onSourceStderrLine: (line) => lines.push(line),
      });
      await until(() => lines.length === 1);
      controller.abort();
      expect(await codeOf(aborted)).toBe('command-aborted');
      expect(readFileSync(saved, 'utf8')).toBe('saved\n');
      expect(await codeOf(run(sh('exit 0'), sh('exit 0'), { signal: AbortSignal.abort() }))).toBe('command-aborted');
    });

    test(`${path}: nothing that moves is a stall`, async () => {
      const still = run(sh('echo x; exec sleep 1000'), sh('cat >/dev/null'), { ...options, stallMs: 60 });
      expect(await codeOf(still)).toBe('command-timeout');
      const stillSink = run(['cat', '/dev/zero'], sh('sleep 1000'), { ...options, stallMs: 60 }, { graceMs: 20 });
      expect(await codeOf(stillSink)).toBe('command-timeout');
    });

    test(`${path}: a line on standard error is progress, unless its reader says otherwise`, async () => {
      const ticking = sh('for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo $i >&2; sleep 0.1; done');
      expect((await run(ticking, sh('cat'), { ...options, stallMs: 1_200 })).source.exit.code).toBe(0);
      const forever = sh('while echo same >&2; do sleep 0.05; done');
      const fooled = run(forever, sh('cat'), { ...options, stallMs: 300, onSourceStderrLine: () => false });
      expect(await codeOf(fooled)).toBe('command-timeout');
    });

    test(`${path}: a program that is missing leaves nothing behind`, async () => {
      expect(await codeOf(run(sh('exit 0'), ['/nonexistent'], options))).toBe('command-missing');
      expect(await codeOf(run(['/nonexistent'], sh('cat >/dev/null'), options))).toBe('command-missing');
    });

    test(`${path}: what hangs in the kernel is reported as stuck`, async () => {
      const spared: number[] = [];
      const stubborn = createLocalHost({ label: 'stuck', startProgram, killGroup: (pid) => void spared.push(pid) });
      const controller = new AbortController();
      const hanging = pipe(
        { host: stubborn, argv: ['sleep', '1000'] },
        { host: stubborn, argv: ['sleep', '1000'] },
        { stallMs: 20_000, signal: controller.signal, ...options },
        { graceMs: 10, killGraceMs: 20 },
      );
      await until(() => activeCommands().filter(({ argv }) => argv[0] === 'sleep').length === 2);
      controller.abort();
      expect(await codeOf(hanging)).toBe('command-stuck');
      expect(activeCommands().map((command) => command.state)).toEqual(['abandoned', 'abandoned']);
      for (const pid of spared) killProcessGroup(pid, 'SIGKILL');
      await until(() => activeCommands().length === 0);
    });

    /** A sink that says when it runs and goes on until it is told to end: so does one that writes to a drive that is gone. */
    const hangingSink = (name: string) => {
      const [runs, ends] = [join(folder, `${name}-runs`), join(folder, `${name}-ends`)];
      const sink = sh(`echo >${runs}; cat >/dev/null; until test -e ${ends}; do sleep 0.02; done; echo >${ends}-self`);
      const over = async () => {
        expect(activeCommands().map(({ state }) => state)).toEqual(['running']);
        writeFileSync(ends, '');
        await until(() => activeCommands().length === 0);
        // Nobody has killed it: it came to its last command.
        expect(existsSync(`${ends}-self`)).toBe(true);
      };
      return { sink, over, started: () => until(() => existsSync(runs)) };
    };
    const label = options.limitBytesPerSecond === undefined ? 'direct' : 'through';

    test(`${path}: a sink on a drive that is gone is neither killed nor waited for, its source is`, async () => {
      const { sink, over, started } = hangingSink(`${label}-gone`);
      const controller = new AbortController();
      let gone = false;
      const hanging = run(sh('exec cat /dev/zero'), sink, {
        ...options,
        signal: controller.signal,
        sinkGone: () => gone,
      });
      await started();
      gone = true;
      controller.abort();
      expect(await codeOf(hanging)).toBe('command-aborted');
      await over();
    });

    test(`${path}: nor is one whose source has ended, well or not, for longer than the caller waits`, async () => {
      for (const code of [0, 7]) {
        const { sink, over, started } = hangingSink(`${label}-ended-${code}`);
        const controller = new AbortController();
        const hanging = run(sh(`echo x; exit ${code}`), sink, {
          ...options,
          signal: controller.signal,
          sinkGone: () => true,
        });
        await started();
        await until(() => activeCommands().length === 1);
        controller.abort();
        expect(await codeOf(hanging)).toBe('command-aborted');
        await over();
      }
    });

    test(`${path}: nor is one whose drive goes while it has time to end`, async () => {
      const { sink, over, started } = hangingSink(`${label}-late`);
      const controller = new AbortController();
      let asked = 0;
      const hanging = run(
        sh('exec cat /dev/zero'),
        sink,
        { ...options, signal: controller.signal, sinkGone: () => asked++ > 0 },
        { graceMs: 50 },
      );
      await started();
      controller.abort();
      expect(await codeOf(hanging)).toBe('command-aborted');
      await over();
    });

    test(`${path}: nor is one whose source is missing`, async () => {
      const { sink, over, started } = hangingSink(`${label}-missing`);
      const hanging = run(['/nonexistent'], sink, { ...options, sinkGone: () => true });
      expect(await codeOf(hanging)).toBe('command-missing');
      await started();
      await over();
    });

    test(`${path}: a sink whose drive comes back in time gives its own outcome`, async () => {
      const { sink, started } = hangingSink(`${label}-back`);
      const work = run(sh('echo x; exit 7'), sink, { ...options, sinkGone: () => true });
      await started();
      writeFileSync(join(folder, `${label}-back-ends`), '');
      expect(await work).toMatchObject({ source: { exit: { code: 7 } }, sink: { exit: { code: 0 } } });
    });
  }

  test('no name of a pipe stays behind', async () => {
    const before = new Set(readdirSync('/tmp'));
    await run(sh('echo x'), sh('cat'), {});
    expect(readdirSync('/tmp').filter((name) => /^snapferry-......$/.test(name) && !before.has(name))).toEqual([]);
  });

  test('the limit slows the bytes, which is no stall', async () => {
    const totals: number[] = [];
    const result = await run(sh('head -c 60000 /dev/zero'), sh('wc -c'), {
      limitBytesPerSecond: 30_000,
      stallMs: 1_500,
      onBytes: (total) => totals.push(total),
    });
    expect(result).toMatchObject({ bytes: 60_000, sink: { stdout: '60000\n' } });
    expect(totals.at(-1)).toBe(60_000);
    expect(result.durationMs).toBeGreaterThan(1_500);
  });

  /** A host of which nothing is known but the contract: bytes go through a stream that keeps what it is given. */
  function foreignHost(behaviour: {
    readonly output?: Readable;
    readonly input?: PassThrough;
    readonly ended: RunningCommand['ended'];
    readonly onKill?: () => void;
  }): Host {
    return {
      ...local,
      label: 'foreign',
      kind: 'ssh',
      start: async () => ({
        stdin: behaviour.input ?? new PassThrough(),
        stdout: behaviour.output ?? new PassThrough(),
        ended: behaviour.ended,
        kill: async () => behaviour.onKill?.(),
      }),
    };
  }

  test('memory of a chunk is not used again for a stream that may keep it', async () => {
    const kept = new PassThrough({ highWaterMark: 64 * MIB });
    const done = Promise.withResolvers<{ exit: { code: number; signal: null }; stderr: string }>();
    const numbers = (await local.run(['seq', '1', '400000'], { deadlineMs: 20_000 })).stdout;
    kept.once('finish', () => done.resolve({ exit: { code: 0, signal: null }, stderr: '' }));
    const output = new PassThrough();
    output.end();
    const sink = foreignHost({ input: kept, output, ended: done.promise });
    const result = await pipe(
      { host: local, argv: ['seq', '1', '400000'] },
      { host: sink, argv: ['x'] },
      { stallMs: 20_000 },
    );
    expect(result.bytes).toBe(numbers.length);
    // Read only now: everything lay in the stream meanwhile.
    expect(Buffer.concat(await kept.toArray()).toString()).toBe(numbers);
  });

  test('a source whose connection is lost ends the sink, and is an error although its output ended', async () => {
    const lost = Promise.withResolvers<never>();
    const output = new PassThrough();
    output.write('partial');
    const source = foreignHost({ output, ended: lost.promise });
    const transfer = pipe(
      { host: source, argv: ['x'] },
      { host: local, argv: sh('cat >/dev/null') },
      { stallMs: 20_000, onBytes: () => lost.reject(new ProblemError('connection-lost', { host: 'foreign' })) },
    );
    expect(await codeOf(transfer)).toBe('connection-lost');
  });

  test('a sink whose connection is lost ends the source', async () => {
    const lost = Promise.withResolvers<never>();
    const output = new PassThrough();
    const sink = foreignHost({ output, ended: lost.promise });
    const transfer = pipe(
      { host: local, argv: ['cat', '/dev/zero'] },
      { host: sink, argv: ['x'] },
      { stallMs: 20_000, onBytes: () => lost.reject(new ProblemError('connection-lost', { host: 'foreign' })) },
    );
    expect(await codeOf(transfer)).toBe('connection-lost');
  });

  test('what a remote source still sends after its sink succeeded is dropped', async () => {
    const done = Promise.withResolvers<{ exit: { code: number; signal: null }; stderr: string }>();
    const output = Readable.from([Buffer.from('wanted\n'), Buffer.alloc(MIB), Buffer.alloc(MIB)]);
    output.once('end', () => done.resolve({ exit: { code: 0, signal: null }, stderr: '' }));
    const source = foreignHost({ output, ended: done.promise });
    const result = await pipe(
      { host: source, argv: ['x'] },
      { host: local, argv: sh('read x; echo $x') },
      { stallMs: 20_000 },
    );
    expect(result.sink.stdout).toBe('wanted\n');
    expect(result.source.exit.code).toBe(0);
  });
}
