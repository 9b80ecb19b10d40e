/**
 * Who may come in: a token that is good once and for a minute is exchanged for a secret that the browser keeps as a cookie. A
 * token that comes a second time was read by somebody else, so what it opened is closed.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../core/api/clock.ts';

const TOKEN_LIFE_MS = 60_000;
const SECRET_BYTES = 32;
/** Tokens that nobody used, and windows that were opened and never closed: more is a mistake. */
const SESSIONS_MAX = 64;

/** Unpredictable text of so many bytes. */
export type Randomness = (byteCount: number) => string;

interface Token {
  readonly issuedMs: number;
  /** Fingerprint of the session that it opened; null while it was not used. */
  session: string | null;
}

export class Sessions {
  readonly #clock: Clock;
  readonly #random: Randomness;
  /** By fingerprint, so that how long a look-up takes says nothing about a secret. */
  readonly #tokens = new Map<string, Token>();
  readonly #sessions = new Set<string>();
  readonly #revoked = new Set<(session: string) => void>();

  constructor(clock: Clock, random: Randomness) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A new token. */
  issue(): string {
    this.#forgetOld();
    const token = this.#random(SECRET_BYTES);
    this.#tokens.set(fingerprint(token), { issuedMs: this.#clock.monotonicMs(), session: null });
    dropFirst(this.#tokens, SESSIONS_MAX);
    return token;
  }

  /** The secret of a new session; null when the token is unknown, old or was used before. */
  redeem(token: string): string | null {
    this.#forgetOld();
    const found = this.#tokens.get(fingerprint(token));
    if (found === undefined) return null;
    if (found.session !== null) {
      this.#revoke(found.session);
      return null;
    }
    const secret = this.#random(SECRET_BYTES);
    found.session = fingerprint(secret);
    this.#sessions.add(found.session);
    const oldest = this.#sessions.size > SESSIONS_MAX ? this.#sessions.values().next().value : undefined;
    if (oldest !== undefined) this.#revoke(oldest);
    return secret;
  }

  /** Names the session of a secret; null when there is none. */
  sessionOf(secret: string | null): string | null {
    const session = secret === null ? null : fingerprint(secret);
    return session !== null && this.#sessions.has(session) ? session : null;
  }

  /** Calls the listener with every session that is closed against its will. */
  onRevoked(listener: (session: string) => void): void {
    this.#revoked.add(listener);
  }

  #revoke(session: string): void {
    if (!this.#sessions.delete(session)) return;
    for (const listener of this.#revoked) listener(session);
  }

  #forgetOld(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, { issuedMs }] of this.#tokens) {
      if (nowMs - issuedMs > TOKEN_LIFE_MS) this.#tokens.delete(key);
    }
  }
}

function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function dropFirst(map: Map<string, unknown>, countMax: number): void {
  const first = map.size > countMax ? map.keys().next().value : undefined;
  if (first !== undefined) map.delete(first);
}
