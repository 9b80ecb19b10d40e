/** `snapferry config` and its subcommands, as commander knows them. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ConfigChange, ConfigEdit } from '../api/config.ts';
import { newDriveSchema } from '../api/drive-making.ts';
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

interface DriveOptions {
  readonly pool: string;
  readonly poolGuid: string;
  readonly rootFs: string;
  readonly name?: string;
}

const OPTION_OF: Readonly<Record<string, string>> = {
  pool: '--pool',
  poolGuid: '--pool-guid',
  rootFs: '--root-fs',
  title: '--name',
};

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
  changing('add-drive', help.configAddDrive)
    .argument('<job>', help.job)
    .requiredOption('--pool <pool>', help.newDrivePool)
    .requiredOption('--pool-guid <guid>', help.newDriveGuid)
    .requiredOption('--root-fs <dataset>', help.newDriveRoot)
    .option('--name <name>', help.newDriveName)
    .action((job: string, options: Options & DriveOptions, command: Command) => {
      const { pool, poolGuid, rootFs, name } = options;
      const read = newDriveSchema.safeParse({ title: name ?? pool, pool, poolGuid, rootFs, keyFile: null });
      if (read.success) return edit(options, { op: 'add-drive', job, drive: read.data });
      const wrong = read.error.issues.map(({ path }) => OPTION_OF[String(path[0])] ?? '').join(', ');
      return command.error(`error: ${help.newDriveWrong(wrong)}`);
    });
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
