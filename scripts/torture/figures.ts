/** The figures of a campaign. Pure. */
import { DEEDS, PHASES } from '../../test/lab/torture/points.ts';
import type { Entry } from './runs.ts';

/** Points that were reached, by phase and deed, as lines of a Markdown table. */
export function tableOf(entries: readonly Entry[]): readonly string[] {
  const reached = entries.filter(({ held }) => held !== null);
  const rows = PHASES.map((phase) => {
    const cells = DEEDS.map((deed) => reached.filter((entry) => entry.phase === phase && entry.deed === deed).length);
    return [phase, ...cells.map((count) => (count === 0 ? '–' : String(count))), String(cells.reduce((a, b) => a + b))];
  });
  const head = ['interrupted in', ...DEEDS, 'all'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

export interface Figures {
  readonly points: number;
  /** The run was over before the point came. */
  readonly missed: number;
  readonly resumedPoints: number;
  readonly resumedBytes: number;
  /** Points at which partial state was thrown away, and told of. */
  readonly restartedPoints: number;
  readonly violations: number;
  readonly medianSeconds: number;
}

export function figuresOf(entries: readonly Entry[]): Figures {
  const times = entries.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return {
    points: entries.filter(({ held }) => held !== null).length,
    missed: entries.filter(({ held }) => held === null).length,
    resumedPoints: entries.filter(({ resumedSteps }) => resumedSteps > 0).length,
    resumedBytes: entries.reduce((sum, { resumedBytes }) => sum + resumedBytes, 0),
    restartedPoints: entries.filter(({ discardedBytes }) => discardedBytes > 0).length,
    violations: entries.reduce((sum, { violations }) => sum + violations.length, 0),
    medianSeconds: Math.round((times[Math.floor(times.length / 2)] ?? 0) / 1000),
  };
}

export function figureLines(entries: readonly Entry[]): readonly string[] {
  const { points, missed, resumedPoints, resumedBytes, restartedPoints, violations, medianSeconds } =
    figuresOf(entries);
  return [
    `${points} points reached, ${missed} missed; ${medianSeconds} s each (median)`,
    `${resumedPoints} went on from what had arrived (${(resumedBytes / 1e6).toFixed(1)} MB), ${restartedPoints} threw partial state away and said so`,
    `${violations} violations`,
  ];
}
