/**
 * A kernel pipe between two programs, made without native code. Node's own `pipe` for a child is a socket pair, into which
 * `zfs send` does not write directly but through a thread and a pipe of its own; with OpenZFS 2.3 it then falls silent about
 * its progress.
 */
import { closeSync, constants, open as openCallback } from 'node:fs';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ProblemError } from '../api/problem.ts';
import type { Host } from './types.ts';

const open = promisify(openCallback);
const MKFIFO_DEADLINE_MS = 10_000;
/** Made by one program at a time: starting one for each pipe would be a third of what a pipe costs. */
const MADE_AT_ONCE = 16;

export interface FifoEnds {
  /** Both in blocking mode, as programs expect them. The caller closes them. */
  readonly readFd: number;
  readonly writeFd: number;
}

/** Closes a descriptor of ours. */
export function closeFd(fd: number): void {
  closeSync(fd);
}

/** Named pipes of one host in a private folder (0700), each of which is used once. */
class FifoStore {
  readonly #host: Host;
  #folder: string | null = null;
  #unused: string[] = [];
  #making: Promise<void> | null = null;
  #lastNumber = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  async take(): Promise<string> {
    for (;;) {
      const path = this.#unused.pop();
      if (path !== undefined) return path;
      this.#making ??= this.#make().finally(() => {
        this.#making = null;
      });
      await this.#making;
    }
  }

  /** Removes what is there. What is being made at this moment is removed as well. */
  async close(): Promise<void> {
    await this.#making?.catch(() => undefined);
    await this.forget();
  }

  /** Begins anew in another folder. */
  async forget(): Promise<void> {
    const folder = this.#folder;
    this.#folder = null;
    this.#unused = [];
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }

  async #make(): Promise<void> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'snapferry-'));
    const folder = this.#folder;
    const paths = Array.from({ length: MADE_AT_ONCE }, () => {
      this.#lastNumber += 1;
      return join(folder, `pipe${this.#lastNumber}`);
    });
    const made = await this.#host.run(['/usr/bin/mkfifo', '-m', '600', ...paths], { deadlineMs: MKFIFO_DEADLINE_MS });
    if (made.exit.code !== 0) {
      throw new ProblemError('command-failed', { host: this.#host.label }, { detail: made.stderr });
    }
    this.#unused.push(...paths);
  }
}

const stores = new WeakMap<Host, FifoStore>();

/** Removes what was made for later. To be called with the end of the host. */
export async function closeFifos(host: Host): Promise<void> {
  const store = stores.get(host);
  stores.delete(host);
  await store?.close();
}

/**
 * A pipe that has no name any more when the promise settles. Errors: `command-failed`, and those of `Host.run`. What was made
 * earlier may have been tidied away with other temporary files; it is made again once.
 */
export async function makeFifo(localHost: Host): Promise<FifoEnds> {
  const store = stores.get(localHost) ?? new FifoStore(localHost);
  stores.set(localHost, store);
  try {
    return await takeAndOpen(store);
  } catch {
    await store.forget();
    return await takeAndOpen(store);
  }
}

async function takeAndOpen(store: FifoStore): Promise<FifoEnds> {
  const path = await store.take();
  try {
    return await openEnds(path);
  } finally {
    await unlink(path).catch(() => undefined);
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
