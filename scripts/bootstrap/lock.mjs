import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** The descriptor under which the `flock` program sees the lock file. */
const CHILD_FD = 3;

/**
 * Runs `work` while nobody else on this machine holds the lock; waits for it, and says so once. The lock (flock(2)) belongs
 * to the open file and goes when the last process that has it open ends, so it never outlives a crash. `work` gets
 * the descriptor to hand on to programs that must not overlap with the next holder even if this process is killed.
 *
 * @template T
 * @param {string} path
 * @param {(text: string) => void} say
 * @param {(lockFd: number) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, say, work) {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'a');
  try {
    if (!(await flock(fd, ['-n']))) {
      say('waiting for another set-up of this folder to end ...');
      if (!(await flock(fd, []))) throw new SetupError(`${path} cannot be locked.`);
    }
    return await work(fd);
  } finally {
    closeSync(fd);
  }
}

/** @param {number} fd @param {readonly string[]} flags @returns {Promise<boolean>} */
function flock(fd, flags) {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', [...flags, String(CHILD_FD)], { stdio: ['ignore', 'ignore', 'inherit', fd] });
    child.once('error', () => reject(new SetupError('The program flock is missing (Debian package util-linux).')));
    child.once('close', (code) => resolve(code === 0));
  });
}
