/**
 * The messages of D-Bus on a stream, by @homebridge/dbus-native: its connection only. Its object model answers for objects that
 * nobody exported and can be made to throw by any peer, so that is ours (bus.ts).
 */
import type { Duplex } from 'node:stream';
import { createConnection, type WireConnection } from '@homebridge/dbus-native';
import { z } from 'zod';

declare module '@homebridge/dbus-native' {
  export interface WireConnection {
    on(event: 'connect' | 'end', listener: () => void): void;
    on(event: 'error', listener: (error: unknown) => void): void;
    on(event: 'message', listener: (message: unknown) => void): void;
    message(message: object): void;
    end(): void;
  }
  export function createConnection(options: {
    readonly stream: Duplex;
    readonly authMethods: readonly string[];
    /** Whether arrays of bytes are given as a Buffer. */
    readonly ayBuffer: boolean;
  }): WireConnection;
}

export const MESSAGE_TYPE = { call: 1, reply: 2, error: 3, signal: 4 } as const;
export const NO_REPLY_EXPECTED = 1;

const text = z.string().max(255);

/** The form of what comes in; the body is checked by whoever asked, or exported the method. */
const messageSchema = z.object({
  type: z.number().int().min(1).max(4),
  flags: z.number().int(),
  serial: z.number().int().positive(),
  path: z.string().max(4096).optional(),
  interface: text.optional(),
  member: text.optional(),
  errorName: text.optional(),
  replySerial: z.number().int().positive().optional(),
  sender: text.optional(),
  signature: text.optional(),
  body: z.array(z.unknown()).optional(),
});
export type WireMessage = z.infer<typeof messageSchema>;

export interface Wire {
  /** Resolves when the other end has let us in; rejects when it does not. */
  readonly ready: Promise<void>;
  send(message: object): void;
  close(): void;
}

/** Speaks on a stream that leads to a bus. `ended` is told once. */
export function openWire(stream: Duplex, hear: (message: WireMessage) => void, ended: () => void): Wire {
  const connection: WireConnection = createConnection({ stream, authMethods: ['EXTERNAL'], ayBuffer: true });
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  let open = true;
  connection.on('connect', resolve);
  connection.on('error', (error) => {
    reject(error);
    stream.destroy();
  });
  stream.once('close', () => {
    open = false;
    reject(new Error('the bus closed the connection'));
    ended();
  });
  connection.on('message', (message) => {
    const known = messageSchema.safeParse(message);
    if (known.success) hear(known.data);
  });
  // Who waits for it hears of it; nobody has to.
  ready.catch(() => {});
  return {
    ready,
    send: (message) => {
      if (open) connection.message(message);
    },
    close: () => stream.destroy(),
  };
}
