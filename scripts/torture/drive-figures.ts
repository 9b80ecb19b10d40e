/** The figures of a campaign with drives. Pure. */
import { DRIVE_PHASES } from '../../test/lab/drives/torture/points.ts';
import type { DriveEntry } from './drives.ts';

const COLUMNS = [
  'ejected',
  'yanked',
  'power lost',
  'resumed',
  'restart needed',
  'all of ZFS blocked',
  'violations',
] as const;

/** By what the run was at, as lines of a Markdown table. */
export function driveTable(entries: readonly DriveEntry[]): readonly string[] {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const rows = DRIVE_PHASES.map((phase) => {
    const mine = entries.filter((entry) => entry.phase === phase && entry.held !== null);
    const orderly = entries.filter((entry) => entry.phase === phase && entry.deed === 'eject');
    return line([
      phase,
      orderly.length,
      mine.filter(({ deed }) => deed === 'yank').length,
      mine.filter(({ deed }) => deed === 'power-loss').length,
      mine.filter(({ resumedSteps }) => resumedSteps > 0).length,
      mine.filter(({ restarted }) => restarted).length,
      mine.filter(({ episode }) => episode?.blocked === true).length,
      [...mine, ...orderly].reduce((sum, { violations }) => sum + violations.length, 0),
    ]);
  });
  return [line(['at work', ...COLUMNS]), line(['---', ...COLUMNS.map(() => '---')]), ...rows];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** In words. */
export function driveFigures(entries: readonly DriveEntry[]): readonly string[] {
  const episodes = entries.flatMap(({ episode }) => (episode === null ? [] : [episode]));
  const trips = (when: 'before' | 'during'): string => {
    const seen = episodes.map((episode) => episode[when].status).filter(({ count }) => count > 0);
    const of = (pick: (trip: (typeof seen)[number]) => number): string => median(seen.map(pick)).toFixed(1);
    const longest = Math.max(0, ...seen.map(({ maxMs }) => maxMs)).toFixed(1);
    return `half below ${of(({ p50Ms }) => p50Ms)} ms, 95 of 100 below ${of(({ p95Ms }) => p95Ms)} ms, longest ever ${longest} ms`;
  };
  const sum = (pick: (episode: (typeof episodes)[number]) => number): number =>
    episodes.reduce((all, episode) => all + pick(episode), 0);
  const missed = entries.filter(({ held, deed }) => held === null && deed !== 'eject').length;
  return [
    `${entries.length} points, ${missed} missed; ${Math.round(median(entries.map(({ durationMs }) => durationMs)) / 1000)} s each (median)`,
    `status before: ${trips('before')} (medians over the points)`,
    `status while a drive was away: ${trips('during')}`,
    `${sum(({ during }) => during.nasRuns)} runs to the NAS meanwhile, ${sum(({ during }) => during.nasFailures)} failed; ` +
      `longest gap between snapshots due every 15 s: ${Math.max(0, ...episodes.map(({ longestGapSeconds }) => longestGapSeconds))} s`,
    `${entries.reduce((all, { violations }) => all + violations.length, 0)} violations`,
  ];
}
