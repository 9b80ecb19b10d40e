/** `snapferry open`: the window, and what belongs to it on the desktop, until it is closed or interrupted. */
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';

export interface OpenOptions {
  readonly socket: string;
  /** Only print the address. */
  readonly print: boolean;
  /** No window at first. */
  readonly background: boolean;
  /** In the browser, also where Electron is there. */
  readonly browser: boolean;
}

export async function openCommand(
  ctx: CliContext,
  { socket, print, background, browser }: OpenOptions,
): Promise<ExitCode> {
  const { io } = ctx;
  const more = [...(print ? ['--print'] : []), ...(background ? ['--background'] : [])];
  const place = { browser: browser || print };
  const { code } = await ctx.runDesktop(place, ['--socket', socket, ...more], io.interrupted);
  if (io.interrupted.aborted) return EXIT.interrupted;
  return code === 0 ? EXIT.ok : EXIT.failed;
}
