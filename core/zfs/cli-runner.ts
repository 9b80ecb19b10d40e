/** Runs zfs and zpool on one host: where they are, with which deadline, and what a failure means. */
import { posix } from 'node:path';
import { ProblemError } from '../api/problem.ts';
import type { CommandResult, Host } from '../host/types.ts';
import { LISTING_BYTES_MAX, OUTPUT_BYTES_MAX, type ZfsDeadlines } from './deadlines.ts';
import { classifyZfsError, type ZfsOperation } from './errors.ts';
import { askOnce } from './single-flight.ts';
import type { Ctx } from './types.ts';

/** Where zfs is looked for: never through PATH, which a normal user's ssh session has without sbin. */
export const ZFS_PATHS: readonly string[] = ['/usr/sbin/zfs', '/sbin/zfs', '/usr/local/sbin/zfs', '/usr/bin/zfs'];

export interface Invocation {
  readonly operation: ZfsOperation;
  /** Full names the command is about. */
  readonly names: readonly string[];
  /** Everything after the program. */
  readonly args: readonly string[];
  readonly deadlineMs: number;
  readonly ctx?: Ctx | undefined;
  /** More facts for the sentences of an error. */
  readonly facts?: Readonly<Record<string, string>>;
}

export interface CliRunner {
  readonly host: Host;
  readonly deadlines: ZfsDeadlines;
  zfsPath(ctx?: Ctx): Promise<string>;
  /** Runs `zfs` to its end, whatever its exit. */
  run(invocation: Invocation): Promise<CommandResult>;
  /** The same for `zpool`. */
  runZpool(invocation: Invocation): Promise<CommandResult>;
  /** Runs `zfs`; anything but exit status 0 is an error. */
  succeed(invocation: Invocation): Promise<CommandResult>;
  /** What a failed command means. */
  problem(invocation: Invocation, result: CommandResult): ProblemError;
}

export interface RunnerSettings {
  readonly host: Host;
  readonly deadlines: ZfsDeadlines;
  /** Absolute. Without it the usual places are tried. */
  readonly zfsPath?: string | undefined;
  /** Absolute. Without it zpool is taken from the folder of zfs. */
  readonly zpoolPath?: string | undefined;
}

export function succeeded(result: Pick<CommandResult, 'exit'>): boolean {
  return result.exit.code === 0;
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof ProblemError && thrown.code === 'command-missing';
}

/** The first of the usual places where zfs can be started. @throws ProblemError `command-missing` */
async function findZfs(host: Host, deadlineMs: number): Promise<string> {
  for (const path of ZFS_PATHS) {
    try {
      const { exit } = await host.run([path, 'version'], { deadlineMs, stdoutLimitBytes: OUTPUT_BYTES_MAX });
      if (exit.code !== 127) return path;
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
  }
  const facts = { program: 'zfs', host: host.label };
  throw new ProblemError('command-missing', facts, { detail: `It is none of ${ZFS_PATHS.join(', ')}.` });
}

export function createRunner(settings: RunnerSettings): CliRunner {
  const { host, deadlines } = settings;
  const zfsPath = askOnce(async () => settings.zfsPath ?? (await findZfs(host, deadlines.probeMs)), host.label);
  const start = (program: string, { operation, args, deadlineMs, ctx }: Invocation): Promise<CommandResult> =>
    host.run([program, ...args], {
      deadlineMs,
      stdoutLimitBytes: operation === 'list' || operation === 'get' ? LISTING_BYTES_MAX : OUTPUT_BYTES_MAX,
      ...(ctx?.signal === undefined ? {} : { signal: ctx.signal }),
    });

  const runner: CliRunner = {
    host,
    deadlines,
    zfsPath,
    run: async (invocation) => start(await zfsPath(invocation.ctx), invocation),
    runZpool: async (invocation) => {
      const path = settings.zpoolPath ?? posix.join(posix.dirname(await zfsPath(invocation.ctx)), 'zpool');
      return start(path, invocation);
    },
    succeed: async (invocation) => {
      const result = await runner.run(invocation);
      if (!succeeded(result)) throw runner.problem(invocation, result);
      return result;
    },
    problem: ({ operation, names, facts }, { stderr, stdout, exit }) =>
      classifyZfsError({ operation, names, stderr, stdout, exit, host: host.label, ...(facts ? { facts } : {}) }),
  };
  return runner;
}
