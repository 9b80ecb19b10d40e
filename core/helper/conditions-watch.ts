/** Looks at the machine now and then, and tells when something has changed that holds jobs back. */
import type { Clock } from '../api/clock.ts';
import { type Conditions, type Held, UNKNOWN_CONDITIONS } from '../api/conditions.ts';
import type { WaitFor } from '../config/types.ts';
import type { Machine } from '../host/machine.ts';
import { type ConditionsSince, heldByConditions, WAKE_GRACE_MS } from '../job/conditions.ts';
import type { JobConfigHead } from './supervisor.ts';

const LOOK_EVERY_MS = 15_000;
/** Shorter sleeps are none: the clocks are read one after the other. */
const SLEEP_MIN_MS = 5_000;

export class ConditionsWatch {
  readonly #machine: Machine | null;
  /** Jobs that send somewhere, with what they wait for. */
  #waitFor: ReadonlyMap<string, readonly WaitFor[]> = new Map();
  readonly #clock: Clock;
  /** Nobody asks for the network where no job waits for it: that takes a program each time. */
  #needsNetwork = false;
  #now: Conditions = UNKNOWN_CONDITIONS;
  #since: ConditionsSince = { powerMs: 0, networkMs: 0 };
  #asleepMs: number | null = null;
  #onChange: () => void = () => {};

  /** @param machine null where nothing is to be known */
  constructor(machine: Machine | null, jobs: readonly JobConfigHead[], clock: Clock) {
    this.#machine = machine;
    this.#clock = clock;
    this.setJobs(jobs);
  }

  /** From now on these are the jobs. A network that nobody asked for before is looked at within 15 seconds. */
  setJobs(jobs: readonly JobConfigHead[]): void {
    this.#waitFor = new Map(jobs.flatMap(({ name, waitFor }) => (waitFor === undefined ? [] : [[name, waitFor]])));
    this.#needsNetwork = [...this.#waitFor.values()].some((all) => all.includes('unmetered'));
  }

  get now(): Conditions {
    return this.#now;
  }

  /** What holds this job back. */
  heldOf(job: string): readonly Held[] {
    const waitFor = this.#waitFor.get(job);
    if (waitFor === undefined) return [];
    return heldByConditions(waitFor, this.#now, this.#since, this.#clock.nowMs());
  }

  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Looks until aborted, and calls `after` each time. Never rejects. */
  async run(signal: AbortSignal, after: () => void = () => {}): Promise<void> {
    const machine = this.#machine;
    while (machine !== null && !signal.aborted) {
      await this.#look(machine);
      after();
      await this.#clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
    }
  }

  async #look(machine: Machine): Promise<void> {
    const [power, network] = await Promise.all([
      machine.power(),
      this.#needsNetwork ? machine.network() : ('unknown' as const),
    ]);
    const nowMs = this.#clock.nowMs();
    const asleepMs = machine.asleepMs();
    const slept = this.#asleepMs !== null && asleepMs - this.#asleepMs >= SLEEP_MIN_MS;
    this.#asleepMs = asleepMs;
    const before = this.#now;
    const grace = before.wokeAtMs !== null && nowMs - before.wokeAtMs < WAKE_GRACE_MS + 2 * LOOK_EVERY_MS;
    this.#now = { power, network, wokeAtMs: slept ? nowMs : before.wokeAtMs };
    this.#since = {
      powerMs: power === before.power ? this.#since.powerMs : nowMs,
      networkMs: network === before.network ? this.#since.networkMs : nowMs,
    };
    // The grace ends by itself: whoever waits for that has to be told too.
    if (slept || grace || power !== before.power || network !== before.network) this.#onChange();
  }
}
