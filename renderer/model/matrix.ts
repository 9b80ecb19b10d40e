/** Dataset × destination: what is where, and how old. Pure. */

import { lateLevelOf } from '../../core/api/lateness.ts';
import type { DaemonStatus, DatasetSafety, JobStatus } from '../../core/api/status.ts';
import { ageMsOf } from '../../core/api/verdict.ts';
import { isWorking, lastAttempt } from './progress.ts';

/** Weakest first: the one to look at. */
export const CELL_STATES = ['missing', 'unknown', 'old', 'behind', 'current'] as const;
export type CellState = (typeof CELL_STATES)[number];

export interface Cell {
  readonly job: string;
  readonly safety: DatasetSafety;
  /**
   * missing: nothing is there; unknown: nobody knows how old it is; old: late by the schedule of its job; behind:
   * there are newer snapshots here; current: the newest snapshot of this machine is there.
   */
  readonly state: CellState;
  /** It is on its way now. */
  readonly working: boolean;
  readonly failed: boolean;
}

export interface Row {
  readonly dataset: string;
  /** By index of the destination; null where no job brings it there. */
  readonly cells: readonly (Cell | null)[];
}

export interface Matrix {
  readonly destinations: readonly string[];
  readonly rows: readonly Row[];
}

export function cellState(
  job: Pick<JobStatus, 'snapshotting' | 'drives'>,
  safety: DatasetSafety,
  nowMs: number,
): CellState {
  if (safety.newestCommon === null) return 'missing';
  const ageMs = ageMsOf(safety, nowMs);
  if (ageMs === null) return 'unknown';
  if (lateLevelOf(job, safety.destination, ageMs) > 0) return 'old';
  return safety.newestLocal?.guid === safety.newestCommon.guid ? 'current' : 'behind';
}

function cellsOf(job: JobStatus, nowMs: number): readonly Cell[] {
  const reports = new Map((lastAttempt(job)?.datasets ?? []).map((report) => [report.dataset, report]));
  const running = job.replication?.outcome === 'running';
  return job.safety.map((safety) => {
    const report = reports.get(safety.dataset);
    return {
      job: job.name,
      safety,
      state: cellState(job, safety, nowMs),
      working: running && report !== undefined && isWorking(report),
      failed: (report?.problem ?? null) !== null,
    };
  });
}

/** Rows by name, destinations in the order of the jobs. Where two jobs bring one dataset to one place, the fresher counts. */
export function matrixOf(status: DaemonStatus, nowMs: number): Matrix {
  return matrixOfJobs(status.jobs, nowMs);
}

/** The same of some jobs. */
export function matrixOfJobs(jobs: readonly JobStatus[], nowMs: number): Matrix {
  const destinations: string[] = [];
  const rows = new Map<string, Map<string, Cell>>();
  for (const cell of jobs.flatMap((job) => cellsOf(job, nowMs))) {
    const { dataset, destination } = cell.safety;
    if (!destinations.includes(destination)) destinations.push(destination);
    const row = rows.get(dataset) ?? new Map<string, Cell>();
    const known = row.get(destination);
    if (known === undefined || isFresher(cell, known)) row.set(destination, cell);
    rows.set(dataset, row);
  }
  return {
    destinations,
    rows: [...rows]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([dataset, row]) => ({ dataset, cells: destinations.map((name) => row.get(name) ?? null) })),
  };
}

function isFresher(a: Cell, b: Cell): boolean {
  return (a.safety.newestCommon?.creationMs ?? -1) > (b.safety.newestCommon?.creationMs ?? -1);
}

/** How many cells are in each state. */
export function countStates(matrix: Matrix): Readonly<Record<CellState, number>> {
  const counts = { missing: 0, unknown: 0, old: 0, behind: 0, current: 0 };
  for (const row of matrix.rows) for (const cell of row.cells) if (cell !== null) counts[cell.state] += 1;
  return counts;
}
