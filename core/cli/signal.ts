/** `snapferry signal wakeup|reset JOB`. */
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printLines } from './io.ts';
import { signalTexts } from './texts.ts';

export interface SignalOptions {
  readonly socket: string;
  readonly op: 'wakeup' | 'reset';
  readonly job: string;
}

export async function signalCommand(ctx: CliContext, { socket, op, job }: SignalOptions): Promise<ExitCode> {
  const { client } = await ctx.connect(socket, ctx.io.interrupted);
  try {
    const { done, queued } = await client.request('signal', { job, op }, ctx.io.interrupted);
    const woken = queued ? signalTexts.wakeupQueued(job) : signalTexts.wakeup(job);
    const reset = done ? signalTexts.reset(job) : signalTexts.nothingToReset(job);
    printLines(ctx.io.stdout, [op === 'wakeup' ? woken : reset]);
    return EXIT.ok;
  } finally {
    client.close();
  }
}
