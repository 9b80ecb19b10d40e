import type { DriveState } from '../drive.ts';

/**
 * What is said about the state of the backups, by key: a language is one object of this type. Names come in visible form, times
 * and counts as numbers.
 */
export interface Messages {
  readonly nothingConfigured: string;
  readonly nothingYet: string;
  readonly unreachable: string;
  /** Jobs that take snapshots, and none that brings them anywhere. */
  readonly onlyHere: string;
  /** Only jobs that answer other machines. */
  readonly answersOnly: string;
  readonly jobRefused: (job: string) => string;
  /** Everything of all jobs is there; the oldest is so old. */
  readonly everything: (destinations: readonly string[], ageMs: number) => string;
  /** A drive that everything is on, too; its oldest copy is so old. */
  readonly driveOld: (drive: string, ageMs: number) => string;
  /** Progress of the run that writes to it, null while it is not known. */
  readonly driveBusy: (drive: string, fraction: number | null) => string;
  /** Nothing but a scrub works on it. */
  readonly driveScrubbing: (drive: string, fraction: number | null) => string;
  readonly driveScrubState: string;
  readonly driveEjecting: (drive: string) => string;
  readonly driveSafe: (drive: string, isBackedUp: boolean) => string;
  readonly driveAsks: (drive: string) => string;
  /** Where a drive is, in a few words. */
  readonly driveStates: Readonly<Record<DriveState, string>>;
  readonly datasetOld: (dataset: string, destination: string, ageMs: number) => string;
  readonly datasetAgeUnknown: (dataset: string, destination: string) => string;
  readonly datasetMissing: (dataset: string, destination: string) => string;
  readonly moreBehind: (count: number) => string;
  readonly runFailed: (job: string) => string;
  readonly snapshotsFailed: (job: string) => string;
  readonly pruningFailed: (job: string) => string;
  readonly jobUnknown: (job: string) => string;
  /** What went wrong, as the engine says it. */
  readonly problem: (job: string, happened: string) => string;
  /** The part done and the time left are null while they are not known. */
  readonly running: (job: string, fraction: number | null, remainingMs: number | null) => string;
  readonly takingSnapshots: (job: string) => string;
  readonly waiting: (job: string, happened: string) => string;
  /** The machine was woken, and has time until then. */
  readonly waking: (job: string, host: string, untilMs: number, nowMs: number) => string;
  readonly stuck: (count: number) => string;
  /** What was promised for the next increment does not stand on disk. */
  readonly guaranteeBroken: (dataset: string, destination: string) => string;
  /** A run is due and does not begin. */
  readonly heldBecause: Readonly<Record<'on-battery' | 'metered' | 'just-woke', (job: string) => string>>;
  /** How long the room at a place lasts, as part of a sentence; `leftMs` 0: until now. */
  readonly spaceLasts: (leftMs: number, overMs: number) => string;
  readonly spaceSteady: (overMs: number) => string;
  readonly spaceUnknown: string;
  /** Nothing was left when it was read. */
  readonly spaceNone: string;
  /** A place is full before long, or is already, by its name. */
  readonly spaceSoon: (place: string) => string;
  /** `outlook`: how long it lasts, as above. */
  readonly spaceSoonBody: (outlook: string, side: 'source' | 'destination') => string;
  /** Null: until told otherwise. */
  readonly allPaused: (untilMs: number | null, nowMs: number) => string;
  readonly jobPaused: (job: string, untilMs: number | null, nowMs: number) => string;
}
