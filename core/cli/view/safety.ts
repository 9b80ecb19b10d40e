/**
 * What is known to be at a destination, and how old it is. Never "safe": a copy is as good as its age, and the age is what
 * is said.
 */
import { lateLevelOf } from '../../api/lateness.ts';
import type { DatasetSafety, JobStatus } from '../../api/status.ts';
import { type Span, span } from '../text/spans.ts';
import { visible } from '../text/width.ts';
import { safetyTexts } from '../texts.ts';

export interface Standing {
  readonly text: Span;
  /** The newest local snapshot is there and is not old. */
  readonly current: boolean;
}

type Common = DatasetSafety['newestCommon'];

/** How one dataset stands at its destination. `newestLocal` null: not known. A late copy is never shown in the colour of what is well. */
export function standing(
  common: Common,
  newestLocal: Common,
  job: JobStatus,
  destination: string,
  nowMs: number,
): Standing {
  if (common === null) return { text: span(safetyTexts.nothingThere, 'warn'), current: false };
  const age =
    common.creationMs === null
      ? safetyTexts.ageUnknown(visible(common.name))
      : safetyTexts.asOf(common.creationMs, nowMs);
  const behind = newestLocal !== null && newestLocal.guid !== common.guid;
  const current = !behind && isFresh(common, job, destination, nowMs);
  return { text: span(behind ? `${age}, ${safetyTexts.newerWaits}` : age, current ? 'good' : 'warn'), current };
}

/** One sentence for each destination of a job. */
export function safetySummaries(job: JobStatus, nowMs: number): Span[] {
  const byDestination = Map.groupBy(job.safety, (row) => row.destination);
  return [...byDestination].map(([destination, rows]) => {
    const there = rows.flatMap((row) => (row.newestCommon === null ? [] : [row.newestCommon]));
    const creations = there.flatMap((common) => (common.creationMs === null ? [] : [common.creationMs]));
    const oldest =
      creations.length === there.length && there.length > 0 ? safetyTexts.asOf(Math.min(...creations), nowMs) : null;
    const well = there.length === rows.length && there.every((common) => isFresh(common, job, destination, nowMs));
    const text = safetyTexts.summary(visible(destination), there.length, rows.length, oldest);
    return span(text, well ? 'good' : 'warn');
  });
}

function isFresh(common: NonNullable<Common>, job: JobStatus, destination: string, nowMs: number): boolean {
  return common.creationMs !== null && lateLevelOf(job, destination, nowMs - common.creationMs) === 0;
}
