/** The command line: which subcommands there are, what they take, and which exit code they give. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { SOCKET_PATH_DEFAULT } from '../api/contract.ts';
import { abstractionsListCommand, abstractionsReleaseCommand } from './abstractions.ts';
import { configcheckCommand } from './configcheck.ts';
import { type CliContext, CONFIG_PATH_DEFAULT, STATE_FOLDER_DEFAULT } from './context.ts';
import { daemonCommand } from './daemon.ts';
import { diagnosticsCommand } from './diagnostics.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { helpTexts as help } from './help-texts.ts';
import { historyCommand } from './history.ts';
import { widthOf } from './io.ts';
import { openCommand } from './open.ts';
import { planCommand } from './plan.ts';
import { reportFailure } from './print.ts';
import { addConfigCommands } from './program-config.ts';
import { addControlCommands } from './program-control.ts';
import { addServiceCommands } from './program-service.ts';
import { addSurroundingsCommands } from './program-surroundings.ts';
import { runCommand } from './run.ts';
import { signalCommand } from './signal.ts';
import { statusCommand } from './status.ts';
import { versionCommand } from './version.ts';

const HISTORY_LIMIT_DEFAULT = 20;

/** Runs one command line (without the names of node and of the program) and gives its exit code. Never rejects. */
export async function runProgram(args: readonly string[], ctx: CliContext): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = buildProgram(ctx, (exit) => {
    code = exit;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportFailure(ctx.io, thrown, args.includes('--json'));
  }
}

/** The whole command line as commander knows it; `done` hears the exit code of the subcommand that ran. */
export function buildProgram(ctx: CliContext, done: (code: ExitCode) => void): Command {
  const { io } = ctx;
  const program = new Command('snapferry')
    .description(help.program)
    .version(ctx.version, '--version', help.versionOption)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
    })
    .addHelpText('after', `\n${help.exitCodes}`)
    .showHelpAfterError(help.afterError);

  const socket = (): Option =>
    new Option('--socket <path>', help.socket).env('SNAPFERRY_SOCKET').default(SOCKET_PATH_DEFAULT);
  const config = (): Option => new Option('--config <file>', help.config).default(CONFIG_PATH_DEFAULT);
  const json = (): Option => new Option('--json', help.json).default(false);
  const jobFilter = (): Option => new Option('--job <name>', help.jobFilter).default(null);

  program
    .command('daemon')
    .description(help.daemon)
    .addOption(config())
    .addOption(new Option('--socket <path>', help.daemonSocket).env('SNAPFERRY_SOCKET').default(null))
    .addOption(new Option('--state <folder>', help.state).env('SNAPFERRY_STATE').default(STATE_FOLDER_DEFAULT))
    .option('--on-demand', help.onDemand, false)
    .action(async (options: { config: string; socket: string | null; state: string; onDemand: boolean }) =>
      done(await daemonCommand(ctx, { ...options, socketDefault: SOCKET_PATH_DEFAULT })),
    );

  program
    .command('status')
    .description(help.status)
    .addOption(json())
    .option('--watch', help.watch, false)
    .addOption(jobFilter())
    .addOption(socket())
    .action(async (options: { json: boolean; watch: boolean; job: string | null; socket: string }) =>
      done(await statusCommand(ctx, options)),
    );

  program
    .command('open')
    .description(help.open)
    .option('--print', help.printAddress, false)
    .option('--background', help.background, false)
    .option('--browser', help.inBrowser, false)
    .addOption(socket())
    .action(async (options: { print: boolean; background: boolean; browser: boolean; socket: string }) =>
      done(await openCommand(ctx, options)),
    );

  program
    .command('history')
    .description(help.history)
    .addOption(jobFilter())
    .addOption(new Option('--limit <n>', help.historyLimit).argParser(parseLimit).default(HISTORY_LIMIT_DEFAULT))
    .addOption(json())
    .addOption(socket())
    .action(async (options: { job: string | null; limit: number; json: boolean; socket: string }) =>
      done(await historyCommand(ctx, options)),
    );

  program
    .command('diagnostics')
    .description(help.diagnostics)
    .addOption(new Option('--output <file>', help.diagnosticsOutput).default(null))
    .addOption(socket())
    .addOption(config())
    .action(async (options: { output: string | null; socket: string; config: string }) =>
      done(await diagnosticsCommand(ctx, options)),
    );

  program
    .command('run')
    .description(help.run)
    .argument('<job>', help.job)
    .option('--wait', help.wait, false)
    .option('--no-snapshot', help.noSnapshot)
    .addOption(json())
    .addOption(socket())
    .action(async (job: string, options: { wait: boolean; snapshot: boolean; json: boolean; socket: string }) =>
      done(await runCommand(ctx, { ...options, job })),
    );

  program
    .command('signal')
    .description(help.signal)
    .argument('<wakeup|reset>', help.signalOp, parseOp)
    .argument('<job>', help.job)
    .addOption(socket())
    .action(async (op: 'wakeup' | 'reset', job: string, options: { socket: string }) =>
      done(await signalCommand(ctx, { ...options, op, job })),
    );

  addControlCommands(program, ctx, done, { socket, json });
  addConfigCommands(program, ctx, done, { socket, json });
  addSurroundingsCommands(program, ctx, done, { socket, json });
  addServiceCommands(program, ctx, done);

  program
    .command('configcheck')
    .description(help.configcheck)
    .addOption(config())
    .addOption(new Option('--what <part>', help.what).choices(['all', 'config', 'jobs']).default('all'))
    .addOption(new Option('--format <format>', help.format).choices(['pretty', 'yaml', 'json']).default('pretty'))
    .action(async (options: { config: string; what: 'all' | 'config' | 'jobs'; format: 'pretty' | 'yaml' | 'json' }) =>
      done(await configcheckCommand(ctx, options)),
    );

  program
    .command('plan')
    .description(help.plan)
    .argument('<job>', help.job)
    .addOption(json())
    .addOption(socket())
    .addOption(config())
    .action(async (job: string, options: { json: boolean; socket: string; config: string }) =>
      done(await planCommand(ctx, { ...options, job })),
    );

  const abstractions = program.command('abstractions').description(help.abstractions);
  interface MarkOptions {
    job: string | null;
    json: boolean;
    socket: string;
    config: string;
  }
  const marks = (name: string, description: string): Command =>
    abstractions
      .command(name)
      .description(description)
      .addOption(jobFilter())
      .addOption(json())
      .addOption(socket())
      .addOption(config());
  marks('list', help.abstractionsList).action(async (options: MarkOptions) =>
    done(await abstractionsListCommand(ctx, options)),
  );
  for (const which of ['stale', 'all'] as const) {
    const description = which === 'stale' ? help.releaseStale : help.releaseAll;
    marks(`release-${which}`, description)
      .option('--dry-run', help.dryRun, false)
      .action(async (options: MarkOptions & { dryRun: boolean }) =>
        done(await abstractionsReleaseCommand(ctx, { ...options, which })),
      );
  }

  program
    .command('version')
    .description(help.version)
    .addOption(json())
    .addOption(socket())
    .action(async (options: { json: boolean; socket: string }) => done(await versionCommand(ctx, options)));

  return program;
}

function parseLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw new InvalidArgumentError(help.historyLimitWrong);
  return limit;
}

function parseOp(text: string): 'wakeup' | 'reset' {
  if (text === 'wakeup' || text === 'reset') return text;
  throw new InvalidArgumentError(help.signalOpWrong);
}
