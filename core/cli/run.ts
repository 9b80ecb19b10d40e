/** `snapferry run JOB`: snapshot, replicate and prune now; with `--wait` until it is over. */

import type { RunOutcome, WakeResult } from '../api/contract.ts';
import type { DaemonStatus } from '../api/status.ts';
import type { Client } from '../api/wire/client.ts';
import { followStatus } from '../api/wire/follow.ts';
import { closeWhenSilent } from '../api/wire/silence.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type CliIo, canDraw, printJson, printLines } from './io.ts';
import { LiveView } from './live.ts';
import { printProblems } from './print.ts';
import { pickJob } from './status.ts';
import { runTexts } from './texts.ts';
import { changeLines } from './view/changes.ts';
import { replicatedBytes } from './view/dataset.ts';

export interface RunOptions {
  readonly socket: string;
  readonly job: string;
  readonly wait: boolean;
  readonly snapshot: boolean;
  readonly json: boolean;
}

export async function runCommand(ctx: CliContext, options: RunOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { job, snapshot, json } = options;
  const { client, daemon } = await ctx.connect(options.socket, io.interrupted);
  void closeWhenSilent(client, daemon.heartbeatMs, io.clock);
  try {
    const run = await client.request('run', { job, snapshot }, io.interrupted);
    if (!options.wait) {
      if (json) printJson(io.stdout, run);
      else printLines(io.stdout, startLines(options, run));
      return EXIT.ok;
    }
    if (!json) printLines(io.stdout, startLines(options, run));
    const { outcome, last } = await waitForRun(io, client, options, run);
    if (outcome === null) {
      printLines(io.stderr, [runTexts.goesOn(job)]);
      return EXIT.interrupted;
    }
    return reportOutcome(io, options, run, outcome, last);
  } finally {
    client.close();
  }
}

function startLines({ job, snapshot }: RunOptions, run: WakeResult): string[] {
  const started = run.queued ? runTexts.queued(job, run.runId) : runTexts.started(job, run.runId);
  return snapshot && !run.snapshot ? [started, runTexts.noSnapshots] : [started];
}

/** The outcome, or null when the person went away first; and the last status seen. */
async function waitForRun(
  io: CliIo,
  client: Client,
  { job, json }: RunOptions,
  { runId }: WakeResult,
): Promise<{ outcome: RunOutcome | null; last: DaemonStatus | null }> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, io.interrupted]);
  let last: DaemonStatus | null = null;
  const live = !json && canDraw(io) ? new LiveView(io, '') : null;
  const ticking = live?.tick(signal);
  const show = (whole: DaemonStatus): void => {
    const status = pickJob(whole, job);
    live?.show(status);
    if (live === null && !json) printLines(io.stdout, changeLines(last, status));
    last = status;
  };
  // The progress is only for the eye: should it fail, the run is still waited for, and its own failure is what counts.
  const following = followStatus(client, show, signal).catch(() => {});
  try {
    const outcome = await client.request('wait', { job, runId }, io.interrupted);
    return { outcome, last: pickJob(await client.request('status', {}, io.interrupted), job) };
  } catch (thrown) {
    if (io.interrupted.aborted) return { outcome: null, last };
    throw thrown;
  } finally {
    over.abort();
    await Promise.all([following, ticking]);
    live?.[Symbol.dispose]();
  }
}

function reportOutcome(
  io: CliIo,
  { job, json }: RunOptions,
  run: WakeResult,
  outcome: RunOutcome,
  last: DaemonStatus | null,
): ExitCode {
  if (json) {
    printJson(io.stdout, { ...run, outcome });
  } else {
    const found = last?.jobs[0];
    const bytes = found === undefined ? '' : replicatedBytes(found);
    printProblems(io, outcome.problems);
    if (outcome.cancelled) printLines(io.stdout, [runTexts.cancelled(job)]);
    else if (outcome.ok) printLines(io.stdout, [runTexts.ok(job, bytes)]);
    else printLines(io.stdout, [runTexts.problems(job, outcome.problems.length)]);
  }
  if (outcome.cancelled) return EXIT.cancelled;
  return outcome.ok ? EXIT.ok : EXIT.problems;
}
