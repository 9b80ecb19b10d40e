import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface ExecOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and error are appended here; without it they are kept in memory and returned. */
  readonly logFile?: string;
  /** Run as root: directly when we are root, through `sudo -n` otherwise. */
  readonly asRoot?: boolean;
}

/** A local command ended badly. `tail` holds the end of what it wrote. */
export class ExecError extends Error {
  readonly tail: string;
  constructor(argv: readonly string[], how: string, tail: string) {
    super(`${argv.join(' ').slice(0, 300)}: ${how}${tail === '' ? '' : `\n${tail}`}`);
    this.name = 'ExecError';
    this.tail = tail;
  }
}

/** The command line in front of anything that has to run as root. */
export function rootPrefix(): readonly string[] {
  return process.getuid?.() === 0 ? [] : ['sudo', '-n', '--'];
}

/**
 * Runs a local command and resolves with its standard output (empty with `logFile`).
 * Throws {@link ExecError} when it cannot be started, exits with another code than 0 or is killed.
 */
export function exec(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
  const full = options.asRoot === true ? [...rootPrefix(), ...argv] : [...argv];
  const [command, ...args] = full;
  if (command === undefined) throw new RangeError('an empty command');
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      // A fixed locale and PATH: messages are parsed, and sbin is missing from an ordinary user's PATH.
      env: { ...process.env, LC_ALL: 'C', PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, ...options.env },
      stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-8_000);
    });
    const finish = (how: string | undefined) => {
      if (log !== undefined) closeSync(log);
      if (how === undefined) resolve(stdout);
      else reject(new ExecError(full, how, tailOf(options.logFile, stderr, stdout)));
    };
    child.once('error', (error) => finish(error.message));
    child.once('close', (code, signal) => {
      finish(code === 0 ? undefined : signal === null ? `exit code ${code}` : `killed by ${signal}`);
    });
  });
}

function tailOf(logFile: string | undefined, stderr: string, stdout: string): string {
  const text = logFile === undefined ? stderr || stdout : readFileSync(logFile, 'utf8');
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
