/** `snapferry discover` and `snapferry destination`: what there is here, and whether another machine will do. */
import type { Params } from '../api/contract.ts';
import type { Client } from '../api/wire/client.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { printProblems } from './print.ts';
import { visible } from './text/width.ts';
import { surroundingsTexts as texts } from './texts-surroundings.ts';

interface Options {
  readonly socket: string;
  readonly json: boolean;
}

async function ask<T>(
  ctx: CliContext,
  { socket, json }: Options,
  question: (client: Client) => Promise<T>,
  show: (reply: T) => readonly string[],
): Promise<T> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const reply = await question(client);
    if (json) printJson(io.stdout, reply);
    else printLines(io.stdout, show(reply).map(visible));
    return reply;
  } finally {
    client.close();
  }
}

export async function discoverCommand(ctx: CliContext, options: Options): Promise<ExitCode> {
  const { interrupted } = ctx.io;
  const { problem } = await ask(
    ctx,
    options,
    (client) => client.request('discover', {}, interrupted),
    texts.discovered,
  );
  if (problem === null) return EXIT.ok;
  printProblems(ctx.io, [problem]);
  return EXIT.failed;
}

export async function hostKeysCommand(
  ctx: CliContext,
  { host, port, ...options }: Options & Params<'destination/hostkeys'>,
): Promise<ExitCode> {
  const { interrupted } = ctx.io;
  const question = (client: Client) => client.request('destination/hostkeys', { host, port }, interrupted);
  await ask(ctx, options, question, ({ keys }) => texts.hostKeys(keys));
  return EXIT.ok;
}

export async function keyCommand(
  ctx: CliContext,
  { key, ...options }: Options & Params<'destination/key'>,
): Promise<ExitCode> {
  const { interrupted } = ctx.io;
  await ask(ctx, options, (client) => client.request('destination/key', { key }, interrupted), texts.key);
  return EXIT.ok;
}

export async function testCommand(
  ctx: CliContext,
  { socket, json, ...params }: Options & Params<'destination/test'>,
): Promise<ExitCode> {
  const { interrupted } = ctx.io;
  const question = (client: Client) => client.request('destination/test', params, interrupted);
  const { checks, usable } = await ask(ctx, { socket, json }, question, (reply) => texts.checks(reply.checks));
  printProblems(
    ctx.io,
    checks.flatMap(({ problem }) => problem ?? []),
  );
  return usable ? EXIT.ok : EXIT.problems;
}

/** The password is read from the terminal, or is the first line of the input: it never stands in a command line. */
export async function bringKeyCommand(
  ctx: CliContext,
  { socket, json, ...account }: Options & Omit<Params<'destination/bring-key'>, 'password'>,
): Promise<ExitCode> {
  const { io } = ctx;
  const password = await io.readSecret(texts.passwordOf(account.user, account.host));
  if (password === null) return EXIT.cancelled;
  const question = (client: Client) =>
    client.request('destination/bring-key', { ...account, password }, io.interrupted);
  await ask(ctx, { socket, json }, question, ({ outcome }) => [texts.brought[outcome]]);
  return EXIT.ok;
}

export async function lookCommand(
  ctx: CliContext,
  { socket, json, ...params }: Options & Params<'destination/look'>,
): Promise<ExitCode> {
  const { interrupted } = ctx.io;
  const question = (client: Client) => client.request('destination/look', params, interrupted);
  const { datasets } = await ask(ctx, { socket, json }, question, texts.look);
  const problems = datasets.flatMap(({ problem }) => problem ?? []);
  printProblems(ctx.io, problems);
  return problems.length === 0 ? EXIT.ok : EXIT.problems;
}
