/** The sockets of the daemon: one for root, or for whoever runs it, and one for each user who may ask. */
import { userInfo } from 'node:os';
import type { Clock } from '../api/clock.ts';
import { userSocketPath } from '../api/socket-path.ts';
import type { Log } from '../monitoring/log.ts';
import type { Door } from './door.ts';
import { type ControlServer, serveControl } from './server.ts';
import type { StatusHub } from './status-hub.ts';
import type { AllowedUser } from './users.ts';

export interface SocketsParts {
  readonly socketPath: string;
  readonly users: readonly AllowedUser[];
  readonly door: Door;
  readonly hub: StatusHub;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers on all of them until closed. Throws what the first socket throws; a user whose socket cannot be made is told of in
 * the log, and the others are served.
 */
export async function serveSockets(parts: SocketsParts): Promise<ControlServer> {
  const { socketPath, users, door, hub, clock, log } = parts;
  const own = process.geteuid?.() ?? 0;
  const administrator = { uid: own, user: userInfo().username, administrator: true };
  // Others must be able to walk through the folder to their own socket; they can neither list nor change it.
  const passable = users.length > 0;
  const common = { passable, hub, clock, log };
  const servers = [await serveControl({ ...common, path: socketPath, owner: null, answer: door.for(administrator) })];
  for (const { uid, user } of users) {
    const answer = door.for({ uid, user, administrator: false });
    try {
      servers.push(await serveControl({ ...common, path: userSocketPath(socketPath, uid), owner: uid, answer }));
    } catch (thrown) {
      log.error({ user, uid, err: thrown }, 'this user cannot ask the daemon: there is no socket for them');
    }
  }
  return {
    connections: () => servers.reduce((sum, server) => sum + server.connections(), 0),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
