/** The folder in which the daemon keeps what it must remember beyond its own life. Without it, the daemon works all the same. */

import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../api/clock.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { StateStatus } from '../api/status.ts';
import type { Log } from '../monitoring/log.ts';
import { DriveMemory } from './drive-memory.ts';
import { History } from './history.ts';
import { Pauses } from './pauses.ts';
import { preparePrivateFolder } from './private-folder.ts';
import { listenOnSocket } from './socket.ts';
import { SpaceFile } from './space-file.ts';
import { openStateFile, type StateFile } from './state-file.ts';
import type { Journal } from './supervisor.ts';

/** The files of the folder; null where they must not be touched. */
export interface StateFiles {
  readonly history: StateFile | null;
  readonly pauses: StateFile | null;
  readonly space: StateFile | null;
  readonly drives?: StateFile | null;
}

interface Remembered {
  readonly history: History;
  readonly pauses: Pauses;
  readonly space: SpaceFile;
  readonly drives: DriveMemory;
}

export class DaemonState {
  readonly history: History;
  readonly pauses: Pauses;
  readonly space: SpaceFile;
  readonly #drives: DriveMemory;
  readonly #folder: string;
  /** Why nothing is kept at all. */
  readonly #fault: string | null;
  readonly #release: () => Promise<void>;

  private constructor(
    folder: string,
    fault: string | null,
    { history, pauses, space, drives }: Remembered,
    release: () => Promise<void>,
  ) {
    this.#folder = folder;
    this.#fault = fault;
    this.history = history;
    this.pauses = pauses;
    this.space = space;
    this.#drives = drives;
    this.#release = release;
  }

  /** Never rejects. `release` is called at the end, when nothing is written any more. */
  static async from(
    folder: string,
    files: StateFiles,
    log: Log,
    clock: Clock,
    fault: string | null = null,
    release: () => Promise<void> = async () => {},
  ): Promise<DaemonState> {
    const history = await History.open(files.history, log);
    const pauses = await Pauses.open(files.pauses, clock, log);
    const drives = await DriveMemory.open(files.drives ?? null, log);
    const space = new SpaceFile(files.space, log);
    return new DaemonState(folder, fault, { history, pauses, space, drives }, release);
  }

  /** What jobs have become, and what is known of their drives. */
  get journal(): Journal {
    const { history } = this;
    return {
      hear: (job, event) => history.hear(job, event),
      lastSuccessMs: (job) => history.lastSuccessMs(job),
      lastRunFailed: (job) => history.lastRunFailed(job),
      drive: (job, drive) => {
        const lastSuccessMs = drive.lastSuccessMs ?? history.driveSuccessMs(job, drive.poolGuid);
        return this.#drives.tell({ ...drive, lastSuccessMs });
      },
    };
  }

  /** What a person is told of it. */
  status(): StateStatus {
    const reason = this.#fault ?? this.history.fault;
    return {
      folder: this.#folder,
      problem:
        reason === null ? null : new ProblemError('state-unusable', { folder: this.#folder, reason }).toProblem(),
      damagedLines: this.history.damagedLines,
    };
  }

  /** Calls the listener when `status()` has changed. */
  onChange(listener: () => void): void {
    this.history.onFault(listener);
  }

  /** Waits until everything is on disk, or cannot be put there, and gives the folder free. */
  async close(): Promise<void> {
    const { history, pauses, space } = this;
    await Promise.all([history.settled(), pauses.settled(), space.settled(), this.#drives.settled()]);
    await this.#release();
  }
}

/**
 * Opens the folder: created (0700) where it is missing, refused where others may write to it, and used by one daemon at a time.
 * Never rejects: what is wrong with it stands in the status, and nothing is kept.
 */
export async function openState(folder: string, log: Log, clock: Clock): Promise<DaemonState> {
  let server: Server | null = null;
  let fault: string | null = null;
  try {
    // The kernel lets go of a socket when its daemon dies, however it dies.
    server = await listenOnSocket(join(folder, 'in-use.sock'), (socket) => socket.destroy());
    fault = await preparePrivateFolder(join(folder, 'history'));
  } catch (thrown) {
    const problem = asProblemError(thrown);
    fault = problem.code === 'daemon-running' ? remark('state-in-use') : (problem.facts.reason ?? problem.message);
  }
  if (fault !== null) log.warn({ folder, reason: fault }, 'nothing can be remembered beyond the end of this daemon');
  const file = (...path: readonly string[]) => (fault === null ? openStateFile(join(folder, ...path)) : null);
  const files = {
    history: file('history', 'runs.jsonl'),
    pauses: file('pauses.json'),
    space: file('space.json'),
    drives: file('drives.json'),
  };
  return DaemonState.from(folder, files, log, clock, fault, () => closed(server));
}

function closed(server: Server | null): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (server === null) resolve();
  else server.close(() => resolve());
  return promise;
}
