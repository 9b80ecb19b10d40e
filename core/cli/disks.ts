/** `snapferry drives disks`: all disks of this machine, and on which of them a pool could be made. */
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { visible } from './text/width.ts';
import { diskTexts } from './texts-disks.ts';

interface DisksOptions {
  readonly socket: string;
  readonly json: boolean;
}

export async function disksCommand(ctx: CliContext, { socket, json }: DisksOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const reply = await client.request('drive/disks', {}, io.interrupted);
    if (json) printJson(io.stdout, reply);
    else if (reply.disks.length === 0) printLines(io.stdout, [diskTexts.none]);
    else printLines(io.stdout, reply.disks.flatMap(diskTexts.disk).map(visible));
    return EXIT.ok;
  } finally {
    client.close();
  }
}
