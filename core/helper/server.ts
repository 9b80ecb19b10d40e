/** Takes connections on the socket and gives each its session. */
import type { Server, Socket } from 'node:net';
import type { Log } from '../monitoring/log.ts';
import type { Handlers } from './handlers.ts';
import { Session } from './session.ts';
import { listenOnSocket } from './socket.ts';
import type { StatusHub } from './status-hub.ts';

/** A desktop, a few terminals and some scripts; more is a mistake or an attack. */
const CONNECTIONS_MAX = 32;

export interface ControlServer {
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

/** Answers requests at `socketPath` until closed. Throws what `listenOnSocket` throws. */
export async function serveControl(
  socketPath: string,
  handlers: Handlers,
  hub: StatusHub,
  log: Log,
): Promise<ControlServer> {
  const sessions = new Set<Session>();
  const accept = (socket: Socket): void => {
    if (sessions.size >= CONNECTIONS_MAX) {
      log.warn({ connections: sessions.size }, 'a connection was refused: too many are open');
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const session = new Session(socket, handlers, hub, log);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  };
  const server: Server = await listenOnSocket(socketPath, accept);
  server.on('error', (error) => log.error({ err: error }, 'the control socket failed'));
  return {
    close: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const session of sessions) session.close();
      return promise;
    },
  };
}
