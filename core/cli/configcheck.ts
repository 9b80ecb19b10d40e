/** `snapferry configcheck`: whether a configuration is valid, and which of its jobs this version can run. */
import { dumpConfig } from '../config/dump.ts';
import { complaintsAsJson, configInvalid, formatComplaints } from '../config/format.ts';
import { runnable } from '../config/runnable.ts';
import type { Config } from '../config/types.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printLines, wantsColour, widthOf } from './io.ts';
import { type Line, paint, span } from './text/spans.ts';
import { padEnd, visible, wrap } from './text/width.ts';
import { configTexts } from './texts.ts';

export interface ConfigcheckOptions {
  readonly config: string;
  readonly what: 'all' | 'config' | 'jobs';
  readonly format: 'pretty' | 'yaml' | 'json';
}

export async function configcheckCommand(ctx: CliContext, options: ConfigcheckOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { config, problems, texts } = ctx.loadConfig(options.config);
  if (config === null) {
    if (options.format !== 'json') throw configInvalid(problems, texts);
    io.stdout.write(`${complaintsAsJson(problems)}\n`);
    return EXIT.config;
  }
  if (problems.length > 0) printLines(io.stderr, [formatComplaints(problems, texts)]);
  if (options.format !== 'pretty') io.stdout.write(dumpConfig(config, options.format));
  else printLines(io.stdout, summary(ctx, config, options));
  const refused = config.jobs.filter((job) => !runnable(job, config).ok);
  return options.what !== 'config' && refused.length > 0 ? EXIT.config : EXIT.ok;
}

function summary({ io }: CliContext, config: Config, options: ConfigcheckOptions): string[] {
  const width = widthOf(io.stdout);
  const lines: Line[] = [];
  if (options.what !== 'jobs') lines.push([span(configTexts.valid(options.config, config.jobs.length))]);
  const nameWidth = Math.max(0, ...config.jobs.map((job) => job.name.length)) + 2;
  for (const job of options.what === 'config' ? [] : config.jobs) {
    const verdict = runnable(job, config);
    const text = verdict.ok ? configTexts.runs : configTexts.doesNotRun(verdict.reasons);
    const head = `  ${padEnd(visible(job.name), nameWidth)}${job.type.padEnd(8)}`;
    const [first = '', ...rest] = wrap(visible(text), Math.max(20, width - head.length));
    lines.push([span(head), span(first, verdict.ok ? 'good' : 'bad')]);
    for (const more of rest) lines.push([span(' '.repeat(head.length)), span(more, 'bad')]);
  }
  const colour = wantsColour(io, io.stdout);
  return lines.map((line) => paint(line, Number.POSITIVE_INFINITY, colour));
}
