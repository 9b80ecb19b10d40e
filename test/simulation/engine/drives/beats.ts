/**
 * No job waits for the drive of another one. Time passes only while nothing is ready to run; so whatever a job is at work on
 * then waits for something, and that has to be something of its own: a command of its own that takes long, or its own patience.
 */
import type { Plugs } from '../../zfs/plugs.ts';
import type { Actor } from '../actor.ts';
import type { OwnDisk } from './own-disk.ts';
import type { Surroundings } from './surroundings.ts';

/** Who gives the commands that bring pools in and out. */
export const DESK = 'desk';

/** Jobs share no more than a turn: that of a destruction on the same dataset, or of one import of another drive. */
const SHARED_MS = 150_000;
/** So long its own job may wait for a drive: a transfer that nobody has seen to hang has half an hour. */
const PATIENCE_MS = 45 * 60_000;
/** And so long when it is known to be gone. */
const LEARNT_MS = 12 * 60_000;
/** The schedule of snapshots sleeps longer than any patience within a run. */
const OWN_SLEEP_MAX_MS = 61_000;

/** The drives as far as jobs may wait for them. */
interface Drives {
  readonly plugs: Plugs;
  readonly ofJobs: readonly OwnDisk[];
  readonly hasLearnt: (process: Actor, disk: OwnDisk) => boolean;
}

interface Beat {
  /** Runs and commands at work. */
  atWork: number;
  /** What it waits for of its own. */
  waits: number;
  blockedMs: number;
}

export class Beats {
  readonly #sim: Surroundings;
  readonly #house: Drives;
  readonly #beats = new Map<Actor, Map<string, Beat>>();

  constructor(sim: Surroundings, house: Drives) {
    this.#sim = sim;
    this.#house = house;
  }

  /** Returns what ends it. */
  work(process: Actor, job: string): () => void {
    const beat = this.#of(process, job);
    if (beat.atWork === 0) beat.blockedMs = 0;
    beat.atWork += 1;
    return once(() => {
      beat.atWork -= 1;
    });
  }

  /** Something of its own that takes so long. Returns what ends it. */
  wait(process: Actor, job: string, ms: number): () => void {
    if (ms > OWN_SLEEP_MAX_MS) return () => undefined;
    return this.command(process, job);
  }

  /** A command of its own that takes long. Returns what ends it. */
  command(process: Actor, job: string): () => void {
    const beat = this.#of(process, job);
    beat.waits += 1;
    return once(() => {
      beat.waits -= 1;
    });
  }

  pass(byMs: number): void {
    for (const [process, beats] of this.#beats) {
      if (process.dead) {
        this.#beats.delete(process);
        continue;
      }
      for (const [job, beat] of beats) {
        if (beat.atWork === 0 || beat.waits > 0) {
          beat.blockedMs = 0;
          continue;
        }
        beat.blockedMs += byMs;
        const isOwn = this.#waitsForOwnDrive(job, beats);
        if (beat.blockedMs <= this.#boundMs(process, job, isOwn)) continue;
        const stage = process.jobs.get(job)?.status().stage;
        if (isOwn && !this.#house.plugs.locked) {
          this.#sim.violate('patience-ends', `${job} (${stage}) has waited for its drive for ${beat.blockedMs} ms`);
        }
        if (isOwn) continue;
        this.#sim.violate(
          'others-go-on',
          `${job} (${stage}) has waited for ${beat.blockedMs} ms for nothing of its own`,
        );
        beat.blockedMs = 0;
      }
    }
  }

  #boundMs(process: Actor, job: string, isOwn: boolean): number {
    const house = this.#house;
    if (!isOwn) return SHARED_MS;
    const own = house.ofJobs.filter(({ of }) => of.job === job);
    const knows = own.some((disk) => house.hasLearnt(process, disk));
    return knows ? LEARNT_MS : PATIENCE_MS;
  }

  /** Its drive comes in or goes out, or is not what it should be. */
  #waitsForOwnDrive(job: string, beats: ReadonlyMap<string, Beat>): boolean {
    const house = this.#house;
    // Every command of ZFS on the machine waits: whoever began the export that holds them up is judged elsewhere.
    if (house.plugs.locked) return true;
    const own = house.ofJobs.filter(({ of }) => of.job === job);
    if (own.length > 0 && (beats.get(DESK)?.waits ?? 0) > 0) return true;
    const nowMs = this.#sim.time.elapsedMs();
    return own.some(({ pulledAtMs, pool }) => {
      const wasPulled = pulledAtMs > 0 && nowMs - pulledAtMs < PATIENCE_MS;
      return wasPulled || !isFine(house.plugs.held.get(pool.name)?.state);
    });
  }

  #of(process: Actor, job: string): Beat {
    const beats = this.#beats.get(process) ?? new Map<string, Beat>();
    this.#beats.set(process, beats);
    const beat = beats.get(job) ?? { atWork: 0, waits: 0, blockedMs: 0 };
    beats.set(job, beat);
    return beat;
  }
}

function isFine(state: string | undefined): boolean {
  return state === undefined || state === 'ok';
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
