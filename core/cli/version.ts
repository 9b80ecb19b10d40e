/** `snapferry version`: of this program and of the daemon. */
import { asProblemError } from '../api/problem.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { versionTexts } from './texts.ts';

/** Put in by the build. */
declare const SNAPFERRY_VERSION: string | undefined;

/** Version of this program; run from its sources it has none of its own. */
export const VERSION = typeof SNAPFERRY_VERSION === 'string' ? SNAPFERRY_VERSION : 'development';

export interface VersionOptions {
  readonly socket: string;
  readonly json: boolean;
}

export async function versionCommand(ctx: CliContext, { socket, json }: VersionOptions): Promise<ExitCode> {
  const daemon = await daemonVersion(ctx, socket);
  if (json) {
    printJson(ctx.io.stdout, { client: ctx.version, daemon });
    return EXIT.ok;
  }
  const second = daemon === null ? versionTexts.noDaemon(socket) : versionTexts.daemon(daemon);
  printLines(ctx.io.stdout, [versionTexts.client(ctx.version), second]);
  if (daemon !== null && daemon !== ctx.version) printLines(ctx.io.stderr, [versionTexts.differ]);
  return EXIT.ok;
}

async function daemonVersion(ctx: CliContext, socket: string): Promise<string | null> {
  try {
    const { client, daemon } = await ctx.connect(socket, ctx.io.interrupted);
    client.close();
    return daemon.version;
  } catch (thrown) {
    if (asProblemError(thrown).code === 'daemon-unreachable') return null;
    throw thrown;
  }
}
