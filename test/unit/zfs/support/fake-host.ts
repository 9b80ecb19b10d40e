/** A host whose commands are answered by the test. */
import { ProblemError } from '../../../../core/api/problem.ts';
import type { Argv, CommandResult, Host, RunOptions } from '../../../../core/host/types.ts';
import { type CliZfsOptions, createCliZfs } from '../../../../core/zfs/cli-zfs.ts';
import type { Zfs } from '../../../../core/zfs/types.ts';
import { USAGE } from './usage.ts';

export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number | null;
}

/** Answers one command; undefined: it succeeds and says nothing. May throw what a host throws. */
export type Answerer = (
  args: readonly string[],
  options: RunOptions,
) => Answer | undefined | Promise<Answer | undefined>;

export interface FakeHost extends Host {
  /** Everything that ran, without the program. */
  readonly calls: string[][];
  readonly programs: string[];
}

export function fakeHost(answer: Answerer): FakeHost {
  const calls: string[][] = [];
  const programs: string[] = [];
  const run = async (argv: Argv, options: RunOptions): Promise<CommandResult> => {
    const [program, ...args] = argv;
    calls.push(args);
    programs.push(program);
    if (options.signal?.aborted === true) throw new ProblemError('command-aborted', { host: 'nas' });
    const { stdout = '', stderr = '', code = stderr === '' ? 0 : 1 } = (await answer(args, options)) ?? {};
    return { exit: { code, signal: code === null ? 'SIGKILL' : null }, stdout, stderr, durationMs: 1 };
  };
  return {
    label: 'nas',
    kind: 'local',
    calls,
    programs,
    run,
    start: () => Promise.reject(new Error('not used')),
    ping: async () => undefined,
    close: async () => undefined,
  };
}

/** Answers the questions about the installation. */
export function installation(version = '2.1.11-1'): Answerer {
  return ([command, ...rest]) => {
    if (rest.length > 0) return undefined;
    switch (command) {
      case 'version':
        return { stdout: `zfs-${version}\nzfs-kmod-${version}\n` };
      case 'send':
        return { stderr: USAGE.send, code: 2 };
      case 'receive':
        return { stderr: USAGE.receive, code: 2 };
      case 'destroy':
        return { stderr: USAGE.destroy, code: 2 };
      case 'load-key':
        return { stderr: USAGE.loadKey, code: 2 };
      default:
        return undefined;
    }
  };
}

export interface Bench {
  readonly zfs: Zfs;
  readonly host: FakeHost;
  /** What ran, apart from the questions about the installation. */
  readonly ran: () => readonly (readonly string[])[];
}

export interface BenchOptions extends Partial<CliZfsOptions> {
  readonly version?: string;
}

/** A Zfs over a fake host that knows its own installation. */
export function bench(answer: Answerer = () => undefined, { version, ...options }: BenchOptions = {}): Bench {
  const known = installation(version);
  const host = fakeHost(async (args, run) => (await answer(args, run)) ?? known(args, run));
  const zfs = createCliZfs({ host, clock: { monotonicMs: () => 0 }, zfsPath: '/sbin/zfs', ...options });
  return { zfs, host, ran: () => host.calls.filter((args) => args.length > 1) };
}
