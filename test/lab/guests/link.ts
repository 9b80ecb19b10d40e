import { connect, createServer, type Server, type Socket } from 'node:net';
import { openLane } from './link-lane.ts';

export interface LinkOptions {
  readonly targetPort: number;
  /** Default 127.0.0.1. */
  readonly targetHost?: string;
}

/** A network cable in front of a TCP port that can be cut, frozen, slowed down and lengthened. */
export interface Link extends AsyncDisposable {
  /** On 127.0.0.1; stays the same for the life of the link. Guests find it at 10.0.2.2. */
  readonly port: number;
  /** Bytes delivered to the target, and from it, over all connections so far. */
  readonly upBytes: number;
  readonly downBytes: number;
  readonly connections: number;
  /** Resets every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Half-open: nothing moves, nothing is closed, new connections are accepted and hear nothing. */
  freeze(): void;
  /** Takes back cut and freeze. Rate and delay stay. */
  restore(): Promise<void>;
  /** Bottleneck in each direction, shared by all connections; undefined for none. */
  setRate(limit: { readonly bytesPerSecond: number | undefined }): void;
  /** Constant latency added each way. Bytes on the way are pipelined: throughput stays what it was. */
  setDelay(delay: { readonly delayMs: number }): void;
  /** Cuts once exactly this many more bytes have passed in one direction (default up, to the target). Resolves at the cut. */
  cutAfterBytes(countBytes: number, direction?: 'up' | 'down'): Promise<void>;
  /** Cuts and gives the port back. */
  close(): Promise<void>;
}

/** Opens a link on a free port of 127.0.0.1. */
export async function openLink(options: LinkOptions): Promise<Link> {
  const sockets = new Set<Socket>();
  const up = openLane();
  const down = openLane();
  let frozen = false;
  /** Losses that happened on one side while frozen; the other side must not learn of them before the thaw. */
  let deferred: (() => void)[] = [];
  const whenThawed = (action: () => void) => {
    if (frozen) deferred.push(action);
    else action();
  };
  /** Lets two sockets talk through the lanes. A reset on one side becomes a reset on the other. */
  const join = (client: Socket, target: Socket) => {
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        // After a clean end both ways, the last bytes may still be on their way to the other side.
        if (!(socket.readableEnded && socket.writableFinished)) whenThawed(() => other.resetAndDestroy());
      });
    }
    up.carry(client, target);
    down.carry(target, client);
  };

  // Paused on accept: not a byte may be read before it has somewhere to go.
  const server: Server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({
      port: options.targetPort,
      host: options.targetHost ?? '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    });
    join(client, target);
  });
  await listen(server, 0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the link got no port');
  const { port } = address;

  const cut = async () => {
    const closed = server.listening ? new Promise<void>((done) => server.close(() => done())) : undefined;
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
    await closed;
  };
  const close = async () => {
    await cut();
    up.close();
    down.close();
  };
  return {
    port,
    get upBytes() {
      return up.passedBytes;
    },
    get downBytes() {
      return down.passedBytes;
    },
    get connections() {
      return Math.ceil(sockets.size / 2);
    },
    cut,
    freeze: () => {
      frozen = true;
      up.setFrozen(true);
      down.setFrozen(true);
    },
    restore: async () => {
      if (!server.listening) await listen(server, port);
      frozen = false;
      up.setFrozen(false);
      down.setFrozen(false);
      for (const action of deferred) action();
      deferred = [];
    },
    setRate: ({ bytesPerSecond }) => {
      up.setRate(bytesPerSecond);
      down.setRate(bytesPerSecond);
    },
    setDelay: ({ delayMs }) => {
      up.setDelay(delayMs);
      down.setDelay(delayMs);
    },
    cutAfterBytes: (countBytes, direction = 'up') =>
      new Promise((resolve, reject) => {
        (direction === 'up' ? up : down).atByte(countBytes, () => {
          cut().then(resolve, reject);
        });
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
