/**
 * What was read of the room at every place, by all jobs of this process: enough of it for a forecast, and no more. Told to people only:
 * no decision about data rests on it.
 */
import type { SpacePlace } from '../api/space.ts';
import { REACH_MS, type SpaceSample, spaceForecast, WINDOW_MS } from '../api/space-forecast.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** After a run that has moved something, and otherwise: each reading is a command more. */
export const READ_AGAIN_MOVED_MS = 10 * MINUTE_MS;
export const READ_AGAIN_MS = 6 * HOUR_MS;
/** Of the last month, and of what is older, one reading for each such time is kept: the last one in it. */
const RECENT_EVERY_MS = 6 * HOUR_MS;
const OLDER_EVERY_MS = 7 * DAY_MS;
/** A month of four a day, half a year of one a week, and what lies across the borders. */
export const SAMPLES_MAX = 160;
export const PLACES_MAX = 256;

/** A place and what is kept of it, oldest first. */
export interface SpaceRecord {
  readonly key: string;
  readonly samples: readonly SpaceSample[];
}

type Known = Pick<SpacePlace, 'seen' | 'forecast'>;
const NOTHING_KNOWN: Known = { seen: null, forecast: { kind: 'unknown' } };

interface Place {
  readonly samples: readonly SpaceSample[];
  readonly last: SpaceSample;
  /** Made when somebody asks first. */
  known: Known | null;
}

export class SpaceBook {
  /** By key; what was not read for longest stands first. */
  readonly #places = new Map<string, Place>();
  readonly #triedMs = new Map<string, number>();
  #onNote: () => void = () => {};

  /** Takes over what was kept before; nothing is due because of it. */
  load(records: readonly SpaceRecord[]): void {
    for (const { key, samples } of records) this.#put(key, thinned(samples));
  }

  /** All that is worth keeping. */
  get records(): readonly SpaceRecord[] {
    return [...this.#places].map(([key, { samples }]) => ({ key, samples }));
  }

  /** Calls the listener after every reading. */
  onNote(listener: () => void): void {
    this.#onNote = listener;
  }

  of(key: string): Known {
    const place = this.#places.get(key);
    if (place === undefined) return NOTHING_KNOWN;
    place.known ??= { seen: { ...place.last }, forecast: spaceForecast(place.samples) };
    return place.known;
  }

  /** Whether it is time to read this place again. `moved`: something was written or destroyed there just now. */
  isDue(key: string, moved: boolean, nowMs: number): boolean {
    const lastMs = Math.max(this.#triedMs.get(key) ?? 0, this.#places.get(key)?.last.atMs ?? 0);
    // A clock that was set back must not end the readings.
    return nowMs < lastMs || nowMs - lastMs >= (moved ? READ_AGAIN_MOVED_MS : READ_AGAIN_MS);
  }

  /** It is being read: what fails is not tried again at once. */
  tried(key: string, nowMs: number): void {
    this.#triedMs.set(key, nowMs);
  }

  note(key: string, sample: SpaceSample): void {
    const before = this.#places.get(key)?.samples ?? [];
    // What is dated later was noted while the clock was wrong.
    this.#put(key, thinned([...before.filter(({ atMs }) => atMs < sample.atMs), sample]));
    this.#onNote();
  }

  #put(key: string, samples: readonly SpaceSample[]): void {
    const last = samples.at(-1);
    if (last === undefined) return;
    this.#places.delete(key);
    this.#places.set(key, { samples, last, known: null });
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= PLACES_MAX) break;
      this.#places.delete(oldest);
      this.#triedMs.delete(oldest);
    }
  }
}

/** What is kept, oldest first: the last of every six hours of the month before the last reading, and of every week before. */
export function thinned(samples: readonly SpaceSample[]): readonly SpaceSample[] {
  const lastMs = samples.at(-1)?.atMs ?? 0;
  const slots = new Map<string, SpaceSample>();
  for (const sample of samples) {
    const ageMs = lastMs - sample.atMs;
    if (ageMs > REACH_MS) continue;
    const everyMs = ageMs <= WINDOW_MS ? RECENT_EVERY_MS : OLDER_EVERY_MS;
    slots.set(`${everyMs} ${Math.floor(sample.atMs / everyMs)}`, sample);
  }
  return [...slots.values()].sort((a, b) => a.atMs - b.atMs).slice(-SAMPLES_MAX);
}
