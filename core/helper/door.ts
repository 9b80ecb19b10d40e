/**
 * Stands between the sockets and what the daemon does: how often somebody may ask, how long an answer may take, who may have
 * what carried out at once and who needs an administrator's consent, and a line in the audit for everything that changes.
 */
import type { Clock } from '../api/clock.ts';
import { gradeOf, type Method, REQUESTS } from '../api/contract.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { Log } from '../monitoring/log.ts';
import type { Caller } from './caller.ts';
import { type Consents, type HandledMethod, requestDigest } from './consents.ts';
import { deadlineOf } from './deadlines.ts';
import { Demand } from './demand.ts';
import { checkParams, type Handlers } from './handlers.ts';

export interface DoorParts {
  readonly handlers: Handlers;
  readonly consents: Consents;
  /** What a request would do, for whoever has to agree to it; a sentence first. */
  readonly describe: (method: Method, params: unknown, signal: AbortSignal) => Promise<readonly string[]>;
  readonly clock: Clock;
  /** Hears of every change, whatever level the log has. */
  readonly audit: Log;
}

/** Answers one user. Rejects with the problem that the user is told. */
export type Answer = (method: Method, params: unknown, signal: AbortSignal) => Promise<unknown>;

export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** For all connections of one user. */
  for(caller: Caller): Answer {
    const { clock } = this.#parts;
    const demand = new Demand(clock.monotonicMs());
    return async (method, params, signal) => {
      const leave = demand.enter(method, clock.monotonicMs());
      try {
        return await this.#withDeadline(method, signal, (stop) => this.#answer(caller, method, params, stop));
      } finally {
        leave();
      }
    };
  }

  async #answer(caller: Caller, method: Method, params: unknown, signal: AbortSignal): Promise<unknown> {
    if (method === 'consent/redeem') {
      if (!caller.administrator) throw new ProblemError('not-permitted');
      return this.#redeem(checkParams(method, params));
    }
    const grade = gradeOf(method, params);
    if (grade === 'read' || grade === 'run') return this.#parts.handlers[method](params, signal, caller);
    const checked = checkParams(method, params);
    if (caller.administrator) return this.#carryOut(caller, method, checked, signal);
    const what = await this.#parts.describe(method, checked, signal);
    throw this.#parts.consents.ask(caller, method, checked, what);
  }

  #redeem(params: unknown): Promise<unknown> {
    // It was started by root, and goes on when that one goes away: half a change is worse than a whole one.
    const forgetful = new AbortController().signal;
    return this.#parts.consents.redeem(REQUESTS['consent/redeem'].params.parse(params), (caller, method, kept) =>
      this.#withDeadline(method, forgetful, (stop) => this.#carryOut(caller, method, kept, stop)),
    );
  }

  async #carryOut(caller: Caller, method: HandledMethod, params: unknown, signal: AbortSignal): Promise<unknown> {
    const { audit, handlers } = this.#parts;
    const digest = requestDigest(method, params, caller.uid);
    // Parameters themselves may hold what does not belong into a log; the digest tells which request it was.
    const line = { uid: caller.uid, user: caller.user, method, digest, consent: !caller.administrator };
    try {
      const reply = await handlers[method](params, signal, caller);
      audit.info({ ...line, outcome: 'done' }, 'a change was carried out');
      return reply;
    } catch (thrown) {
      audit.info({ ...line, outcome: asProblemError(thrown).code }, 'a change was not carried out');
      throw thrown;
    }
  }

  /** Tells whoever waits that it takes too long, also where the work does not heed being stopped. */
  async #withDeadline<T>(method: Method, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadlineMs = deadlineOf(method);
    if (deadlineMs === null) return work(signal);
    const done = new AbortController();
    const late = new AbortController();
    const over = this.#parts.clock.sleep(deadlineMs, AbortSignal.any([done.signal, signal])).then(
      () => {
        late.abort();
        throw new ProblemError('request-timeout', { what: method, seconds: String(deadlineMs / 1000) });
      },
      // Stopped from outside: the work says so itself.
      () => new Promise<never>(() => {}),
    );
    try {
      return await Promise.race([work(AbortSignal.any([signal, late.signal])), over]);
    } finally {
      over.catch(() => {});
      done.abort();
    }
  }
}
