/** What the command line says of jobs that stand still, and of who may tell them to. */
import type { HoldReason, Pause } from '../api/conditions.ts';
import type { DriveHealth } from '../api/drive.ts';
import { formatAgo, formatBytes, formatCount, formatDuration, formatMoment, formatRate } from './text/format.ts';
import { visible } from './text/width.ts';

/** Why a job does not run by itself although nothing else keeps it. */
export const heldText: Readonly<Record<HoldReason, string>> = {
  paused: 'paused',
  'on-battery': 'waits for mains power',
  metered: 'waits for a network that costs nothing',
  'just-woke': 'waits because the machine has just woken up',
};

export const pauseTexts = {
  held: (reason: HoldReason, untilMs: number | null): string =>
    untilMs === null ? heldText[reason] : `${heldText[reason]} until ${formatMoment(untilMs)}`,
  allPaused: (untilMs: number | null): string =>
    `All jobs are paused${untilMs === null ? ' until somebody resumes them' : ` until ${formatMoment(untilMs)}`}. Snapshots are taken all the same.`,
  paused: (job: string | null, { untilMs }: Pause): string =>
    `${job === null ? 'All jobs are' : `${job} is`} paused until ${untilMs === null ? 'told to go on' : formatMoment(untilMs)}. Snapshots are taken all the same.`,
  notKept: 'This could not be written to disk: a new daemon will not know it.',
  stopping: (job: string, how: 'after-step' | 'now'): string =>
    how === 'now' ? `The run of ${job} is being stopped.` : `The run of ${job} ends after the steps that have begun.`,
  nothingToStop: 'Nothing was running.',
  resumed: (job: string | null): string => (job === null ? 'All jobs go on.' : `${job} goes on.`),
  notPaused: (job: string | null): string => (job === null ? 'Nothing was paused.' : `${job} had no pause of its own.`),
  stillPaused: (job: string): string => `${job} still stands still because all jobs are paused: snapferry resume`,
};

export const confirmTexts = {
  needed: (what: string, nonce: string, digest: string): string[] => [
    `An administrator has to agree: ${what}`,
    `  sudo snapferry confirm ${nonce}`,
    `  (digest ${digest})`,
    'Waiting for that, five minutes at most ...',
  ],
  asks: (user: string, uid: number): string => `${user} (${uid}) asks for this:`,
  digest: (digest: string): string => `  digest ${digest}`,
  question: 'Shall it be done? [y/N] ',
  done: 'Done.',
  refused: 'It was not done.',
};

export const configChangeTexts = {
  masked: 'Passwords are not shown.',
  problem: (line: number, path: string, message: string): string =>
    `line ${line}: ${path === '' ? '' : `${path}: `}${message}`,
  refused: (item: string): string => `only the file itself can say this: ${item}`,
  done: (keptAs: string): string => `The configuration is changed. The old file is ${keptAs}`,
  reload: (file: string): string => `${file} is read again.`,
};

export const driveTexts = {
  none: 'No job backs up to an external drive.',
  line: (drive: string, state: string, jobs: string): string => `${drive}: ${state} (${jobs})`,
  passphraseOf: (drive: string): string => `Passphrase of ${drive}, used once and not kept: `,
  unlocked: (drive: string): string => `${drive} is unlocked for as long as it stays connected.`,
  ejected: (drive: string): string => `${drive} is safe to unplug.`,
  scrubBegun: (drive: string): string =>
    `ZFS reads everything on ${drive} now. Leave it plugged in; "snapferry drives" says how far it is.`,
  scrubStopped: (drive: string): string => `The scrub of ${drive} was stopped.`,
  forgets: (drive: string, jobs: string, marks: readonly string[]): readonly string[] => [
    `${drive} is not backed up to any more by: ${jobs}. What is on it stays.`,
    marks.length === 0 ? 'Nothing is kept here for it.' : 'Released here, where it is kept for its next increment:',
    ...marks.map((mark) => `  ${mark}`),
    'Should it come back, everything has to be sent anew, unless a snapshot that is on both sides is still there then.',
    'Nothing was done. With --yes it is.',
  ],
  forgotten: (drive: string): string => `${drive} is forgotten. What is on it stays.`,
  bring: (drive: string): string => `bring ${drive} next: it was backed up to longest ago`,
  backup: (atMs: number | null, nowMs: number, overdueMs: number | null): string =>
    atMs === null
      ? 'last complete backup: none yet'
      : `last complete backup: ${formatAgo(atMs, nowMs)}${overdueMs === null ? '' : `, overdue: every ${formatDuration(overdueMs)} is wanted`}`,
  space: (freeBytes: number, sizeBytes: number, outlook: string): string =>
    `space: ${formatBytes(freeBytes)} of ${formatBytes(sizeBytes)} free${outlook === '' ? '' : `, ${outlook}`}`,
  health: ({ poolState, readCount, writeCount, checksumCount, isDamaged }: DriveHealth): string =>
    [
      `health: ${visible(poolState)}`,
      readCount + writeCount + checksumCount === 0
        ? 'no errors'
        : `${readCount} errors of reading, ${writeCount} of writing, ${checksumCount} of what was read`,
      ...(isDamaged ? ['data that could not be read'] : []),
    ].join(', '),
  scrubAtWork: ({ fraction, doneBytes, totalBytes, isPaused }: NonNullable<DriveHealth['scrub']>): string =>
    [
      isPaused ? 'scrub: paused' : 'scrub: at work',
      ...(fraction === null ? [] : [`${(fraction * 100).toFixed(1)} % read`]),
      ...(doneBytes === null || totalBytes === null ? [] : [`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`]),
    ].join(', '),
  noScrub: (never: boolean): string => (never ? 'last scrub: never' : 'last scrub: none is known'),
  scrubbed: ({ endedMs, errorCount, repairedBytes }: NonNullable<DriveHealth['lastScrub']>, nowMs: number): string =>
    [
      `last scrub: ${formatAgo(endedMs, nowMs)}`,
      errorCount === 0 ? 'no errors' : `${formatCount(errorCount, 'error')} that could not be repaired`,
      ...(repairedBytes === null || repairedBytes === 0 ? [] : [`${formatBytes(repairedBytes)} repaired`]),
    ].join(', '),
  scrubDue: (drive: string): string => `a scrub is due: snapferry drives scrub ${drive}`,
};

export const limitTexts = {
  all: (bytesPerSecond: number | null): string =>
    bytesPerSecond === null
      ? 'Nothing is set beside the configuration.'
      : `At most ${formatRate(bytesPerSecond)} for now.`,
  job: (job: string, bytesPerSecond: number | null): string =>
    `${job}: ${bytesPerSecond === null ? 'no limit' : formatRate(bytesPerSecond)}`,
};
