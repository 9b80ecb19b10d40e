/**
 * Requests that wait for an administrator. Each is kept exactly as it was checked; whoever confirms it says which digest they
 * were shown. A nonce is good for one use, by right or by wrong.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../api/clock.ts';
import type { ConsentOutcome, ConsentShown } from '../api/consent.ts';
import type { Method } from '../api/contract.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { Caller } from './caller.ts';

/** Long enough to type a password, short enough that nobody confirms what was meant yesterday. */
export const CONSENT_MS = 5 * 60 * 1000;
/** Requests of one user that wait at once. */
export const PENDING_MAX = 8;
/** Outcomes kept for those who ask late. */
const SETTLED_MAX = 100;
const LINES_MAX = 1000;
const LINE_CHARS_MAX = 4096;

/** What can wait for consent: everything but giving it. */
export type HandledMethod = Exclude<Method, 'consent/redeem'>;

interface Consent {
  readonly nonce: string;
  readonly digest: string;
  readonly caller: Caller;
  readonly method: HandledMethod;
  readonly params: unknown;
  readonly what: readonly string[];
  readonly untilMs: number;
  readonly untilMonotonicMs: number;
  readonly settled: PromiseWithResolvers<ConsentOutcome>;
}

export interface ConsentParts {
  readonly clock: Clock;
  /** 16 bytes that nobody can guess, as 32 hexadecimal digits. */
  readonly makeNonce: () => string;
}

/** Short and guessable, and the digest is written down: whoever reads it must not be able to try them out. */
const SECRETS: ReadonlySet<string> = new Set(['passphrase', 'password']);

/**
 * The same for the same method, parameters and user, in whatever order the fields were sent. Of a secret it tells only whether
 * there is one: what is carried out is what was kept, whatever its digest.
 */
export function requestDigest(method: Method, params: unknown, uid: number): string {
  return createHash('sha256')
    .update(JSON.stringify([method, canonical(params), uid]))
    .digest('hex');
}

