/** The room at a place in words: the same in window, notices and terminal. Pure. */
import { driveAt } from './drive-status.ts';
import { type Language, MESSAGES } from './messages/languages.ts';
import { shortName } from './sentence.ts';
import { type SpacePlace, spaceOutlook } from './space.ts';
import type { JobStatus } from './status.ts';
import { visible } from './visible.ts';

/** How long it lasts: part of a sentence, as of a time of the asking machine (Unix milliseconds). */
export function sayOutlook(place: Pick<SpacePlace, 'seen' | 'forecast'>, nowMs: number, language: Language): string {
  const messages = MESSAGES[language];
  if (place.seen?.availableBytes === 0) return messages.spaceNone;
  const outlook = spaceOutlook(place, nowMs);
  switch (outlook.kind) {
    case 'unknown':
      return messages.spaceUnknown;
    case 'steady':
      return messages.spaceSteady(outlook.overMs);
    case 'full':
      return messages.spaceLasts(outlook.leftMs, outlook.overMs);
  }
}

/** What a person calls a place: a drive by its name, another machine by its own, a pool by its. */
export function sayPlace({ destination, dataset }: SpacePlace, jobs: readonly JobStatus[]): string {
  if (destination === null) return visible(dataset);
  const drive = jobs.map((job) => driveAt(job, destination)).find((one) => one !== undefined);
  return visible(drive?.name ?? shortName(destination));
}
