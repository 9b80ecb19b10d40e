/** What the checkers and faults know of a process of the engine. */
import type { Job } from '../../../core/job/types.ts';
import type { ReceiveRequest, SendRequest, SnapshotRef } from '../../../core/zfs/types.ts';
import type { Pair } from './pairs.ts';
import type { Settings } from './scenario.ts';

/** What ends a command of a dead process. Nobody ever sees it. */
export class Dead extends Error {}

export interface RunningReceive {
  readonly request: ReceiveRequest;
  readonly send: SendRequest;
  /** `touched` of the pair when it began. */
  readonly touched: number;
  /** Deeds of people when the guids of what is sent were last read. */
  readonly deeds: number;
}

export interface RunningDestroy {
  readonly refs: readonly SnapshotRef[];
  readonly deeds: number;
  /** `touched` of the pairs that were as listed when it began. */
  readonly undisturbed: ReadonlyMap<Pair, number>;
}

export interface Actor {
  readonly number: number;
  readonly settings: Settings;
  /** By how much the wall clock was wrong when it began. */
  readonly startedWallErrorMs: number;
  dead: boolean;
  /** Commands that had begun when it died go on without it. */
  lingers: boolean;
  readonly jobs: ReadonlyMap<string, Job>;
  /** By job and dataset of the receiver. */
  readonly receives: Map<string, RunningReceive>;
  /** Deeds of people when versions of a dataset were last read by name, by job and dataset of the sender. */
  readonly readAt: Map<string, number>;
  /** Bookmarks, by full name, that it set on another snapshot than their names say. */
  readonly mistaken: Set<string>;
  /** Never forgotten: one that was given up on may go on when its pool is back. */
  readonly destroys: Set<RunningDestroy>;
  /** As by SIGKILL, or a power cut. */
  die(lingers: boolean): void;
}
