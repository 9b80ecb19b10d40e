/** A known_hosts file, as sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT", describes it and OpenSSH's client reads it. */
import { createHmac } from 'node:crypto';
import { type HostKeyPin, keyDigest, keyTypeOf, sameDigest } from './host-key.ts';

/** A longer file is refused rather than read. */
export const KNOWN_HOSTS_LIMIT_BYTES = 4 * 1024 * 1024;
const LINE_LIMIT_CHARS = 64 * 1024;

interface KnownKey {
  readonly type: string;
  readonly digest: Buffer;
  readonly revoked: boolean;
}

/** How a host is written in the file: in lower case, with its port in brackets unless it is 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** `*` stands for any characters, `?` for one. Iterative, so that no pattern makes it slow. */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p;
      resume = at;
      p += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[at])) {
      p += 1;
      at += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      at = resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

function matchesHashed(name: string, field: string): boolean {
  const [empty, version, salt, hash, ...more] = field.split('|');
  if (empty !== '' || version !== '1' || salt === undefined || hash === undefined || more.length > 0) return false;
  const expected = Buffer.from(hash, 'base64');
  const saltBytes = Buffer.from(salt, 'base64');
  if (expected.length !== 20 || saltBytes.length !== 20) return false;
  return sameDigest(createHmac('sha1', saltBytes).update(name).digest(), expected);
}

/** Whether the hosts field of a line means this name. One negated pattern that matches rules the whole line out. */
export function matchesHosts(name: string, field: string): boolean {
  if (field.startsWith('|')) return matchesHashed(name, field);
  let matched = false;
  for (const part of field.toLowerCase().split(',')) {
    const negated = part.startsWith('!');
    if (!matchesPattern(name, negated ? part.slice(1) : part)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function parseKey(type: string, base64: string): Omit<KnownKey, 'revoked'> | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const blob = Buffer.from(base64, 'base64');
  return keyTypeOf(blob) === type ? { type, digest: keyDigest(blob) } : null;
}

/** The key of one line if the line speaks of `name`; null for other hosts, comments and lines that cannot be read. */
function readLine(line: string, name: string): KnownKey | null {
  if (line.length > LINE_LIMIT_CHARS) return null;
  const words = line.trim().split(/[ \t]+/);
  const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
  // Certificate authorities are not followed: ssh2 knows no host certificates. An unknown marker means: not for us.
  if (marker !== undefined && marker !== '@revoked') return null;
  const [hosts, type, base64] = words;
  if (hosts === undefined || type === undefined || base64 === undefined || hosts.startsWith('#')) return null;
  if (!matchesHosts(name, hosts)) return null;
  const key = parseKey(type, base64);
  return key === null ? null : { ...key, revoked: marker === '@revoked' };
}

/**
 * What the text of a known_hosts file trusts for one host; null when it has no usable key for it. Stricter than OpenSSH in
 * one point: for another port than 22 only lines with that port count, never those of the bare host name.
 */
export function pinFromKnownHosts(text: string, host: string, port: number): HostKeyPin | null {
  const name = knownHostName(host, port);
  const keys = text.split('\n').flatMap((line) => readLine(line, name) ?? []);
  const revoked = keys.filter((key) => key.revoked);
  const isIn = (list: readonly KnownKey[], digest: Buffer): boolean =>
    list.some((key) => sameDigest(key.digest, digest));
  const trusted = keys.filter((key) => !key.revoked && !isIn(revoked, key.digest));
  if (trusted.length === 0) return null;
  return {
    keyTypes: [...new Set(trusted.map((key) => key.type))],
    accepts: (blob) => isIn(trusted, keyDigest(blob)),
  };
}
