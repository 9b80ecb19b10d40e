/** `snapferry history`: what became of the runs, newest first. */
import { HISTORY_PAGE_MAX, type HistoryEntry } from '../api/history.ts';
import type { Client } from '../api/wire/client.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines, wantsColour, widthOf } from './io.ts';
import { historyTexts } from './texts.ts';
import { renderHistory } from './view/history.ts';

export interface HistoryOptions {
  readonly socket: string;
  readonly job: string | null;
  readonly limit: number;
  readonly json: boolean;
}

export async function historyCommand(ctx: CliContext, options: HistoryOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(options.socket, io.interrupted);
  try {
    const { entries, more } = await ask(client, options, io.interrupted);
    if (options.json) {
      printJson(io.stdout, { entries, more });
      return EXIT.ok;
    }
    const lines = renderHistory(entries, { width: widthOf(io.stdout), colour: wantsColour(io, io.stdout) });
    printLines(io.stdout, entries.length === 0 ? [historyTexts.none] : lines);
    if (more) printLines(io.stderr, [historyTexts.more(options.limit)]);
    return EXIT.ok;
  } finally {
    client.close();
  }
}

/** As many as are wanted, in pages of what one answer may hold. */
async function ask(
  client: Client,
  { job, limit }: HistoryOptions,
  signal: AbortSignal,
): Promise<{ entries: readonly HistoryEntry[]; more: boolean }> {
  const entries: HistoryEntry[] = [];
  for (;;) {
    const beforeId = entries.at(-1)?.id ?? null;
    const wanted = Math.min(limit - entries.length, HISTORY_PAGE_MAX);
    const page = await client.request('history', { job, beforeId, limit: wanted }, signal);
    entries.push(...page.entries);
    if (!page.more || page.entries.length === 0 || entries.length >= limit) return { entries, more: page.more };
  }
}
