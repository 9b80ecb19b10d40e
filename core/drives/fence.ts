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

export class Fence {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #patienceMs: number;
  #closedBy: ProblemError | null = null;
  #given = new AbortController();
  #waiting = new AbortController();

  /** @param patienceMs how long commands that run already are waited for after the drive has gone */
  constructor(clock: Pick<Clock, 'sleep'>, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  get closed(): boolean {
    return this.#closedBy !== null;
  }

  /** Why nothing may be started; null when it may. */
  get reason(): ProblemError | null {
    return this.#closedBy;
  }

  /** From now on nothing is started. A fence that is closed already keeps its time, and takes the new reason. */
  close(reason: ProblemError): void {
    const before = this.#closedBy;
    this.#closedBy = reason;
    if (before !== null) return;
    this.#waiting = new AbortController();
    const given = this.#given;
    this.#clock.sleep(this.#patienceMs, this.#waiting.signal).then(
      () => given.abort(),
      () => {},
    );
  }

  /** The drive is back. */
  open(): void {
    this.#closedBy = null;
    this.#waiting.abort();
    if (this.#given.signal.aborted) this.#given = new AbortController();
  }

  /** @throws the reason why it is closed */
  check(): void {
    if (this.#closedBy !== null) throw this.#closedBy;
  }

  /** The outcome of what runs; rejects once the drive has been away for too long, and leaves it behind. */
  async within<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#given;
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

/** The host, for commands on the pool behind the fence. */
export function fencedHost(host: Host, fence: Fence): Host {
  return {
    label: host.label,
    kind: host.kind,
    run: async (argv, options) => {
      fence.check();
      return fence.within(host.run(argv, options));
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
    // The real host: where both ends are on this machine the kernel carries the bytes.
    const work = run(
      source,
      { host, argv: sink.argv },
      { ...options, signal: over, sinkGone: () => fence.closed },
      timing,
    );
    try {
      return await work;
    } catch (thrown) {
      throw fence.reason ?? thrown;
    }
  };
}
