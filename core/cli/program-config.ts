/** `snapferry config` and its subcommands, as commander knows them. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ConfigChange, ConfigEdit } from '../api/config.ts';
import { ProblemError } from '../api/problem.ts';
import { configChangeCommand, configGetCommand, configReloadCommand } from './config-command.ts';
import type { CliContext } from './context.ts';
import type { ExitCode } from './exit.ts';
import { helpTexts as help } from './help-texts.ts';
import type { CommonOptions } from './program-control.ts';

interface Options {
  readonly socket: string;
  readonly json: boolean;
  readonly dryRun: boolean;
}

export function addConfigCommands(
  program: Command,
  ctx: CliContext,
  done: (code: ExitCode) => void,
  { socket, json }: CommonOptions,
): void {
  const config = program.command('config').description(help.configProgram);
  const change = async (options: Options, what: ConfigChange) =>
    done(await configChangeCommand(ctx, { ...options, change: what }));
  const edit = (options: Options, one: ConfigEdit) => change(options, { kind: 'edits', edits: [one] });
  const changing = (name: string, description: string): Command =>
    config
      .command(name)
      .description(description)
      .option('--dry-run', help.configDryRun, false)
      .addOption(json())
      .addOption(socket());

  config
    .command('get')
    .description(help.configGet)
    .addOption(json())
    .addOption(socket())
    .action(async (options: Options) => done(await configGetCommand(ctx, options)));
  changing('put', help.configPut)
    .argument('<file>', help.configPutFile)
    .action((file: string, options: Options) => change(options, { kind: 'text', text: textOf(file) }));
  changing('disable', help.configDisable)
    .argument('<job>', help.job)
    .action((job: string, options: Options) => edit(options, { op: 'disable', job, disabled: true }));
  changing('enable', help.configEnable)
    .argument('<job>', help.job)
    .action((job: string, options: Options) => edit(options, { op: 'disable', job, disabled: false }));
  changing('title', help.configTitle)
    .argument('<job>', help.job)
    .argument('<title>', help.configTitleText)
    .action((job: string, title: string, options: Options) => edit(options, { op: 'title', job, title }));
  changing('remove', help.configRemove)
    .argument('<job>', help.job)
    .action((job: string, options: Options) => edit(options, { op: 'remove', job }));
  config
    .command('reload')
    .description(help.configReload)
    .addOption(socket())
    .action(async (options: Options) => done(await configReloadCommand(ctx, options)));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProblemError('request-invalid', { reason: `${file} cannot be read: ${reason}` }, { cause });
  }
}
