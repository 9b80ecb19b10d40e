/** `snapferry status`: once, as text or JSON, or followed. */

import { asProblemError, ProblemError } from '../api/problem.ts';
import type { DaemonStatus } from '../api/status.ts';
import { followStatus } from '../api/wire/follow.ts';
import { closeWhenSilent } from '../api/wire/silence.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { canDraw, printJson, printLines, wantsColour, widthOf } from './io.ts';
import { LiveView } from './live.ts';
import { watchTexts } from './texts.ts';
import { changeLines } from './view/changes.ts';
import { renderStatus } from './view/status.ts';

/** Pause between two tries to reach a daemon that has gone. */
const RECONNECT_MS = 2000;
const CTRL_C = '\u0003';

export interface StatusOptions {
  readonly socket: string;
  readonly json: boolean;
  readonly watch: boolean;
  readonly job: string | null;
}

export async function statusCommand(ctx: CliContext, options: StatusOptions): Promise<ExitCode> {
  const { io } = ctx;
  if (options.watch) {
    return !options.json && canDraw(io) ? watchOnTerminal(ctx, options) : watchAsLines(ctx, options);
  }
  const { client } = await ctx.connect(options.socket, io.interrupted);
  try {
    const status = pickJob(await client.request('status', {}, io.interrupted), options.job);
    if (options.json) {
      printJson(io.stdout, status);
    } else {
      const colour = wantsColour(io, io.stdout);
      const view = {
        width: widthOf(io.stdout),
        height: null,
        nowMs: io.clock.nowMs(),
        colour,
        whole: options.job === null,
      };
      printLines(io.stdout, renderStatus(status, view));
    }
    return EXIT.ok;
  } finally {
    client.close();
  }
}

/** The status with one job only. Throws `job-unknown` when it is not there. */
export function pickJob(status: DaemonStatus, job: string | null): DaemonStatus {
  if (job === null) return status;
  const jobs = status.jobs.filter((one) => one.name === job);
  if (jobs.length === 0) throw new ProblemError('job-unknown', { job });
  return { ...status, jobs };
}

async function watchAsLines(ctx: CliContext, { socket, json, job }: StatusOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client, daemon } = await ctx.connect(socket, io.interrupted);
  void closeWhenSilent(client, daemon.heartbeatMs, io.clock);
  let previous: DaemonStatus | null = null;
  let failure: unknown = null;
  const stop = new AbortController();
  const show = (whole: DaemonStatus): void => {
    try {
      const status = pickJob(whole, job);
      if (json) io.stdout.write(`${JSON.stringify(status)}\n`);
      else printLines(io.stdout, changeLines(previous, status));
      previous = status;
    } catch (thrown) {
      failure = thrown;
      stop.abort();
    }
  };
  try {
    await followStatus(client, show, AbortSignal.any([io.interrupted, stop.signal]));
  } finally {
    client.close();
  }
  if (failure !== null) throw failure;
  return EXIT.ok;
}

async function watchOnTerminal(ctx: CliContext, { socket, job }: StatusOptions): Promise<ExitCode> {
  const { io } = ctx;
  // What is wrong from the beginning is said on the ordinary screen.
  const first = await ctx.connect(socket, io.interrupted);
  try {
    pickJob(await first.client.request('status', {}, io.interrupted), job);
  } catch (thrown) {
    first.client.close();
    throw thrown;
  }
  const quit = new AbortController();
  const signal = AbortSignal.any([quit.signal, io.interrupted]);
  const stopKeys = io.onKey((key) => {
    if (key === 'q' || key === 'Q' || key === CTRL_C) quit.abort();
  });
  const view = new LiveView(io, watchTexts.keys, job === null);
  const ticking = view.tick(signal);
  try {
    let { client, daemon } = first;
    while (!signal.aborted) {
      try {
        void closeWhenSilent(client, daemon.heartbeatMs, io.clock);
        await followStatus(client, (status) => view.show(pickJob(status, job)), signal);
      } catch (thrown) {
        if (asProblemError(thrown).code !== 'daemon-unreachable') throw thrown;
      } finally {
        client.close();
      }
      while (!signal.aborted) {
        view.lost();
        await io.clock.sleep(RECONNECT_MS, signal).catch(() => {});
        const again = signal.aborted ? null : await ctx.connect(socket, signal).catch(() => null);
        if (again === null) continue;
        ({ client, daemon } = again);
        break;
      }
    }
  } finally {
    quit.abort();
    await ticking;
    view[Symbol.dispose]();
    stopKeys();
  }
  return EXIT.ok;
}
