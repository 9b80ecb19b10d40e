import { spawn } from 'node:child_process';

const HEARTBEAT_MS = 15_000;
const TAIL_LINES = 25;
const KEPT_CHARACTERS = 64 * 1024;

/**
 * Runs one phase of setting up and says so: its name when it begins, a sign of life while it lasts, and its time.
 *
 * @template T
 * @param {string} name
 * @param {(text: string) => void} say
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inPhase(name, say, work) {
  const startedMs = Date.now();
  const elapsed = () => `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
  say(`${name} ...`);
  const heartbeat = setInterval(() => say(`${name} ... ${elapsed()}`), HEARTBEAT_MS);
  try {
    const result = await work();
    say(`${name}: done (${elapsed()})`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/**
 * Runs a program without input to its end and keeps the end of what it prints. `missing` says that there is no such
 * program; `lockFd` is handed on, so that a lock on it lasts as long as the program does.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, lockFd?: number }} [options]
 * @returns {Promise<{ ok: boolean, missing: boolean, stdout: string, tail: string }>}
 */
export function runQuietly(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe', ...(options.lockFd === undefined ? [] : [options.lockFd])],
    });
    let stdout = '';
    let both = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      both = (both + text).slice(-KEPT_CHARACTERS);
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      both = (both + text).slice(-KEPT_CHARACTERS);
    });
    const tail = () => both.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    child.once('error', (error) => {
      const missing = 'code' in error && error.code === 'ENOENT';
      resolve({ ok: false, missing, stdout, tail: missing ? `${program} is not installed` : error.message });
    });
    child.once('close', (code) => resolve({ ok: code === 0, missing: false, stdout, tail: tail() }));
  });
}
