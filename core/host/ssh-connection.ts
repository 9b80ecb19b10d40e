/** One connection to a machine: made when needed, shared by all who need it, made anew after it was lost. */
import type { Client } from 'ssh2';
import { asProblemError, ProblemError } from '../api/problem.ts';
import { backoffMs } from './backoff.ts';
import type { Dialled } from './ssh-dial.ts';
import { settlesWithin, whenAborted } from './waiting.ts';

/** Time that a connection gets to say good-bye. */
const CLOSE_GRACE_MS = 1_000;

export interface LiveConnection {
  readonly client: Client;
  /** The problem of its loss; undefined as long as it lives. */
  lostBy(): ProblemError | undefined;
  /** Calls back once when the connection is lost (at once if it is); the returned function stops listening. */
  onLost(listener: (problem: ProblemError) => void): () => void;
}

export interface ConnectionSettings {
  readonly host: string;
  /** Makes one connection; `preferred` is the host key type that was accepted before. */
  readonly dial: (preferred: string | undefined, signal: AbortSignal) => Promise<Dialled>;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly random: () => number;
}

export interface Connection {
  /**
   * The connection, made if there is none. While an earlier failure is fresh (1 to 60 s, longer with each) it rejects with
   * that failure (fact `answer`) at once instead of knocking again; `insist` knocks nevertheless.
   */
  acquire(options: { readonly signal?: AbortSignal | undefined; readonly insist?: boolean }): Promise<LiveConnection>;
  close(): Promise<void>;
}

/** Told again without having knocked: that nothing answered is not known of this moment. */
function remembered({ code, facts, detail, cause, place }: ProblemError): ProblemError {
  return new ProblemError(code, { answer: 'not-asked', ...facts }, { detail, cause, place });
}

function track({ client, socket }: Dialled, host: string, onGone: () => void): LiveConnection {
  const listeners = new Set<(problem: ProblemError) => void>();
  let reason = '';
  let problem: ProblemError | undefined;
  client.on('error', (thrown: Error) => {
    if (reason === '') reason = thrown.message;
    // ssh2 may wait for the other side to close, which a half-dead peer never does.
    socket.destroy();
  });
  client.once('close', () => {
    problem = new ProblemError('connection-lost', { host }, { detail: reason });
    onGone();
    for (const listener of [...listeners]) listener(problem);
    listeners.clear();
  });
  return {
    client,
    lostBy: () => problem,
    onLost(listener) {
      if (problem !== undefined) listener(problem);
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** See `Connection`. Nothing is opened before the first `acquire`. */
export function createConnection(settings: ConnectionSettings): Connection {
  const { host } = settings;
  let current: LiveConnection | undefined;
  let pending: Promise<LiveConnection> | undefined;
  let failures = 0;
  let lastFailure: { readonly problem: ProblemError; readonly untilMs: number } | undefined;
  let preferred: string | undefined;
  const closing = new AbortController();
  const closedProblem = (): ProblemError =>
    new ProblemError('command-aborted', { host }, { detail: 'The host was closed.' });

  const connect = async (): Promise<LiveConnection> => {
    try {
      const dialled = await settings.dial(preferred, closing.signal);
      if (closing.signal.aborted) {
        dialled.socket.destroy();
        throw closedProblem();
      }
      preferred = dialled.keyType;
      failures = 0;
      lastFailure = undefined;
      const live = track(dialled, host, () => {
        if (current === live) current = undefined;
      });
      current = live;
      return live;
    } catch (thrown) {
      const problem = asProblemError(thrown);
      failures += 1;
      lastFailure = { problem, untilMs: settings.nowMs() + backoffMs(failures, settings.random()) };
      throw problem;
    } finally {
      pending = undefined;
    }
  };

  return {
    async acquire({ signal, insist }) {
      if (closing.signal.aborted) throw closedProblem();
      if (signal?.aborted === true) throw new ProblemError('command-aborted', { host });
      if (current !== undefined) return current;
      if (pending === undefined) {
        if (insist !== true && lastFailure !== undefined && settings.nowMs() < lastFailure.untilMs)
          throw remembered(lastFailure.problem);
        pending = connect();
        // All who wait may have given up by the time it fails.
        pending.catch(() => undefined);
      }
      const aborted = Promise.withResolvers<never>();
      const stopListening = whenAborted(signal, () => aborted.reject(new ProblemError('command-aborted', { host })));
      try {
        return await Promise.race([pending, aborted.promise]);
      } finally {
        stopListening();
      }
    },
    async close() {
      closing.abort();
      const live = current ?? (await pending?.catch(() => undefined));
      if (live === undefined || live.lostBy() !== undefined) return;
      const gone = new Promise<void>((resolve) => live.onLost(() => resolve()));
      live.client.end();
      if (!(await settlesWithin(gone, CLOSE_GRACE_MS))) {
        live.client.destroy();
        await settlesWithin(gone, CLOSE_GRACE_MS);
      }
    },
  };
}
