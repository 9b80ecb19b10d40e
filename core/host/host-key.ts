/** Whether the other machine is the one it should be. Nothing here fails open. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** What a connection trusts: the keys by their SHA-256, and of which types they are where that is known. */
export interface HostKeyPin {
  /** Key types ("ssh-ed25519") of the trusted keys; null when only a fingerprint is known. */
  readonly keyTypes: readonly string[] | null;
  accepts(keyBlob: Uint8Array): boolean;
}

const FINGERPRINT = /^SHA256:([A-Za-z0-9+/]{43})=?$/;

/** SHA-256 of a public key in its wire form. */
export function keyDigest(keyBlob: Uint8Array): Buffer {
  return createHash('sha256').update(keyBlob).digest();
}

/** As ssh-keygen(1) -l prints it: "SHA256:" and base64 without padding. */
export function fingerprintOf(keyBlob: Uint8Array): string {
  return `SHA256:${keyDigest(keyBlob).toString('base64').replace(/=+$/, '')}`;
}

/** The digest that a fingerprint names; null when the text is not a SHA-256 fingerprint. */
export function parseFingerprint(text: string): Buffer | null {
  const base64 = FINGERPRINT.exec(text.trim())?.[1];
  if (base64 === undefined) return null;
  const digest = Buffer.from(base64, 'base64');
  // The last character carries two unused bits; only the canonical spelling is taken.
  return digest.length === 32 && digest.toString('base64') === `${base64}=` ? digest : null;
}

/** Compares without telling by time how much of it is right. */
export function sameDigest(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Trusts exactly one key. Null when the fingerprint cannot be read. */
export function pinFingerprint(fingerprint: string): HostKeyPin | null {
  const digest = parseFingerprint(fingerprint);
  return digest === null ? null : { keyTypes: null, accepts: (blob) => sameDigest(keyDigest(blob), digest) };
}

/**
 * The only form in which a check reaches ssh2. ssh2 lets everybody in unless its verifier answers exactly `false`: a
 * missing one, a promise, null and 0 all count as yes, and `undefined` means that a callback answers later. So this one
 * answers at once, `true` for a `true` and `false` for anything else, thrown errors included, and it takes no callback.
 */
export function strictHostVerifier(check: (keyBlob: Uint8Array) => unknown): (keyBlob: Buffer) => boolean {
  return (keyBlob) => {
    try {
      const answer = check(keyBlob);
      // A promise that nobody awaits must not end the daemon when it rejects.
      if (answer instanceof Promise) answer.catch(() => undefined);
      return answer === true;
    } catch {
      return false;
    }
  };
}

/** Type name at the head of a key blob (RFC 4253, 6.6); undefined when it is not one. */
export function keyTypeOf(keyBlob: Uint8Array): string | undefined {
  if (keyBlob.length < 5) return undefined;
  const bytes = Buffer.from(keyBlob.buffer, keyBlob.byteOffset, keyBlob.byteLength);
  const length = bytes.readUInt32BE(0);
  if (length === 0 || length > 64 || bytes.length < 4 + length) return undefined;
  const name = bytes.toString('latin1', 4, 4 + length);
  return /^[\x21-\x7e]+$/.test(name) ? name : undefined;
}

/** Signature algorithms by key type, best first. SHA-1 signatures of RSA keys are left out on purpose. */
const ALGORITHMS_BY_TYPE = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const;

export type HostKeyType = keyof typeof ALGORITHMS_BY_TYPE;
export type HostKeyAlgorithm = (typeof ALGORITHMS_BY_TYPE)[HostKeyType][number];

/** Every key type that can be spoken, in the order of preference. */
export const HOST_KEY_TYPES: readonly HostKeyType[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
];

/**
 * What to offer as host key algorithms, so that the other side shows a key that is known here. `first` is put in front.
 */
export function hostKeyAlgorithms(types: readonly string[], first?: string): HostKeyAlgorithm[] {
  const known = HOST_KEY_TYPES.filter((type) => types.includes(type));
  const ordered = [...known.filter((type) => type === first), ...known.filter((type) => type !== first)];
  return ordered.flatMap((type) => [...ALGORITHMS_BY_TYPE[type]]);
}
