import { createServer, type Server } from 'node:net';
import type { Guest } from './guest.ts';

/** A Unix socket of the guest on this machine: every connection to the one here becomes one to the one there. */
export async function bringSocket(guest: Guest, socketThere: string, socketHere: string): Promise<Server> {
  const server = createServer((client) => {
    client.on('error', () => undefined);
    guest.ssh.connectUnix(socketThere).then(
      (channel) => {
        channel.on('error', () => client.destroy());
        channel.on('close', () => client.destroy());
        client.on('close', () => channel.destroy());
        client.pipe(channel).pipe(client);
      },
      () => client.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketHere, resolve);
  });
  return server;
}
