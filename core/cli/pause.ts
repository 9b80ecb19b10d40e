/** `snapferry pause`, `resume` and `stop`: jobs stand still, and go on. */
import type { PauseUntil, StopHow } from '../api/control.ts';
import { askConfirmed } from './consent.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { pauseTexts } from './texts-control.ts';

interface Options {
  readonly socket: string;
  /** Null: all jobs. */
  readonly job: string | null;
  readonly json: boolean;
}

export interface PauseOptions extends Options {
  readonly until: PauseUntil;
  /** Null: the run at work goes on. */
  readonly stop: StopHow | null;
}

export async function pauseCommand(ctx: CliContext, options: PauseOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { job, until, stop } = options;
  const { client } = await ctx.connect(options.socket, io.interrupted);
  try {
    const reply = await askConfirmed(io, client, 'pause', { job, until, stop });
    if (options.json) {
      printJson(io.stdout, reply);
      return EXIT.ok;
    }
    printLines(io.stdout, [pauseTexts.paused(job, reply.pause)]);
    if (stop !== null)
      printLines(
        io.stdout,
        reply.stopping.map((one) => pauseTexts.stopping(one, stop)),
      );
    if (!reply.kept) printLines(io.stderr, [pauseTexts.notKept]);
    return EXIT.ok;
  } finally {
    client.close();
  }
}

export async function resumeCommand(ctx: CliContext, { socket, job, json }: Options): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const reply = await client.request('resume', { job }, io.interrupted);
    if (json) {
      printJson(io.stdout, reply);
      return EXIT.ok;
    }
    const still = reply.stillPaused.map(pauseTexts.stillPaused);
    const done = reply.done ? pauseTexts.resumed(job) : pauseTexts.notPaused(job);
    printLines(io.stdout, reply.done && still.length > 0 ? still : [done, ...still]);
    if (!reply.kept) printLines(io.stderr, [pauseTexts.notKept]);
    return EXIT.ok;
  } finally {
    client.close();
  }
}

export interface StopOptions extends Options {
  readonly how: StopHow;
}

export async function stopCommand(ctx: CliContext, { socket, job, how, json }: StopOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const reply = await client.request('stop', { job, how }, io.interrupted);
    const { stopping } = reply;
    const lines = stopping.map((one) => pauseTexts.stopping(one, how));
    if (json) printJson(io.stdout, reply);
    else printLines(io.stdout, lines.length === 0 ? [pauseTexts.nothingToStop] : lines);
    return EXIT.ok;
  } finally {
    client.close();
  }
}
