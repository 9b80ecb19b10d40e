/** An ssh server inside the test process, whose answers to commands the test writes itself. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';
import { createSshHost, type SshHostOptions } from '../../../core/host/ssh.ts';
import type { Host } from '../../../core/host/types.ts';
import { type KeyFiles, makeKey } from './sshd.ts';

export interface FakeSession {
  readonly command: string;
  /** Accepts the command. */
  accept(): ServerChannel;
  reject(): void;
  /** Signals that the client sends, in order. */
  readonly signals: string[];
  onSignal(listener: (name: string) => void): void;
}

export interface FakeSshOptions {
  readonly onExec?: (session: FakeSession) => void;
  /** False refuses every login. */
  readonly login?: boolean;
  /** Logins by password instead of by key. */
  readonly password?: PasswordLogin;
  /** Sessions permitted at a time; more are refused as sshd does. */
  readonly maxSessions?: number;
  readonly hostKeyType?: 'ed25519' | 'rsa';
}

/** How a server asks for passwords; what it was given is in `tries`, with the method. */
export interface PasswordLogin {
  readonly password: string;
  readonly methods: readonly ('password' | 'keyboard-interactive')[];
  /** Questions of the dialogue, one round each; by default the one for the password. */
  readonly rounds?: readonly (readonly { readonly prompt: string; readonly echo: boolean }[])[];
  /** Wants a new one. */
  readonly expired?: boolean;
  readonly tries: string[];
}

export interface FakeSsh {
  readonly port: number;
  readonly folder: string;
  readonly hostKey: KeyFiles;
  readonly identity: KeyFiles;
  /** Connections accepted so far. */
  connections(): number;
  /** Ends all connections without a word. */
  cut(): void;
  /** A host of ours that reaches this server. */
  host(options?: Partial<SshHostOptions>): Host;
  stop(): Promise<void>;
}

function passwordLogin(context: AuthContext, login: PasswordLogin): void {
  const { methods, tries } = login;
  if (context.method === 'password' && methods.includes('password')) {
    tries.push(`password ${context.password}`);
    if (login.expired === true) context.requestChange('Choose a new one.', () => context.reject());
    else if (context.password === login.password) context.accept();
    else context.reject([...methods]);
    return;
  }
  if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive')) {
    const rounds = [...(login.rounds ?? [[{ prompt: 'Password: ', echo: false }]])];
    const given: string[] = [];
    const ask = (): void => {
      const questions = rounds.shift();
      if (questions === undefined) {
        tries.push(`keyboard-interactive ${given.join(' | ')}`);
        if (given.every((answer) => answer === login.password)) context.accept();
        else context.reject([...methods]);
        return;
      }
      context.prompt([...questions], (answers) => {
        given.push(...answers);
        ask();
      });
    };
    ask();
    return;
  }
  context.reject([...methods]);
}

function serve(client: Connection, options: FakeSshOptions): void {
  let open = 0;
  const { password } = options;
  client.on('authentication', (context) => {
    if (password !== undefined) passwordLogin(context, password);
    else if (options.login === false || context.method !== 'publickey') context.reject();
    else context.accept();
  });
  client.on('session', (accept, reject) => {
    if (open >= (options.maxSessions ?? 100)) {
      reject();
      return;
    }
    open += 1;
    const session = accept();
    const signals: string[] = [];
    const listeners: ((name: string) => void)[] = [];
    session.on('signal', (_accept, _reject, info) => {
      signals.push(info.name);
      for (const listener of listeners) listener(info.name);
    });
    session.on('exec', (acceptExec, rejectExec, info) => {
      options.onExec?.({
        command: info.command,
        accept() {
          const channel = acceptExec();
          channel.on('error', () => undefined);
          channel.once('close', () => {
            open -= 1;
          });
          return channel;
        },
        reject: rejectExec,
        signals,
        onSignal: (listener) => listeners.push(listener),
      });
    });
  });
  client.on('error', () => undefined);
}

/** Starts a server on a loopback port. */
export async function startFakeSsh(options: FakeSshOptions = {}): Promise<FakeSsh> {
  const folder = await mkdtemp(join(tmpdir(), 'snapferry-fake-ssh-'));
  const hostKey = await makeKey(folder, 'host', options.hostKeyType ?? 'ed25519');
  const identity = await makeKey(folder, 'identity');
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = new ssh2.Server({ hostKeys: [await readFile(hostKey.privateFile)] }, (client) =>
    serve(client, options),
  );
  const net: unknown = Reflect.get(server, '_srv');
  if (typeof net === 'object' && net !== null && 'on' in net && typeof net.on === 'function') {
    net.on('connection', (socket: Socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    });
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const hosts: Host[] = [];
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    folder,
    hostKey,
    identity,
    connections: () => connections,
    cut,
    host(extra = {}) {
      const host = createSshHost({
        address: '127.0.0.1',
        port,
        user: 'keeper',
        identityFile: identity.privateFile,
        hostKey: hostKey.fingerprint,
        ...extra,
      });
      hosts.push(host);
      return host;
    },
    async stop() {
      await Promise.all(hosts.map((host) => host.close()));
      cut();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The code of the problem that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no problem';
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
  }
}

/** Waits until something is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
