/**
 * The Unix socket of the daemon. Node cannot read who is at the other end, so the path is the identity: a folder that only
 * its owner may write to, and a socket with mode 0600. See unix(7), section "Pathname socket ownership and permissions".
 */
import { lchown, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { ProblemError } from '../api/problem.ts';
import { preparePrivateFolder } from './private-folder.ts';

/** Longest path that fits into `sun_path` with its closing zero. */
const PATH_BYTES_MAX = 107;
const SOCKET_UMASK = 0o177;

export interface SocketOptions {
  /** Who alone may connect, besides root; null: who runs this process. */
  readonly owner: number | null;
  /** Others have their own socket in the same folder. */
  readonly passable: boolean;
}

/**
 * Listens at `path`. Creates the folder (0700) if it is missing; removes a socket that a dead daemon left. Throws
 * `daemon-running` when somebody answers there and `socket-unusable` when path or folder cannot be trusted.
 */
export async function listenOnSocket(
  path: string,
  onConnection: (socket: Socket) => void,
  { owner, passable }: SocketOptions = { owner: null, passable: false },
): Promise<Server> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw unusable(path, `the path is longer than ${PATH_BYTES_MAX} bytes`);
  }
  const fault = await preparePrivateFolder(dirname(path), passable);
  if (fault !== null) throw unusable(path, fault);
  await removeStale(path);
  const server = createServer({ allowHalfOpen: false }, onConnection);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => reject(unusable(path, error.message)));
  server.once('listening', resolve);
  // The socket is bound within this call, so nobody else ever sees it with wider rights.
  const before = process.umask(SOCKET_UMASK);
  try {
    server.listen({ path });
  } finally {
    process.umask(before);
  }
  await promise;
  if (owner === null) return server;
  try {
    // Until now nobody else could connect to it, and from now on only they can.
    await lchown(path, owner, -1);
  } catch (thrown) {
    server.close();
    throw unusable(path, `it cannot be given to user ${owner}: ${thrown instanceof Error ? thrown.message : ''}`);
  }
  return server;
}

/** Removes what a dead daemon left at `path`; only a socket, and only if nobody answers. */
async function removeStale(path: string): Promise<void> {
  const before = await lstat(path).catch(() => null);
  if (before === null) return;
  if (!before.isSocket()) throw unusable(path, 'there is something that is not a socket');
  if (await answers(path)) throw new ProblemError('daemon-running', { socket: path });
  const now = await lstat(path).catch(() => null);
  if (now === null) return;
  // Another daemon that starts at the same moment may have put its own socket there meanwhile.
  if (now.ino !== before.ino) throw new ProblemError('daemon-running', { socket: path });
  await unlink(path);
}

/** Whether somebody accepts connections at `path`. Only a refusal says no; anything else might be a busy daemon. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = connect({ path });
  probe.once('connect', () => resolve(true));
  probe.once('error', (error) => resolve(!('code' in error) || error.code !== 'ECONNREFUSED'));
  return promise.finally(() => probe.destroy());
}

function unusable(path: string, reason: string): ProblemError {
  return new ProblemError('socket-unusable', { socket: path, reason });
}
