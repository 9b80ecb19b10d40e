/** Takes connections on the socket and gives each its session. */
import type { Server, Socket } from 'node:net';
import type { Clock } from '../api/clock.ts';
import type { Log } from '../monitoring/log.ts';
import type { Answer } from './door.ts';
import { Session } from './session.ts';
import { listenOnSocket, type SocketOptions } from './socket.ts';
import type { StatusHub } from './status-hub.ts';

/** Of one user: a desktop, a few terminals and some scripts; more is a mistake or an attack. */
const CONNECTIONS_MAX = 32;

export interface ControlServer {
  /** Open at this moment. */
  readonly connections: () => number;
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

export interface ControlParts extends SocketOptions {
  readonly path: string;
  /** For whoever can open that socket. */
  readonly answer: Answer;
  readonly hub: StatusHub;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers requests at one socket until closed. Throws what `listenOnSocket` throws. */
export async function serveControl(parts: ControlParts): Promise<ControlServer> {
  const { path, answer, hub, clock, log } = parts;
  const sessions = new Set<Session>();
  const accept = (socket: Socket): void => {
    if (sessions.size >= CONNECTIONS_MAX) {
      log.warn({ connections: sessions.size }, 'a connection was refused: too many are open');
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const session = new Session(socket, answer, hub, clock, log);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  };
  const server: Server = await listenOnSocket(path, accept, parts);
  server.on('error', (error) => log.error({ err: error }, 'the control socket failed'));
  return {
    connections: () => sessions.size,
    close: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const session of sessions) session.close();
      return promise;
    },
  };
}
