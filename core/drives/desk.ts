/** The drives of this machine, each once, whichever jobs back up to it. */
import { Drive } from './drive.ts';
import type { DriveHouse } from './house.ts';
import type { DriveTarget } from './judge.ts';
import type { DrivePorts } from './ports.ts';
import type { SilentPools } from './silent.ts';
import { DriveWatch } from './watch.ts';

export class DriveDesk {
  readonly #house: DriveHouse;
  readonly #drives = new Map<bigint, Drive>();
  readonly #lossListeners = new Set<() => void>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: DrivePorts) {
    const oneAtATime = <T>(work: () => Promise<T>): Promise<T> => {
      const turn = this.#last.then(work, work);
      this.#last = turn.catch(() => undefined);
      return turn;
    };
    const namesakes = ({ pool, poolGuid }: DriveTarget) =>
      [...this.#drives.values()].filter(({ target }) => target.pool === pool && target.poolGuid !== poolGuid);
    this.#house = { ports, watch: new DriveWatch(ports), oneAtATime, namesakes };
  }

  /** The drive with this pool. Jobs that name the same one share it. */
  drive(target: DriveTarget): Drive {
    const known = this.#drives.get(target.poolGuid);
    if (known !== undefined) {
      known.rename(target);
      return known;
    }
    const drive = new Drive(target, this.#house);
    this.#drives.set(target.poolGuid, drive);
    let wasLost = false;
    drive.onChange(() => {
      const { isLost } = drive;
      if (isLost && !wasLost) for (const listener of [...this.#lossListeners]) listener();
      wasLost = isLost;
    });
    return drive;
  }

  /** The drive with this pool, called as it is called already. */
  find(target: DriveTarget): Drive {
    return this.#drives.get(target.poolGuid) ?? this.drive(target);
  }

  /** The pools whose drives are gone while the kernel may hold them, by their names. */
  lost(): SilentPools {
    const lost = [...this.#drives.values()].flatMap(({ target, lostBy }) =>
      lostBy === null ? [] : [[target.pool, lostBy] as const],
    );
    return new Map(lost);
  }

  /** Calls the listener when a drive was pulled. Returns how to stop that. */
  onLoss(listener: () => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  /** Resolves when of every drive it is known whether it is there, as far as somebody watches. Never rejects. */
  async settled(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const { watch } = this.#house;
    if (!watch.isRunning) return;
    const unknown = [...this.#drives.values()].filter((drive) => drive.facts().state === 'unknown');
    await Promise.all(unknown.map((drive) => drive.known(signal)));
  }

  get ports(): DrivePorts {
    return this.#house.ports;
  }

  /** Carries work out while no pool of a drive is imported or exported. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#house.oneAtATime(work);
  }

  /** Whether some drive, plugged in or not, has a pool of this name. */
  knows(pool: string): boolean {
    return [...this.#drives.values()].some(({ target }) => target.pool === pool);
  }

  /** Watches drives come and go until aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void> {
    return this.#house.watch.run(signal);
  }

  close(): void {
    for (const drive of this.#drives.values()) drive.close();
    this.#drives.clear();
  }
}
