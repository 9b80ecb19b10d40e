import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs `work` while holding an exclusive lock on `path`, waiting as long as somebody else holds it; `onWait` is called
 * once if that happens. The lock is held by a `flock` child that lives on a pipe from us, so that the kernel drops it
 * whatever ends this process: no lock file ever goes stale.
 */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const free = await hold(path, ['--nonblock']);
  if (free === undefined) onWait();
  const holder = free ?? (await hold(path, []));
  if (holder === undefined) throw new Error(`flock gave up on ${path}`);
  try {
    return await work();
  } finally {
    await holder.release();
  }
}

/** Runs `work` while holding the lock, or not at all where somebody else holds it. */
export async function withLockIfFree(path: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const holder = await hold(path, ['--nonblock']);
  if (holder === undefined) return;
  try {
    await work();
  } finally {
    await holder.release();
  }
}

interface Holder {
  release(): Promise<void>;
}

function hold(path: string, flags: readonly string[]): Promise<Holder | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', [...flags, path, 'sh', '-c', 'echo held; exec cat >/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // Not in our process group: Ctrl-C must not open the lock while the build is still being torn down.
      detached: true,
    });
    const closed = new Promise<void>((done) => child.once('close', () => done()));
    child.once('error', reject);
    child.stdout.once('data', () => {
      resolve({
        release: () => {
          child.stdin.end();
          return closed;
        },
      });
    });
    void closed.then(() => resolve(undefined));
  });
}
