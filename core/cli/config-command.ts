/** `snapferry config`: the configuration through the daemon, which an administrator has to agree to. */
import type { ConfigChange } from '../api/config.ts';
import { describeEffect } from '../api/describe-effect.ts';
import { ProblemError } from '../api/problem.ts';
import type { Client } from '../api/wire/client.ts';
import { askConfirmed } from './consent.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type CliIo, printJson, printLines } from './io.ts';
import { visible } from './text/width.ts';
import { configChangeTexts } from './texts-control.ts';

interface Options {
  readonly socket: string;
  readonly json: boolean;
}

async function withDaemon<T>(ctx: CliContext, socket: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { client } = await ctx.connect(socket, ctx.io.interrupted);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

export function configGetCommand(ctx: CliContext, { socket, json }: Options): Promise<ExitCode> {
  const { io } = ctx;
  return withDaemon(ctx, socket, async (client) => {
    const reply = await client.request('config/get', {}, io.interrupted);
    if (json) printJson(io.stdout, reply);
    else if (reply.text !== null) io.stdout.write(reply.text);
    if (reply.text === null) throw new ProblemError('config-invalid');
    if (reply.masked && !json) printLines(io.stderr, [configChangeTexts.masked]);
    return EXIT.ok;
  });
}

export interface ChangeOptions extends Options {
  readonly change: ConfigChange;
  /** Only say what it would mean. */
  readonly dryRun: boolean;
}

export function configChangeCommand(ctx: CliContext, options: ChangeOptions): Promise<ExitCode> {
  const { io } = ctx;
  return withDaemon(ctx, options.socket, async (client) => {
    const { digest } = await client.request('config/get', {}, io.interrupted);
    if (digest === null) throw new ProblemError('config-invalid');
    const params = { digest, change: options.change };
    const judged = await client.request('config/validate', params, io.interrupted);
    if (options.json && options.dryRun) printJson(io.stdout, judged);
    else say(io, options, judged);
    if (options.dryRun || !judged.valid) return judged.valid ? EXIT.ok : EXIT.config;
    const done = await askConfirmed(io, client, 'config/put', params);
    if (options.json) printJson(io.stdout, done);
    else printLines(io.stdout, [configChangeTexts.done(visible(done.keptAs))]);
    return EXIT.ok;
  });
}

interface Judged {
  readonly problems: readonly { readonly line: number; readonly path: string; readonly message: string }[];
  readonly refused: readonly string[];
  readonly effects: Parameters<typeof describeEffect>[0][];
}

/** With JSON on standard output, all that is for the eye goes beside it. */
function say(io: CliIo, { json }: Options, { problems, refused, effects }: Judged): void {
  const lines = effects.map((effect) => visible(describeEffect(effect)));
  printLines(json ? io.stderr : io.stdout, lines);
  printLines(io.stderr, [
    ...problems.map(({ line, path, message }) => visible(configChangeTexts.problem(line, path, message))),
    ...refused.map((item) => visible(configChangeTexts.refused(item))),
  ]);
}

export function configReloadCommand(ctx: CliContext, { socket }: Pick<Options, 'socket'>): Promise<ExitCode> {
  const { io } = ctx;
  return withDaemon(ctx, socket, async (client) => {
    const { file } = await askConfirmed(io, client, 'config/reload', {});
    printLines(io.stdout, [configChangeTexts.reload(visible(file))]);
    return EXIT.ok;
  });
}
