/** The room in the pools of this machine that a job backs up. */
import type { SpacePlace } from '../api/space.ts';
import { poolOf } from '../zfs/names.ts';
import { poolTarget, SpaceSide, type SpaceSideOptions } from './space-side.ts';

export class SourceSpace {
  readonly #side: SpaceSide;
  readonly #host: string;

  /** @param datasets where the job's datasets are looked for, as far as the configuration tells */
  constructor(options: SpaceSideOptions, datasets: readonly string[]) {
    this.#host = options.zfs.label;
    this.#side = new SpaceSide(options, this.#targets(datasets));
  }

  get places(): readonly SpacePlace[] {
    return this.#side.places;
  }

  /** Reads the pools of these datasets, where that is due. Never rejects. `moved`: the run has changed something. */
  async read(datasets: Iterable<string>, moved: boolean, signal: AbortSignal): Promise<void> {
    const targets = this.#targets(datasets);
    // A job that found nothing does not say that its pools are no more.
    if (targets.length > 0) this.#side.setTargets(targets);
    await this.#side.read(moved, signal);
  }

  #targets(datasets: Iterable<string>) {
    return [...new Set([...datasets].map(poolOf))].map((pool) => poolTarget(this.#host, pool));
  }
}
