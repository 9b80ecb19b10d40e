/** A TCP proxy that delivers everything later by a fixed time, as a long line does, and can fall silent. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface DelayProxy {
  readonly port: number;
  /** From now on nothing passes in either direction, and nobody is told. */
  fallSilent(): void;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** `delayMs` is the time for one direction; 0 passes on at once. */
export async function startDelayProxy(targetPort: number, delayMs: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  const forward = (from: Socket, to: Socket): void => {
    // A line holds any number of packets: the delay limits nothing but time.
    const queue: { readonly atMs: number; readonly chunk: Buffer }[] = [];
    let timer: NodeJS.Timeout | undefined;
    const deliver = (): void => {
      timer = undefined;
      const now = performance.now();
      for (let head = queue[0]; head !== undefined && head.atMs <= now; head = queue[0]) {
        queue.shift();
        if (!silent && !to.destroyed) to.write(head.chunk);
      }
      const next = queue[0];
      if (next !== undefined) timer = setTimeout(deliver, Math.max(1, next.atMs - now));
    };
    from.on('data', (chunk: Buffer) => {
      if (silent) return;
      if (delayMs === 0) {
        to.write(chunk);
        return;
      }
      queue.push({ atMs: performance.now() + delayMs, chunk });
      timer ??= setTimeout(deliver, delayMs);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      clearTimeout(timer);
      if (!silent) to.destroy();
    });
  };
  const server: Server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      sockets.add(socket);
    }
    forward(near, far);
    forward(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    fallSilent() {
      silent = true;
    },
    cut,
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
