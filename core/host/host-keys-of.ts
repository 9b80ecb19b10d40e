/** The keys that a machine shows, for a person to compare. Nothing is trusted, and nobody logs in. */
import ssh2 from 'ssh2';
import { asProblemError, invariant, ProblemError } from '../api/problem.ts';
import { fingerprintOf, keyTypeOf } from './host-key.ts';
import { dial } from './ssh-dial.ts';

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
    identityFile: '',
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    keepAliveIntervalMs: 0,
    keepAliveCount: 1,
  };
  try {
    const { client } = await dial(target, noIdentity(), pin, signal);
    client.destroy();
    throw new ProblemError('internal', { reason: 'a key was accepted that nobody has looked at' });
  } catch (thrown) {
    const problem = asProblemError(thrown);
    if (problem.code !== 'host-key-mismatch') throw problem;
    return [...shown.values()];
  }
}

/** A key that opens nothing: it is asked for by type and never sent. */
function noIdentity(): ssh2.ParsedKey {
  for (;;) {
    const key: unknown = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('ed25519').private);
    if (key instanceof Error) continue;
    invariant(isParsedKey(key), 'a generated key is no key');
    return key;
  }
}

function isParsedKey(value: unknown): value is ssh2.ParsedKey {
  return typeof value === 'object' && value !== null && 'isPrivateKey' in value;
}
