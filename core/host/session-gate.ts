/**
 * sshd permits a number of sessions on one connection (MaxSessions, 10 unless configured) and does not tell it. So we ask,
 * and when it refuses while others of ours run, wait for one of them to end and ask again.
 */
import { ProblemError } from '../api/problem.ts';
import type { RunningCommand } from './types.ts';
import { whenAborted } from './waiting.ts';

/** The other side refused to open a session. */
export class SessionRefused extends Error {
  override readonly name = 'SessionRefused';
  readonly problem: ProblemError;
  constructor(problem: ProblemError) {
    super(problem.message);
    this.problem = problem;
  }
}

export interface SessionGate {
  /** Opens a session through `open`, which throws `SessionRefused` where waiting may help. */
  enter<T extends RunningCommand>(signal: AbortSignal | undefined, open: () => Promise<T>): Promise<T>;
}

/** One for each connection. */
export function createSessionGate(): SessionGate {
  let active = 0;
  /** Sessions that have ended so far: a refusal may be older than the end of the one that was in its way. */
  let ended = 0;
  let waiting: (() => void)[] = [];
  const leave = (): void => {
    active -= 1;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const end = (): void => {
    ended += 1;
    leave();
  };
  return {
    async enter(signal, open) {
      for (;;) {
        if (signal?.aborted === true) throw new ProblemError('command-aborted');
        active += 1;
        const endedBefore = ended;
        try {
          const command = await open();
          command.ended.then(end, end);
          return command;
        } catch (thrown) {
          leave();
          if (!(thrown instanceof SessionRefused)) throw thrown;
          if (ended !== endedBefore) continue;
          if (active === 0) throw thrown.problem;
        }
        await new Promise<void>((resolve) => {
          const stopListening = whenAborted(signal, resolve);
          waiting.push(() => {
            stopListening();
            resolve();
          });
        });
      }
    },
  };
}
