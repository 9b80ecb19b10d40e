/** What is known of an external drive, one fact a line. */
import type { DriveHealth } from '../../api/drive.ts';
import { bringNext, type DriveOfJobs, isOnlyScrubbing, isOverdue, isScrubDue } from '../../api/drive-status.ts';
import { en } from '../../api/messages/en.ts';
import { sayOutlook } from '../../api/say-space.ts';
import { spaceAt } from '../../api/space.ts';
import { visible } from '../text/width.ts';
import { driveTexts as texts } from '../texts-control.ts';

const INDENT = '  ';

export function driveLines(one: DriveOfJobs, nowMs: number): readonly string[] {
  const { drive, jobs } = one;
  const name = visible(drive.name);
  const state = isOnlyScrubbing(one) ? en.driveScrubState : en.driveStates[drive.state];
  const { problem, health } = drive;
  const more = [
    ...(problem === null ? [] : [problem.happened, problem.remedy]),
    ...(jobs.some((job) => bringNext(job)?.poolGuid === drive.poolGuid) ? [texts.bring(name)] : []),
    texts.backup(drive.lastSuccessMs, nowMs, isOverdue(drive, nowMs) ? drive.staleAfterMs : null),
    ...spaceLine(one, nowMs),
    ...(health === undefined ? [] : healthLines(health, nowMs)),
    ...(isScrubDue(drive, nowMs) ? [texts.scrubDue(name)] : []),
  ];
  const head = texts.line(name, state, jobs.map((job) => visible(job.name)).join(', '));
  return [head, ...more.map((line) => `${INDENT}${line}`)];
}

function spaceLine({ drive, jobs }: DriveOfJobs, nowMs: number): readonly string[] {
  const { freeBytes, sizeBytes, destination } = drive;
  if (freeBytes === null || sizeBytes === null) return [];
  const place = jobs.map((job) => spaceAt(job, destination)).find((found) => found !== undefined);
  return [texts.space(freeBytes, sizeBytes, place === undefined ? '' : sayOutlook(place, nowMs, 'en'))];
}

function healthLines(health: DriveHealth, nowMs: number): readonly string[] {
  const { scrub, lastScrub, neverScrubbed } = health;
  if (scrub !== null) return [texts.health(health), texts.scrubAtWork(scrub)];
  return [texts.health(health), lastScrub === null ? texts.noScrub(neverScrubbed) : texts.scrubbed(lastScrub, nowMs)];
}
