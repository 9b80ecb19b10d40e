import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { DeadlineError } from './until.ts';

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  /** OpenSSH form. A guest with another key is refused. */
  readonly hostKeySha256: string;
}

export interface RunResult {
  /** Exit code; 128 + n is not used: death by a signal is an error. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  /** The command is killed and {@link DeadlineError} thrown after this time. Default 120 s. */
  readonly timeoutMs?: number;
  /** What the command prints on standard error, as it comes. */
  readonly onStderr?: (text: string) => void;
}

export interface TerminalWindow {
  readonly rows: number;
  readonly cols: number;
  readonly term: string;
}

/** One kept-open ssh connection to a guest for the tests' own use; the product has its own. */
export interface Ssh {
  /** Runs a shell command. Reconnects first if the connection was lost. Rejects on loss meanwhile, on a signal, on the deadline. */
  exec(command: string, options?: RunOptions): Promise<RunResult>;
  /** Opens a connection to a Unix socket in the guest. */
  connectUnix(path: string): Promise<Duplex>;
  /** Writes a file over sftp. */
  put(localPath: string, remotePath: string, mode: number): Promise<void>;
  /** A terminal session, for people. Resolves with its exit code, or with 1 when the connection is lost. */
  shell(window: TerminalWindow, attach: (channel: ssh2.ClientChannel) => void): Promise<number>;
  /** Drops the connection at once. It comes back with the next use. */
  drop(): void;
}

const connectTimeoutMs = 60_000;
const defaultRunTimeoutMs = 120_000;

interface Connection {
  readonly client: ssh2.Client;
  readonly socket: Socket;
  users: number;
}

export function openSsh(target: SshTarget): Ssh {
  let current: Promise<Connection> | undefined;

  const connection = (): Promise<Connection> => {
    if (current === undefined) {
      const opening = openConnection(target);
      current = opening;
      const forget = () => {
        if (current === opening) current = undefined;
      };
      opening.then(({ client }) => client.once('close', forget), forget);
    }
    return current;
  };

  // An idle connection must not keep a test process alive.
  const using = async <T>(work: (client: ssh2.Client) => Promise<T>): Promise<T> => {
    const held = await connection();
    held.users += 1;
    held.socket.ref();
    try {
      return await work(held.client);
    } finally {
      held.users -= 1;
      if (held.users === 0) held.socket.unref();
    }
  };

  return {
    exec: (command, options = {}) => using((client) => runOn(client, command, options)),
    connectUnix: (path) => using((client) => unixSocketOn(client, path)),
    put: (localPath, remotePath, mode) => using((client) => putOn(client, localPath, remotePath, mode)),
    shell: (window, attach) => using((client) => shellOn(client, window, attach)),
    drop: () => {
      void current?.then(
        ({ socket }) => socket.destroy(),
        () => undefined,
      );
      current = undefined;
    },
  };
}

function openConnection(target: SshTarget): Promise<Connection> {
  const { promise, resolve, reject } = Promise.withResolvers<Connection>();
  const socket = connect(target.port, target.host);
  socket.setNoDelay(true);
  const client = new ssh2.Client();
  // Every running command listens for the loss of the connection.
  client.setMaxListeners(0);
  client.on('ready', () => {
    socket.unref();
    resolve({ client, socket, users: 0 });
  });
  client.on('error', reject);
  client.on('close', () => reject(new Error(`ssh to port ${target.port}: closed before it was ready`)));
  client.connect({
    sock: socket,
    username: target.user,
    privateKey: readFileSync(target.identityFile),
    readyTimeout: connectTimeoutMs,
    hostVerifier: (key: Buffer) => {
      const seen = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
      return seen === target.hostKeySha256;
    },
    algorithms: { serverHostKey: ['ssh-ed25519'] },
  });
  return promise;
}

function runOn(client: ssh2.Client, command: string, options: RunOptions): Promise<RunResult> {
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
  const timeoutMs = options.timeoutMs ?? defaultRunTimeoutMs;
  const shown = command.slice(0, 200);
  let abandoned = false;
  let running: ssh2.ClientChannel | undefined;
  const abandon = (channel: ssh2.ClientChannel) => {
    channel.signal('KILL');
    channel.close();
  };
  // Armed before the channel is asked for: a paused guest does not even open one.
  const deadline = setTimeout(() => {
    abandoned = true;
    if (running !== undefined) abandon(running);
    reject(new DeadlineError(shown, timeoutMs));
  }, timeoutMs);
  const lost = () => reject(new Error(`${shown}: the connection to the guest was lost`));
  client.once('close', lost);
  client.exec(command, (error, channel) => {
    if (error !== undefined) {
      reject(error);
      return;
    }
    running = channel;
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => stdout.push(chunk));
    channel.stderr.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
      options.onStderr?.(chunk.toString());
    });
    channel.once('close', (code?: number | null, signal?: string) => {
      if (typeof code === 'number') {
        resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
      } else if (signal === undefined) lost();
      else reject(new Error(`${shown}: ended by SIG${signal}`));
    });
    if (abandoned) abandon(channel);
    else channel.end(options.stdin);
  });
  return promise.finally(() => {
    clearTimeout(deadline);
    client.off('close', lost);
  });
}

function unixSocketOn(client: ssh2.Client, path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.openssh_forwardOutStreamLocal(path, (error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(error);
    });
  });
}

function shellOn(
  client: ssh2.Client,
  window: TerminalWindow,
  attach: (channel: ssh2.ClientChannel) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    client.shell(window, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      attach(channel);
      channel.once('close', (code?: number | null) => resolve(code ?? 1));
    });
  });
}

function putOn(client: ssh2.Client, localPath: string, remotePath: string, mode: number): Promise<void> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      sftp.fastPut(localPath, remotePath, { mode }, (putError) => {
        if (putError !== undefined && putError !== null) {
          sftp.end();
          reject(putError);
          return;
        }
        // An existing file keeps its mode when it is overwritten.
        sftp.chmod(remotePath, mode, (chmodError) => {
          sftp.end();
          if (chmodError === undefined || chmodError === null) resolve();
          else reject(chmodError);
        });
      });
    });
  });
}

/** Quotes words for a POSIX shell. */
export function shellQuote(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
