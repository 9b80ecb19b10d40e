/**
 * Where a command runs: this machine, or another one through ssh. Deadlines, killing and byte counting live in this folder
 * and only here. A command is always an argument vector; there is no shell on the local path, and on the remote path the
 * vector is quoted by `quote.ts`.
 */
import type { Readable, Writable } from 'node:stream';

export type Argv = readonly [string, ...string[]];

export interface RunOptions {
  /** Ends the command when aborted: the error is `command-aborted`. */
  readonly signal?: AbortSignal;
  /** After this time the whole process group is killed: `command-timeout`, or `command-stuck` when the kernel keeps it. */
  readonly deadlineMs: number;
  /** Bytes for standard input; closed afterwards. Without it standard input is empty. */
  readonly stdin?: Uint8Array;
  /** More standard output than this is an error (`output-too-large`), never a partial result. */
  readonly stdoutLimitBytes?: number;
}

export interface ExitStatus {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

export interface CommandResult {
  readonly exit: ExitStatus;
  readonly stdout: string;
  /** The last 32 KiB of standard error, prefixed with "(...)" when older bytes were dropped. */
  readonly stderr: string;
  readonly durationMs: number;
}

export interface StartOptions {
  readonly signal?: AbortSignal;
  /** Called with every whole line of standard error, for progress. */
  readonly onStderrLine?: (line: string) => void;
}

/** A command whose streams are still open. */
export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the process has ended and its streams are drained; rejects with a `ProblemError` when the connection was lost. */
  readonly ended: Promise<{ readonly exit: ExitStatus; readonly stderr: string }>;
  /**
   * Ends it: closes our end of its output first (a `zfs send` blocked on its pipe ends only then), then kills the group, then
   * waits at most `graceMs`. Resolves either way; what the kernel keeps is abandoned and counted.
   */
  kill(graceMs: number): Promise<void>;
}

export interface PipeOptions {
  readonly signal?: AbortSignal;
  /** No byte and no progress line for this long ends both sides with `command-timeout`. */
  readonly stallMs: number;
  /**
   * Every line is progress unless `false` is returned: `zfs send -vP` goes on printing once a second while nothing moves, and
   * only the reader of its lines can tell.
   */
  readonly onSourceStderrLine?: (line: string) => unknown;
  /**
   * Asked when the pipe has to end early: the sink hangs on a drive that is gone. It is left alone then and not waited for:
   * killed, it may hang for good; left alone, it ends when the drive is back.
   */
  readonly sinkGone?: () => boolean;
  /** Bytes that passed so far; only where bytes pass through this process. */
  readonly onBytes?: (bytesTotal: number) => void;
  /** Bytes a second; a reason for bytes to pass through this process. */
  readonly limitBytesPerSecond?: number;
  /** Instead of the former: asked again and again; null is no limit for now. Without one at the start, bytes may go directly. */
  readonly currentLimit?: () => number | null;
}

export interface PipeEnd {
  readonly host: Host;
  readonly argv: Argv;
}

export interface PipeResult {
  readonly source: { readonly exit: ExitStatus; readonly stderr: string };
  readonly sink: { readonly exit: ExitStatus; readonly stderr: string; readonly stdout: string };
  /** Bytes counted when they passed through this process; null on the direct path. */
  readonly bytes: number | null;
  readonly durationMs: number;
}

/** A place where commands run. */
export interface Host {
  /** As a person knows it: "this machine", "root@nas". */
  readonly label: string;
  readonly kind: 'local' | 'ssh';
  /** Runs to the end and collects its output. A non-zero exit is a result, not an error. */
  run(argv: Argv, options: RunOptions): Promise<CommandResult>;
  /** Starts a command whose streams the caller handles. */
  start(argv: Argv, options: StartOptions): Promise<RunningCommand>;
  /** Resolves when the host answers; rejects with `host-unreachable` and its relatives. */
  ping(options: { readonly signal?: AbortSignal; readonly deadlineMs: number }): Promise<void>;
  /** Ends what this host keeps open. Idempotent. */
  close(): Promise<void>;
}
