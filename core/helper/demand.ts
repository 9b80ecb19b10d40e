/** How much one user may ask: so often, so much at once, and few passwords. */
import type { Method } from '../api/contract.ts';
import { ProblemError } from '../api/problem.ts';
import { RateLimit } from './rate-limit.ts';

/** A window that is opened asks a few dozen times; nobody needs more for long. */
const BURST = 300;
const PER_SECOND = 50;
/** A person mistypes a few times. The daemon is no way to guess the passwords of other machines, or of drives. */
const PASSWORDS_BURST = 5;
const PASSWORDS_PER_MINUTE = 2;
/** Each of these starts programs, here or elsewhere. */
const DEAR: ReadonlySet<Method> = new Set<Method>([
  'plan',
  'abstractions/list',
  'discover',
  'drive/disks',
  'drive/make',
  'drive/prepare',
  'drive/look',
  'drive/unlock',
  'destination/hostkeys',
  'destination/test',
  'destination/test-job',
  'destination/bring-key',
  'destination/look',
]);
/** Each tries a password or a passphrase. */
const GUESSABLE: ReadonlySet<Method> = new Set<Method>(['destination/bring-key', 'drive/unlock']);
const DEAR_AT_ONCE = 16;

export class Demand {
  readonly #requests: RateLimit;
  readonly #passwords: RateLimit;
  #dear = 0;

  /** @param nowMs by a monotonic clock */
  constructor(nowMs: number) {
    this.#requests = new RateLimit(BURST, PER_SECOND, nowMs);
    this.#passwords = new RateLimit(PASSWORDS_BURST, PASSWORDS_PER_MINUTE / 60, nowMs);
  }

  /** Lets a request in; throws `limit-reached`. What is returned is to be called when its answer is there. */
  enter(method: Method, nowMs: number): () => void {
    if (!this.#requests.take(nowMs)) throw tooMuch(`more than ${PER_SECOND} requests a second`);
    if (GUESSABLE.has(method) && !this.#passwords.take(nowMs)) {
      throw tooMuch(`more than ${PASSWORDS_PER_MINUTE} passwords a minute`);
    }
    if (!DEAR.has(method)) return () => {};
    if (this.#dear >= DEAR_AT_ONCE) throw tooMuch(`${DEAR_AT_ONCE} questions to ZFS or to other machines at once`);
    this.#dear += 1;
    return () => {
      this.#dear -= 1;
    };
  }
}

function tooMuch(reason: string): ProblemError {
  return new ProblemError('limit-reached', { reason });
}
