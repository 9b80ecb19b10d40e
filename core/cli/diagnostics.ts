/** `snapferry diagnostics`: what one can post where help is asked for. It works where the daemon does not, too. */
import { writeFile } from 'node:fs/promises';
import { asProblemError } from '../api/problem.ts';
import { plainTree } from '../config/plain-tree.ts';
import { diagnosticsText } from '../monitoring/diagnostics/bundle.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printLines } from './io.ts';
import { programVersions } from './program-versions.ts';
import { visible } from './text/width.ts';
import { diagnosticsTexts as texts } from './texts.ts';

const OWNER_ONLY = 0o600;

export interface DiagnosticsOptions {
  readonly socket: string;
  readonly config: string;
  /** Null: standard output. */
  readonly output: string | null;
}

export async function diagnosticsCommand(ctx: CliContext, options: DiagnosticsOptions): Promise<ExitCode> {
  const { io } = ctx;
  const text = await ofDaemon(ctx, options.socket).catch((thrown: unknown) => {
    if (io.interrupted.aborted) throw thrown;
    printLines(io.stderr, [texts.noDaemon]);
    return withoutDaemon(ctx, options, thrown);
  });
  if (options.output === null) {
    io.stdout.write(text);
    return EXIT.ok;
  }
  const file = visible(options.output);
  try {
    // A file that is there already may be readable by others, or a link to somewhere else.
    await writeFile(options.output, text, { flag: 'wx', mode: OWNER_ONLY });
  } catch (thrown) {
    printLines(io.stderr, [texts.notWritten(file, visible(thrown instanceof Error ? thrown.message : String(thrown)))]);
    return EXIT.failed;
  }
  printLines(io.stderr, [texts.written(file)]);
  return EXIT.ok;
}

async function ofDaemon(ctx: CliContext, socket: string): Promise<string> {
  const { client } = await ctx.connect(socket, ctx.io.interrupted);
  try {
    return (await client.request('diagnostics', {}, ctx.io.interrupted)).text;
  } finally {
    client.close();
  }
}

async function withoutDaemon(ctx: CliContext, { config }: DiagnosticsOptions, thrown: unknown): Promise<string> {
  const { problems, texts: files } = ctx.loadConfig(config);
  const [text] = files.values();
  return diagnosticsText({
    atMs: ctx.io.clock.nowMs(),
    versions: { here: await programVersions(ctx.version), zfs: [] },
    configuration: text === undefined ? null : plainTree(text),
    complaints: problems,
    status: null,
    history: [],
    log: [],
    trouble: [asProblemError(thrown).toProblem()],
  });
}
