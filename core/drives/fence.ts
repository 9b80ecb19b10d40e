/**
 * Keeps commands away from a pool whose drive is gone. While it is closed nothing is started, and what runs already is left
 * alone: killed, it may hang in the kernel for good; left alone, it may go on when the drive comes back. Whoever waits for such
 * a command waits for a bounded time.
 */
import type { Clock } from '../api/clock.ts';
import { ProblemError } from '../api/problem.ts';
import { pipe } from '../host/pipe.ts';
import type { Host } from '../host/types.ts';
import type { Pipe } from '../zfs/cli-transfer.ts';
import { Tally } from './tally.ts';

/** A command may end before anybody has heard that the drive is gone. */
const HEARD_WITHIN_MS = 5_000;

export class Fence {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #patienceMs: number;
  #closedBy: ProblemError | null = null;
  /** Why it was closed last. */
  #lastReason: ProblemError | null = null;
  #given = new AbortController();
  #waiting = new AbortController();
  #shut = new AbortController();
  readonly #work = new Tally();
  readonly #lookNow: () => void;

  /**
   * @param patienceMs how long commands that run already are waited for after the drive has gone
   * @param lookNow has somebody see whether it is there
   */
  constructor(clock: Pick<Clock, 'sleep'>, patienceMs: number, lookNow: () => void = () => {}) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#lookNow = lookNow;
  }

  get closed(): boolean {
    return this.#closedBy !== null;
  }

  /** Why nothing may be started; null when it may. */
  get reason(): ProblemError | null {
    return this.#closedBy;
  }

  /** Commands on the pool run, as far as anybody has heard: those that were left behind count until they end. */
  get hasWork(): boolean {
    return !this.#work.isEmpty;
  }

  /** Counts a command until it ends. */
  count(work: Promise<unknown>): void {
    const done = this.#work.begin();
    work.then(done, done);
  }

  /** The kernel has let go of the pool: nothing that was begun before is at work on it. */
  forget(): void {
    this.#work.forget();
  }

  /**
   * From now on nothing is started. A fence that is closed already keeps its time, and takes the new reason.
   * @param patienceMs how long what runs already is waited for, where that is not as always
   */
  close(reason: ProblemError, patienceMs = this.#patienceMs): void {
    const before = this.#closedBy;
    this.#closedBy = reason;
    this.#lastReason = reason;
    if (before !== null) return;
    this.#shut.abort();
    this.#waiting = new AbortController();
    const given = this.#given;
    this.#clock.sleep(patienceMs, this.#waiting.signal).then(
      () => given.abort(),
      () => {},
    );
  }

  /** The drive is back. */
  open(): void {
    this.#closedBy = null;
    this.#waiting.abort();
    if (this.#shut.signal.aborted) this.#shut = new AbortController();
    if (this.#given.signal.aborted) this.#given = new AbortController();
  }

  /** Resolves when it is opened. */
  async whenOpen(): Promise<void> {
    const { signal } = this.#waiting;
    if (!this.closed || signal.aborted) return;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /**
   * To be called when a command begins. What it gives tells afterwards why the drive was gone while that ran, however short; null
   * where it was there all the time. With `failmode=continue` ZFS ends what was at work with an error, and may be well again by then.
   */
  mark(): () => ProblemError | null {
    // Another one once it is opened again.
    const { signal } = this.#shut;
    return () => (signal.aborted ? this.#lastReason : null);
  }

  /** A command has failed as if the drive were gone: resolves when that was seen, or after the time that seeing it takes. */
  async doubt(): Promise<void> {
    this.#lookNow();
    await this.#clock.sleep(HEARD_WITHIN_MS, this.#shut.signal).catch(() => undefined);
  }

  /** @throws the reason why it is closed */
  check(): void {
    if (this.#closedBy !== null) throw this.#closedBy;
  }

  /** The outcome of what runs; rejects once the drive has been away for too long, and leaves it behind. */
  within<T>(work: Promise<T>): Promise<T> {
    this.count(work);
    return this.#race(work, this.#given.signal);
  }

  /** The same without patience: rejects as soon as the drive is gone. For what others have to wait for. */
  async unlessClosed<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    this.check();
    return this.#race(work, this.#shut.signal);
  }

  /**
   * Starts a command and gives its outcome, as `within`. The signal that it is started with is aborted only while the drive is
   * there: whoever loses interest in a command that hangs leaves it behind instead.
   * @throws the reason why it is closed
   */
  async start<T>(caller: AbortSignal | undefined, begin: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.check();
    const kill = new AbortController();
    const left = Promise.withResolvers<never>();
    const stop = () => {
      if (this.closed) left.reject(new ProblemError('command-aborted'));
      else kill.abort();
    };
    if (caller?.aborted === true) stop();
    caller?.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([this.within(begin(kill.signal)), left.promise]);
    } finally {
      caller?.removeEventListener('abort', stop);
    }
  }

  async #race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const gone = Promise.withResolvers<never>();
    const give = () => gone.reject(this.#closedBy ?? new ProblemError('command-aborted'));
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    work.catch(() => undefined);
    try {
      return await Promise.race([work, gone.promise]);
    } finally {
      signal.removeEventListener('abort', give);
    }
  }

  /** Aborted when the drive has been away for too long. */
  get givenUp(): AbortSignal {
    return this.#given.signal;
  }
}

/** In the words of strerror and libzfs. */
const LOOKS_LOST = /I\/O error|I\/O is currently suspended/;

/** @throws why the drive was gone while a command ran that has failed with these words */
async function blameDrive(fence: Fence, why: () => ProblemError | null, words: string): Promise<void> {
  if (why() === null && LOOKS_LOST.test(words)) await fence.doubt();
  const reason = why();
  if (reason !== null) throw reason;
}

/** The host, for commands on the pool behind the fence. */
export function fencedHost(host: Host, fence: Fence): Host {
  return {
    label: host.label,
    kind: host.kind,
    run: async (argv, options) => {
      const why = fence.mark();
      const result = await fence.start(options.signal, (signal) => host.run(argv, { ...options, signal }));
      if (result.exit.code !== 0) await blameDrive(fence, why, result.stderr);
      return result;
    },
    start: async (argv, options) => {
      fence.check();
      return fence.within(host.start(argv, options));
    },
    ping: async (options) => {
      fence.check();
      return host.ping(options);
    },
    close: async () => undefined,
  };
}

/** `source | sink`, of which the sink writes to the pool behind the fence. Both run on the host that the fence stands around. */
export function fencedPipe(host: Host, fence: Fence, run: Pipe = pipe): Pipe {
  return async (source, sink, options, timing) => {
    fence.check();
    const { signal } = options;
    const over = signal === undefined ? fence.givenUp : AbortSignal.any([signal, fence.givenUp]);
    const why = fence.mark();
    // The real host: where both ends are on this machine the kernel carries the bytes.
    const work = run(
      source,
      { host, argv: sink.argv },
      { ...options, signal: over, sinkGone: () => fence.closed },
      timing,
    );
    fence.count(work);
    const result = await work.catch((thrown: unknown) => {
      // Its sink was left behind, and hangs for as long as the drive is away.
      if (fence.closed) fence.count(fence.whenOpen());
      throw fence.reason ?? (signal?.aborted === true ? null : why()) ?? thrown;
    });
    if (result.sink.exit.code !== 0) await blameDrive(fence, why, result.sink.stderr);
    return result;
  };
}
