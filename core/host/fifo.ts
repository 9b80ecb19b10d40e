/**
 * A kernel pipe between two programs, made without native code. Node's own `pipe` for a child is a socket pair, into which
 * `zfs send` does not write directly but through a thread and a pipe of its own; with OpenZFS 2.3 it then falls silent about
 * its progress.
 */
import { closeSync, constants, open as openCallback } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ProblemError } from '../api/problem.ts';
import type { Host } from './types.ts';

const open = promisify(openCallback);
const MKFIFO_DEADLINE_MS = 10_000;

export interface FifoEnds {
  /** Both in blocking mode, as programs expect them. The caller closes them. */
  readonly readFd: number;
  readonly writeFd: number;
}

/** Closes a descriptor of ours. */
export function closeFd(fd: number): void {
  closeSync(fd);
}

/**
 * Makes a pipe that has no name any more when the promise settles: it lives in a private folder (0700) for as long as the
 * opening takes. Error: `command-failed`.
 */
export async function makeFifo(localHost: Host): Promise<FifoEnds> {
  const folder = await mkdtemp(join(tmpdir(), 'snapferry-'));
  const path = join(folder, 'pipe');
  try {
    const made = await localHost.run(['/usr/bin/mkfifo', '-m', '600', path], { deadlineMs: MKFIFO_DEADLINE_MS });
    if (made.exit.code !== 0) {
      throw new ProblemError('command-failed', { host: localHost.label }, { detail: made.stderr });
    }
    return await openEnds(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openEnds(path: string): Promise<FifoEnds> {
  // Opening one end waits for the other. A third opening, of both ends at once, waits for nobody; with it held open the
  // two real ones return at once and need no O_NONBLOCK, which the programs would inherit.
  const both = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    const readFd = await open(path, constants.O_RDONLY);
    try {
      return { readFd, writeFd: await open(path, constants.O_WRONLY) };
    } catch (thrown) {
      closeFd(readFd);
      throw thrown;
    }
  } finally {
    closeFd(both);
  }
}
