/** `snapferry limit`: how much may be sent a second, for now. */
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { visible } from './text/width.ts';
import { limitTexts } from './texts-control.ts';

export interface LimitOptions {
  readonly socket: string;
  readonly json: boolean;
  /** Undefined: only show it; null: what is configured is all. */
  readonly bytesPerSecond: number | null | undefined;
}

export async function limitCommand(ctx: CliContext, { socket, json, bytesPerSecond }: LimitOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const reply =
      bytesPerSecond === undefined
        ? await client.request('limit/get', {}, io.interrupted)
        : await client.request('limit/set', { bytesPerSecond }, io.interrupted);
    if (json) printJson(io.stdout, reply);
    else {
      const jobs = reply.jobs.map(({ job, bytesPerSecond: limit }) => visible(limitTexts.job(job, limit)));
      printLines(io.stdout, [limitTexts.all(reply.bytesPerSecond), ...jobs]);
    }
    return EXIT.ok;
  } finally {
    client.close();
  }
}
