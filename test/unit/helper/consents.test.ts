import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONSENT_MS, Consents, PENDING_MAX, requestDigest } from '../../../core/helper/consents.ts';
import { FakeClock } from './support/fake-clock.ts';

const ALICE = { uid: 1000, user: 'alice', administrator: false };
const BOB = { uid: 1001, user: 'bob', administrator: false };
const ROOT = { uid: 0, user: 'root', administrator: true };
const PAUSE = { job: null, until: { kind: 'told' }, stop: null };
const never = new AbortController().signal;

function setUp() {
  const clock = new FakeClock();
  let count = 0;
  const makeNonce = () => (count++).toString(16).padStart(32, '0');
  const consents = new Consents({ clock, makeNonce });
  const carried: unknown[] = [];
  const carryOut = async (...act: unknown[]) => {
    carried.push(act);
    return { pause: 1 };
  };
  const ask = (caller = ALICE) => {
    const { code, facts } = consents.ask(caller, 'pause', PAUSE, ['Pause all.', 'detail']);
    return { code, nonce: facts.nonce ?? '', digest: facts.digest ?? '', facts };
  };
  const redeem = (change: Partial<{ nonce: string; digest: string; agree: boolean; startedBy: number | null }>) =>
    consents.redeem({ nonce: '', digest: '', agree: true, startedBy: null, ...change }, carryOut);
  return { clock, consents, carried, carryOut, ask, redeem };
}

describe('a request that needs consent', () => {
  it('tells its number, its digest and what it would do', () => {
    const { ask, consents, clock } = setUp();
    const { code, nonce, digest, facts } = ask();
    expect(code).toBe('confirmation-needed');
    expect(facts).toMatchObject({ what: 'Pause all.', minutes: '5', untilMs: String(clock.nowMs() + CONSENT_MS) });
    expect(consents.show(ROOT, nonce)).toEqual({
      uid: 1000,
      user: 'alice',
      method: 'pause',
      what: ['Pause all.', 'detail'],
      digest,
      untilMs: clock.nowMs() + CONSENT_MS,
    });
    expect(consents.show(ALICE, nonce).digest).toBe(digest);
    expect(() => consents.show(BOB, nonce)).toThrow('consent-unknown');
  });

  it('is carried out once, as it was asked and for who asked, when it is confirmed', async () => {
    const { ask, redeem, consents, carried } = setUp();
    const { nonce, digest } = ask();
    const waiting = consents.wait(ALICE, nonce, never);
    const done = { state: 'done', result: { pause: 1 }, problem: null };
    expect(await redeem({ nonce, digest, startedBy: 1000 })).toEqual(done);
    expect(await waiting).toEqual(done);
    expect(await consents.wait(ALICE, nonce, never)).toEqual(done);
    expect(carried).toEqual([[ALICE, 'pause', PAUSE]]);
    await expect(redeem({ nonce, digest })).rejects.toMatchObject({ code: 'consent-unknown' });
    expect(() => consents.show(ROOT, nonce)).toThrow('consent-unknown');
    expect(carried).toHaveLength(1);
  });

  it.each([
    ['another digest', { digest: 'f'.repeat(64) }, 'consent-mismatch'],
    ['another user who started pkexec', { startedBy: 1001 }, 'consent-mismatch'],
    ['another number', { nonce: 'f'.repeat(32) }, 'consent-unknown'],
  ] as const)('is not carried out for %s', async (_, change, code) => {
    const { ask, redeem, carried, consents } = setUp();
    const { nonce, digest } = ask();
    await expect(redeem({ nonce, digest, ...change })).rejects.toMatchObject({ code });
    expect(carried).toEqual([]);
    if (code === 'consent-unknown') return;
    // A number that was misused is used up.
    await expect(redeem({ nonce, digest })).rejects.toMatchObject({ code: 'consent-unknown' });
    expect(await consents.wait(ALICE, nonce, never)).toMatchObject({ state: 'refused' });
  });

  it('is refused when the administrator says so', async () => {
    const { ask, redeem, carried, consents } = setUp();
    const { nonce, digest } = ask();
    expect(await redeem({ nonce, digest, agree: false })).toMatchObject({ state: 'refused' });
    expect(await consents.wait(ALICE, nonce, never)).toMatchObject({ state: 'refused' });
    expect(carried).toEqual([]);
  });

  it('is over after its time, whether somebody waits or not', async () => {
    const { ask, redeem, consents, clock, carried } = setUp();
    const { nonce, digest } = ask();
    const waiting = consents.wait(ALICE, nonce, never);
    await clock.advance(CONSENT_MS - 1);
    expect(consents.show(ALICE, nonce).digest).toBe(digest);
    await clock.advance(1);
    expect(await waiting).toMatchObject({ state: 'expired' });
    await expect(redeem({ nonce, digest })).rejects.toMatchObject({ code: 'consent-unknown' });
    expect(carried).toEqual([]);
    await expect(consents.wait(BOB, nonce, never)).rejects.toMatchObject({ code: 'consent-unknown' });
  });

  it('tells who waits what went wrong, and lets them stop waiting', async () => {
    const { ask, consents } = setUp();
    const { nonce, digest } = ask();
    const abort = new AbortController();
    const waiting = consents.wait(ALICE, nonce, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'command-aborted' });
    const outcome = await consents.redeem({ nonce, digest, agree: true, startedBy: null }, async () => {
      throw new Error('broken');
    });
    expect(outcome).toMatchObject({ state: 'failed', problem: { code: 'internal' } });
  });

  it('does not wait beside too many others of the same user', async () => {
    const { ask, clock } = setUp();
    for (let count = 0; count < PENDING_MAX; count += 1) ask();
    expect(() => ask()).toThrow('limit-reached');
    expect(ask(BOB).code).toBe('confirmation-needed');
    await clock.advance(CONSENT_MS);
    expect(ask().code).toBe('confirmation-needed');
  });
});

describe('the digest of a request', () => {
  it('is the same for the same request, and another for any other', () => {
    expect(requestDigest('pause', { a: 1, b: [2] }, 5)).toBe(requestDigest('pause', { b: [2], a: 1 }, 5));
    const request = fc.tuple(fc.constantFrom('pause', 'stop'), fc.jsonValue(), fc.nat(3));
    fc.assert(
      fc.property(request, request, (one, other) => {
        const [a, b] = [
          requestDigest(one[0] as 'pause', one[1], one[2]),
          requestDigest(other[0] as 'pause', other[1], other[2]),
        ];
        const equal = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(a === b).toBe(equal);
      }),
    );
    // The digest is written down and shown; nobody must be able to guess a passphrase by it.
    const secret = (passphrase: unknown) =>
      requestDigest('drive/make', { encryption: { passphrase }, pool: 'blue' }, 5);
    expect(secret('correct horse')).toBe(secret('battery staple'));
    expect(secret(null)).not.toBe(secret('correct horse'));
    expect(requestDigest('pause', ['map', ['a', 1]], 5)).not.toBe(requestDigest('pause', { a: 1 }, 5));
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { entries: entries.map(([key, inner]) => [key, sorted(inner)]) };
}
