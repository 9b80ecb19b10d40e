/** Finds the daemon at its socket, and makes sure first that it is nobody else's socket. */
import { lstat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { SOCKET_PATH_DEFAULT } from '../contract.ts';
import { ProblemError } from '../problem.ts';
import { userSocketPath } from '../socket-path.ts';
import { createClient, type Greeted, greet } from './client.ts';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** What lstat(2) tells of a path. */
export interface PathFacts {
  readonly uid: number;
  readonly mode: number;
}

/**
 * Why a socket must not be believed; null when it may. Folder and socket have to belong to root or to the asking user, and
 * nobody else may put another socket in its place.
 */
export function socketFault(folder: PathFacts, socket: PathFacts, uid: number): string | null {
  const trusted = (owner: number): boolean => owner === 0 || owner === uid;
  if (!trusted(folder.uid)) return 'its folder belongs to another user';
  if ((folder.mode & WRITABLE_BY_OTHERS) !== 0 && (folder.mode & STICKY) === 0) return 'others may write to its folder';
  if (!trusted(socket.uid)) return 'it belongs to another user';
  return null;
}

/**
 * Connects and greets. At the usual place, users other than root are led to their own socket where there is one. Rejects with
 * `daemon-unreachable`, `socket-unusable` or `daemon-mismatch`.
 */
export async function connectDaemon(asked: string, signal: AbortSignal): Promise<Greeted> {
  const socketPath = await ownSocket(asked, process.geteuid?.() ?? 0);
  await checkOwners(socketPath);
  const client = createClient(await open(socketPath), socketPath);
  try {
    return await greet(client, 'snapferry', signal);
  } catch (thrown) {
    client.close();
    throw thrown;
  }
}

/** The socket that this user may open; others than the usual one are taken as they were given. */
export async function ownSocket(asked: string, uid: number, usual: string = SOCKET_PATH_DEFAULT): Promise<string> {
  if (uid === 0 || asked !== usual) return asked;
  const own = userSocketPath(asked, uid);
  return lstat(own).then(
    () => own,
    () => asked,
  );
}

async function checkOwners(socketPath: string): Promise<void> {
  let fault: string | null;
  try {
    const folder = await lstat(dirname(socketPath));
    fault = socketFault(folder, await lstat(socketPath), process.geteuid?.() ?? 0);
  } catch (cause) {
    fault = forbidden(cause);
    if (fault === null) throw unreachable(socketPath, cause);
  }
  if (fault !== null) throw new ProblemError('socket-unusable', { socket: socketPath, reason: fault });
}

function open(socketPath: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path: socketPath });
  socket.once('connect', () => resolve(socket));
  socket.once('error', (cause) => {
    const reason = forbidden(cause);
    const problem = new ProblemError('socket-unusable', { socket: socketPath, reason: reason ?? '' }, { cause });
    reject(reason === null ? unreachable(socketPath, cause) : problem);
  });
  return promise;
}

function forbidden(cause: unknown): string | null {
  const denied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
  return denied ? 'this user may not use it; the daemon of root is asked with sudo' : null;
}

function unreachable(socket: string, cause: unknown): ProblemError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ProblemError('daemon-unreachable', { socket }, { detail, cause });
}
