/** The private key that a connection logs in with. */
import { open } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { ProblemError } from '../api/problem.ts';

const IDENTITY_LIMIT_BYTES = 64 * 1024;

/** Reads at most `limitBytes` of a file; null when it is longer. */
export async function readBounded(path: string, limitBytes: number): Promise<{ bytes: Buffer; mode: number } | null> {
  const file = await open(path, 'r');
  try {
    const { mode } = await file.stat();
    const buffer = Buffer.alloc(limitBytes + 1);
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled);
      if (bytesRead === 0) return { bytes: buffer.subarray(0, filled), mode };
      filled += bytesRead;
    }
    return null;
  } finally {
    await file.close();
  }
}

/**
 * Reads a private key. Error: `identity-unreadable`, also for a key with a passphrase, a public key, and (as ssh(1) does) a
 * key that others on this machine may read.
 */
export async function readIdentity(identityFile: string): Promise<ParsedKey> {
  const refuse = (detail: string, cause?: unknown): ProblemError =>
    new ProblemError('identity-unreadable', { identityFile }, { detail, cause });
  const content = await readBounded(identityFile, IDENTITY_LIMIT_BYTES).catch((thrown: unknown) => {
    throw refuse(thrown instanceof Error ? thrown.message : String(thrown), thrown);
  });
  if (content === null) throw refuse('The file is too long for a private key.');
  if ((content.mode & 0o077) !== 0) {
    throw refuse(`Others may read this file (mode ${(content.mode & 0o777).toString(8)}); chmod 600 helps.`);
  }
  const parsed = ssh2.utils.parseKey(content.bytes);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw refuse(key.message);
  if (!isParsedKey(key) || !key.isPrivateKey()) throw refuse('The file holds no private key.');
  return key;
}

function isParsedKey(value: unknown): value is ParsedKey {
  return typeof value === 'object' && value !== null && 'isPrivateKey' in value && 'getPublicSSH' in value;
}
