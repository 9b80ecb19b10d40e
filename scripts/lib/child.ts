import { spawn } from 'node:child_process';

/** What a program left behind when it ended. */
export interface ChildResult {
  /** null when a signal ended it. */
  readonly code: number | null;
  /** Both outputs in the order they came; empty when they went to the terminal. */
  readonly output: string;
  /** Standard output alone; empty when it went to the terminal. */
  readonly stdout: string;
  readonly durationMs: number;
}

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `terminal`: as it comes. `keep`: collected into `output`. */
  readonly output: 'terminal' | 'keep';
}

/** The end of a program that does not end when asked to. */
const GRACE_MS = 30_000;

/**
 * Runs a program to its end. SIGINT and SIGTERM of ours are handed on (to be asked to end is not to be ended: this process
 * goes on and tells what became of it); after half a minute the program is killed. Rejects when it cannot be started.
 */
export function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const startedMs = performance.now();
  const out = options.output === 'keep' ? 'pipe' : 'inherit';
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', out, out],
    });
    let output = '';
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    let killer: NodeJS.Timeout | undefined;
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal);
      killer ??= setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    const settle = () => {
      clearTimeout(killer);
      process.removeListener('SIGINT', end);
      process.removeListener('SIGTERM', end);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code) => {
      settle();
      resolve({ code, output, stdout, durationMs: performance.now() - startedMs });
    });
  });
}
