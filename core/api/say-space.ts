/** How long the room at a place lasts, in words: the same in window, notices and terminal. Pure. */
import { type Language, MESSAGES } from './messages/languages.ts';
import { type SpacePlace, spaceOutlook } from './space.ts';

/** Part of a sentence, as of a time of the asking machine (Unix milliseconds). */
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
