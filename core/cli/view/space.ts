/** The room at the places of a job. */
import { sayOutlook } from '../../api/say-space.ts';
import { isSoonFull, type SpacePlace } from '../../api/space.ts';
import type { JobStatus } from '../../api/status.ts';
import { type Line, type Span, span } from '../text/spans.ts';
import { visible } from '../text/width.ts';
import { spaceTexts } from '../texts.ts';
import { type Layout, labelled } from './layout.ts';

/** A line for each place; where there is little room, only those that will soon be full. */
export function spaceLines({ space }: Pick<JobStatus, 'space'>, { width, nowMs, folded }: Layout): Line[] {
  const told = (space ?? []).filter((place) => !folded || isSoonFull(place, nowMs));
  return told.flatMap((place, index) => labelled(index === 0 ? spaceTexts.label : '', spans(place, nowMs), width));
}

function spans(place: SpacePlace, nowMs: number): Span[] {
  const name = visible(place.destination ?? `${place.host}:${place.dataset}`);
  if (place.seen === null) return [span(spaceTexts.unknown(name), 'dim')];
  const tone = isSoonFull(place, nowMs) ? 'warn' : 'plain';
  return [span(spaceTexts.free(name, place.seen.availableBytes), tone), span(sayOutlook(place, nowMs, 'en'), tone)];
}