/** Objects with their keys in order, as pairs: no two different values have the same form. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return ['list', ...value.map(canonical)];
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, SECRETS.has(key) && typeof inner === 'string' ? 'secret' : inner] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return ['map', ...entries.map(([key, inner]) => [key, canonical(inner)])];
}

export class Consents {
  readonly #parts: ConsentParts;
  readonly #waiting = new Map<string, Consent>();
  readonly #settled = new Map<string, Consent>();

  constructor(parts: ConsentParts) {
    this.#parts = parts;
  }

  /**
   * Keeps a request. Gives the `confirmation-needed` that tells the nonce; throws `limit-reached` where too many of this user
   * wait already. @param what a sentence first
   */
  ask(caller: Caller, method: HandledMethod, params: unknown, what: readonly string[]): ProblemError {
    this.#expire();
    const mine = [...this.#waiting.values()].filter((one) => one.caller.uid === caller.uid);
    if (mine.length >= PENDING_MAX) {
      throw new ProblemError('limit-reached', { reason: remark('consents-wait', { count: `${PENDING_MAX}` }) });
    }
    const { clock, makeNonce } = this.#parts;
    const consent: Consent = {
      nonce: makeNonce(),
      digest: requestDigest(method, params, caller.uid),
      caller,
      method,
      params,
      what: what.slice(0, LINES_MAX).map((line) => line.slice(0, LINE_CHARS_MAX)),
      untilMs: clock.nowMs() + CONSENT_MS,
      untilMonotonicMs: clock.monotonicMs() + CONSENT_MS,
      settled: Promise.withResolvers<ConsentOutcome>(),
    };
    this.#waiting.set(consent.nonce, consent);
    return new ProblemError('confirmation-needed', {
      what: consent.what[0] ?? method,
      nonce: consent.nonce,
      digest: consent.digest,
      minutes: String(CONSENT_MS / 60_000),
      untilMs: String(consent.untilMs),
    });
  }

  /** What waits under this nonce; users see their own only. Throws `consent-unknown`. */
  show(caller: Caller, nonce: string): ConsentShown {
    const { method, what, digest, untilMs, ...found } = this.#find(caller, nonce);
    const { uid, user } = found.caller;
    return { uid, user, method, what: [...what], digest, untilMs };
  }

  /**
   * Carries out what waits under this nonce, or refuses it. Throws `consent-unknown`, or `consent-mismatch` for another digest
   * or another user; either way nothing waits under it any more.
   */
  async redeem(
    { nonce, digest, agree, startedBy }: { nonce: string; digest: string; agree: boolean; startedBy: number | null },
    carryOut: (caller: Caller, method: HandledMethod, params: unknown) => Promise<unknown>,
  ): Promise<ConsentOutcome> {
    this.#expire();
    const consent = this.#waiting.get(nonce);
    if (consent === undefined) throw new ProblemError('consent-unknown');
    // Gone before anything else happens: whatever comes now, it cannot be used twice.
    this.#waiting.delete(nonce);
    this.#keepSettled(consent);
    if (digest !== consent.digest || (startedBy !== null && startedBy !== consent.caller.uid)) {
      this.#settle(consent, { state: 'refused', result: null, problem: null });
      const reason = digest === consent.digest ? 'another user has asked for it' : 'it is not what was shown';
      throw new ProblemError('consent-mismatch', { reason });
    }
    if (!agree) return this.#settle(consent, { state: 'refused', result: null, problem: null });
    try {
      const result = await carryOut(consent.caller, consent.method, consent.params);
      return this.#settle(consent, { state: 'done', result, problem: null });
    } catch (thrown) {
      return this.#settle(consent, { state: 'failed', result: null, problem: asProblemError(thrown).toProblem() });
    }
  }

  /** What became of it, as soon as it is known. Throws `consent-unknown`, or `command-aborted`. */
  async wait(caller: Caller, nonce: string, signal: AbortSignal): Promise<ConsentOutcome> {
    const consent = this.#settled.get(nonce) ?? this.#waiting.get(nonce);
    if (consent === undefined || !mayKnow(caller, consent)) throw new ProblemError('consent-unknown');
    const left = consent.untilMonotonicMs - this.#parts.clock.monotonicMs();
    const done = new AbortController();
    const over = this.#parts.clock.sleep(Math.max(0, left), AbortSignal.any([signal, done.signal])).then(() => {
      // Not in the middle of being carried out.
      if (this.#waiting.has(nonce)) this.#expire();
      return consent.settled.promise;
    });
    try {
      return await Promise.race([consent.settled.promise, over]);
    } finally {
      over.catch(() => {});
      done.abort();
    }
  }

  #find(caller: Caller, nonce: string): Consent {
    this.#expire();
    const found = this.#waiting.get(nonce);
    if (found === undefined || !mayKnow(caller, found)) throw new ProblemError('consent-unknown');
    return found;
  }

  #expire(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const consent of this.#waiting.values()) {
      if (consent.untilMonotonicMs > nowMs) continue;
      this.#waiting.delete(consent.nonce);
      this.#keepSettled(consent);
      this.#settle(consent, { state: 'expired', result: null, problem: null });
    }
  }

  #keepSettled(consent: Consent): void {
    // What it asked for may hold a passphrase, and is not needed any more.
    this.#settled.set(consent.nonce, { ...consent, params: null });
    for (const oldest of this.#settled.keys()) {
      if (this.#settled.size <= SETTLED_MAX) break;
      this.#settled.delete(oldest);
    }
  }

  #settle(consent: Consent, outcome: ConsentOutcome): ConsentOutcome {
    consent.settled.resolve(outcome);
    return outcome;
  }
}

function mayKnow(caller: Caller, { caller: owner }: Consent): boolean {
  return caller.administrator || caller.uid === owner.uid;
}
