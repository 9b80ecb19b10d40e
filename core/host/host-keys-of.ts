/** The keys that a machine shows, for a person to compare. Nothing is trusted, and nobody logs in. */
import { asProblemError, ProblemError } from '../api/problem.ts';
import { fingerprintOf, keyTypeOf } from './host-key.ts';
import { dial } from './ssh-dial.ts';
import { NO_LOGIN } from './ssh-login.ts';

const CONNECT_TIMEOUT_MS = 15_000;

export interface ShownKey {
  readonly type: string;
  readonly fingerprint: string;
}

/** One of each type that it has. Throws `host-unreachable` and `ssh-incompatible`. */
export async function hostKeysOf(address: string, port: number, signal: AbortSignal): Promise<readonly ShownKey[]> {
  const shown = new Map<string, ShownKey>();
  // Refusing every key makes `dial` ask for the next type, and keeps it from ever logging in.
  const pin = {
    keyTypes: null,
    accepts: (blob: Uint8Array) => {
      const type = keyTypeOf(blob);
      if (type !== undefined) shown.set(type, { type, fingerprint: fingerprintOf(blob) });
      return false;
    },
  };
  const target = {
    label: address,
    address,
    port,
    user: 'nobody',
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    keepAliveIntervalMs: 0,
    keepAliveCount: 1,
  };
  try {
    const { client } = await dial(target, NO_LOGIN, pin, signal);
    client.destroy();
    throw new ProblemError('internal', { reason: 'a key was accepted that nobody has looked at' });
  } catch (thrown) {
    const problem = asProblemError(thrown);
    if (problem.code !== 'host-key-mismatch') throw problem;
    return [...shown.values()];
  }
}
