import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fingerprintOf,
  hostKeyAlgorithms,
  keyTypeOf,
  parseFingerprint,
  pinFingerprint,
  sameDigest,
  strictHostVerifier,
} from '../../../core/host/host-key.ts';
import { ed25519Pair } from './key-pair.ts';

const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');
// Made with ssh-keygen -t ed25519; the fingerprint is what ssh-keygen -lf printed for it.
const LINE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICNjI621YqB4cQ3gU02DrNDwcqTkrj1k6qM6iB+yZzx6';
const FINGERPRINT = 'SHA256:g215q1dQprWyUgGqirRuUeClYhhuMlstMqBpIl+fw8E';
const other = blobOf(ed25519Pair().public);

test('a fingerprint is pinned and only its key accepted', () => {
  const pin = pinFingerprint(fingerprintOf(blobOf(LINE)));
  expect(pin?.accepts(blobOf(LINE))).toBe(true);
  expect(pin?.accepts(other)).toBe(false);
  expect(pin?.accepts(Buffer.alloc(0))).toBe(false);
});

test('fingerprints of other forms are not taken', () => {
  const right = fingerprintOf(other);
  expect(parseFingerprint(` ${right}=\n`)?.length).toBe(32);
  const wrong = [
    '',
    'MD5:aa:bb',
    right.slice(7),
    right.slice(0, -1),
    `${right}A`,
    right.replace('SHA256', 'sha256'),
    `SHA256:${'!'.repeat(43)}`,
  ];
  for (const text of wrong) expect(parseFingerprint(text)).toBeNull();
  // 43 characters carry 258 bits; two of them must be zero.
  expect(parseFingerprint(`SHA256:${'A'.repeat(42)}B`)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => parseFingerprint(text) === null));
});

test('the verifier answers yes to true alone, at once', () => {
  const key = Buffer.from('key');
  expect(strictHostVerifier(() => true)(key)).toBe(true);
  const odd: unknown[] = [
    false,
    undefined,
    null,
    0,
    1,
    '',
    'true',
    {},
    [],
    Promise.resolve(true),
    Promise.reject(new Error()),
  ];
  for (const answer of odd) expect(strictHostVerifier(() => answer)(key)).toBe(false);
  expect(strictHostVerifier(async () => true)(key)).toBe(false);
  const throwing = strictHostVerifier(() => {
    throw new Error('broken');
  });
  expect(throwing(key)).toBe(false);
  // ssh2 hands a callback over as well; one that takes two parameters could be meant to call it.
  expect(throwing.length).toBe(1);
});

test('digests of different length are different', () => {
  expect(sameDigest(Buffer.alloc(32), Buffer.alloc(31))).toBe(false);
  expect(sameDigest(Buffer.alloc(32), Buffer.alloc(32))).toBe(true);
});

test('key types are read from blobs, and nonsense is nothing', () => {
  expect(keyTypeOf(blobOf(LINE))).toBe('ssh-ed25519');
  for (const bytes of [[], [0, 0, 0, 0, 65], [255, 255, 255, 255, 65], [0, 0, 0, 9, 65], [0, 0, 0, 1, 7]]) {
    expect(keyTypeOf(Buffer.from(bytes))).toBeUndefined();
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void keyTypeOf(bytes)));
});

test('what is offered follows the known types, the preferred one first, never with SHA-1', () => {
  expect(hostKeyAlgorithms(['ssh-rsa'])).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
  expect(hostKeyAlgorithms(['ssh-rsa', 'ssh-ed25519'])).toEqual(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256']);
  expect(hostKeyAlgorithms(['ssh-rsa', 'ssh-ed25519'], 'ssh-rsa')).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
  ]);
  expect(hostKeyAlgorithms(['ssh-dss', 'sk-ssh-ed25519@openssh.com'])).toEqual([]);
});

test('the fingerprint is the one of ssh-keygen', () => {
  expect(fingerprintOf(blobOf(LINE))).toBe(FINGERPRINT);
});
