import { EMPTY_TALLY } from '../../../../core/api/history.ts';
import type { RunEvent } from '../../../../core/job/run-record.ts';

type Of<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;

export const began = (runId: number, change: Partial<Of<'began'>> = {}): RunEvent => ({
  kind: 'began',
  runId,
  cause: 'run',
  startMs: 1000,
  ...change,
});

export const ended = (runId: number, change: Partial<Of<'ended'>> = {}): RunEvent => ({
  kind: 'ended',
  runId,
  cause: 'run',
  startMs: 1000,
  endMs: 2000,
  outcome: { ok: true, cancelled: false, problems: [] },
  snapshotProblems: [],
  success: false,
  tally: EMPTY_TALLY,
  ...change,
});

export const skipped = (change: Partial<Of<'skipped'>> = {}): RunEvent => ({
  kind: 'skipped',
  cause: 'snapshots',
  reason: 'still-at-work',
  atMs: 3000,
  problem: null,
  ...change,
});
