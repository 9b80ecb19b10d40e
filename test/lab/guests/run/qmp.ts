import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** QEMU refused a command; `errorClass` as QMP names it. */
export class QmpError extends Error {
  readonly errorClass: string;
  constructor(command: string, errorClass: string, description: string) {
    super(`${command}: ${description}`);
    this.name = 'QmpError';
    this.errorClass = errorClass;
  }
}

/** The machine protocol of one QEMU, by its Unix socket. */
export interface Qmp {
  readonly socket: string;
  /** Runs one command and resolves with its return value. Throws {@link QmpError} or a connection error. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

interface QmpMessage {
  readonly QMP?: unknown;
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
}

const replyTimeoutMs = 30_000;

/** One connection per command: QEMU serves one client at a time, and several processes share a guest. */
export function openQmp(socket: string): Qmp {
  return { socket, execute: (command, args) => executeOnce(socket, command, args) };
}

function executeOnce(
  path: string,
  command: string,
  args: Readonly<Record<string, unknown>> | undefined,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const socket = connect(path);
  socket.setTimeout(replyTimeoutMs, () => socket.destroy(new Error(`QMP: no answer to ${command}`)));
  socket.once('error', reject);
  socket.once('close', () => reject(new Error(`QMP: connection closed before the answer to ${command}`)));
  const send = (message: unknown) => socket.write(`${JSON.stringify(message)}\n`);
  let awaitingCapabilities = true;
  createInterface({ input: socket }).on('line', (line) => {
    const message = JSON.parse(line) as QmpMessage;
    if (message.QMP !== undefined) send({ execute: 'qmp_capabilities' });
    else if (message.error !== undefined) {
      reject(new QmpError(command, message.error.class, message.error.desc));
      socket.end();
    } else if ('return' in message) {
      if (awaitingCapabilities) send({ execute: command, ...(args === undefined ? {} : { arguments: args }) });
      else {
        resolve(message.return);
        socket.end();
      }
      awaitingCapabilities = false;
    }
    // Anything else is an event; conditions are asked for instead.
  });
  return promise;
}
