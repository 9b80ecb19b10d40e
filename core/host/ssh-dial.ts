/** One attempt to connect and log in. */
import { Socket } from 'node:net';
import ssh2, { type AuthenticationType, type Client, type ConnectConfig } from 'ssh2';
import { ProblemError } from '../api/problem.ts';
import {
  fingerprintOf,
  HOST_KEY_TYPES,
  type HostKeyPin,
  hostKeyAlgorithms,
  keyTypeOf,
  strictHostVerifier,
} from './host-key.ts';
import { connectProblem, isHostKeyTypeMissing } from './ssh-errors.ts';
import { prepareKeys, reusePacketMemory } from './ssh-internals.ts';
import type { SshLogin } from './ssh-login.ts';
import { gatherWrites } from './ssh-socket.ts';
import { whenAborted } from './waiting.ts';

export interface SshTarget {
  /** As a person knows it, for messages. */
  readonly label: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly connectTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  readonly keepAliveCount: number;
}

export interface Dialled {
  readonly client: Client;
  readonly socket: Socket;
  readonly keyType: string;
}

/** AES-GCM first: with hardware support it is the fastest by far, and its tag needs no second pass. */
const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies ConnectConfig['algorithms'];

/** What an attempt found out although it failed. */
type Refusal = { readonly kind: 'other-key'; readonly seen: Buffer } | { readonly kind: 'no-key-of-type' };

function attempt(
  target: SshTarget,
  login: SshLogin,
  pin: HostKeyPin,
  keyTypes: readonly string[],
  preferred: string | undefined,
  signal: AbortSignal,
): Promise<Dialled | Refusal> {
  const { label: host, user } = target;
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const socket = new Socket();
    let accepted: Buffer | undefined;
    let refused: Buffer | undefined;
    const nextMethod = login.begin(user);

    const fail = (thrown: unknown): void => {
      stopListening();
      socket.destroy();
      if (refused !== undefined) resolve({ kind: 'other-key', seen: refused });
      else if (isHostKeyTypeMissing(thrown)) resolve({ kind: 'no-key-of-type' });
      else reject(connectProblem(thrown, host, login.refused(host, user)));
    };
    // Stays for the life of the client: an error without a listener would end the daemon.
    client.on('error', fail);
    let ready = false;
    // Comes again after every exchange of keys.
    client.on('handshake', () => {
      prepareKeys(client);
      if (ready) reusePacketMemory(client);
    });
    // Nobody is there to choose a new one, and without an answer the login would hang.
    client.once('change password', () => {
      const { code, facts } = login.refused(host, user);
      fail(new ProblemError(code, facts, { detail: 'The password has expired.' }));
    });
    client.once('close', () => fail(new Error('The connection was closed while it was being set up.')));
    const stopListening = whenAborted(signal, () =>
      fail(new ProblemError('command-aborted', { host }, { detail: 'The host was closed.' })),
    );
    client.once('ready', () => {
      stopListening();
      if (accepted === undefined) {
        socket.destroy();
        reject(new ProblemError('internal', { reason: 'ssh logged in without a verified host key' }));
        return;
      }
      ready = true;
      reusePacketMemory(client);
      resolve({ client, socket, keyType: keyTypeOf(accepted) ?? '' });
    });

    socket.setNoDelay(true);
    socket.connect({ host: target.address, port: target.port });
    gatherWrites(socket);
    client.connect({
      sock: socket,
      username: user,
      readyTimeout: target.connectTimeoutMs,
      keepaliveInterval: target.keepAliveIntervalMs,
      keepaliveCountMax: target.keepAliveCount,
      algorithms: { ...ALGORITHMS, serverHostKey: hostKeyAlgorithms(keyTypes, preferred) },
      hostVerifier: strictHostVerifier((blob) => {
        if (!pin.accepts(blob)) {
          refused = Buffer.from(blob);
          return false;
        }
        accepted = Buffer.from(blob);
        return true;
      }),
      // Nothing of the login before the host has proved who it is.
      authHandler: (methodsLeft: readonly AuthenticationType[] | null) =>
        accepted === undefined ? false : nextMethod(methodsLeft),
    });
  });
}

/**
 * Connects, proves the host key against the pin, and logs in. A host has keys of several types and shows
 * the one that is asked for first: where the pin does not tell its type, the types are tried one after the other.
 * Errors: `host-unreachable`, `host-key-mismatch` (fact `seen`), that of the login, `ssh-incompatible`, and
 * `command-aborted` through the signal.
 */
export async function dial(
  target: SshTarget,
  login: SshLogin,
  pin: HostKeyPin,
  signal: AbortSignal,
  preferred?: string,
): Promise<Dialled> {
  let types: readonly string[] = pin.keyTypes ?? HOST_KEY_TYPES;
  let seen: string | undefined;
  while (hostKeyAlgorithms(types).length > 0) {
    const result = await attempt(target, login, pin, types, preferred, signal);
    if (!('kind' in result)) return result;
    if (result.kind === 'no-key-of-type') break;
    seen ??= fingerprintOf(result.seen);
    const shown = keyTypeOf(result.seen);
    const rest = types.filter((type) => type !== shown);
    if (pin.keyTypes !== null || rest.length === types.length) break;
    types = rest;
  }
  throw new ProblemError('host-key-mismatch', { host: target.label, seen: seen ?? `none of type ${types.join(', ')}` });
}
