/** The subcommands that make jobs stand still and go on, as commander knows them. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { PAUSE_MAX_MS, PAUSE_MIN_MS, type PauseUntil, type StopHow } from '../api/control.ts';
import { LIMIT_MIN } from '../api/limit.ts';
import { parseSpan } from '../config/values/duration.ts';
import { parseSizeBits, wholeBytes } from '../config/values/size.ts';
import { confirmCommand } from './confirm.ts';
import type { CliContext } from './context.ts';
import { disksCommand } from './disks.ts';
import { drivesCommand, ejectCommand, forgetCommand, scrubCommand, unlockCommand } from './drives.ts';
import type { ExitCode } from './exit.ts';
import { helpTexts as help } from './help-texts.ts';
import { limitCommand } from './limit.ts';
import { pauseCommand, resumeCommand, stopCommand } from './pause.ts';

/** Options that many subcommands take. */
export interface CommonOptions {
  readonly socket: () => Option;
  readonly json: () => Option;
}

interface JobOptions {
  readonly socket: string;
  readonly json: boolean;
}

const FOR_DEFAULT: PauseUntil = { kind: 'for', durationMs: 60 * 60 * 1000 };

export function addControlCommands(
  program: Command,
  ctx: CliContext,
  done: (code: ExitCode) => void,
  { socket, json }: CommonOptions,
): void {
  program
    .command('pause')
    .description(help.pause)
    .argument('[job]', help.jobOrAll)
    .addOption(new Option('--for <span>', help.pauseFor).argParser(parseFor))
    .addOption(new Option('--until <when>', help.pauseUntil).choices(['tomorrow', 'told']).conflicts('for'))
    .addOption(new Option('--stop <when>', help.pauseStop).choices(['now', 'after-step', 'no']).default('now'))
    .addOption(json())
    .addOption(socket())
    .action(
      async (
        job: string | undefined,
        options: JobOptions & { for?: PauseUntil; until?: 'tomorrow' | 'told'; stop: StopHow | 'no' },
      ) => {
        const until = options.until === undefined ? (options.for ?? FOR_DEFAULT) : { kind: options.until };
        const stop = options.stop === 'no' ? null : options.stop;
        done(await pauseCommand(ctx, { ...options, job: job ?? null, until, stop }));
      },
    );

  program
    .command('resume')
    .description(help.resume)
    .argument('[job]', help.jobOrAll)
    .addOption(json())
    .addOption(socket())
    .action(async (job: string | undefined, options: JobOptions) =>
      done(await resumeCommand(ctx, { ...options, job: job ?? null })),
    );

  program
    .command('stop')
    .description(help.stop)
    .argument('[job]', help.jobOrAll)
    .option('--after-step', help.stopAfterStep, false)
    .addOption(json())
    .addOption(socket())
    .action(async (job: string | undefined, options: JobOptions & { afterStep: boolean }) => {
      const how = options.afterStep ? 'after-step' : 'now';
      done(await stopCommand(ctx, { ...options, job: job ?? null, how }));
    });

  program
    .command('limit')
    .description(help.limit)
    .argument('[rate]', help.limitRate, parseRate)
    .addOption(json())
    .addOption(socket())
    .action(async (bytesPerSecond: number | null | undefined, options: JobOptions) =>
      done(await limitCommand(ctx, { ...options, bytesPerSecond })),
    );

  const drives = program.command('drives').description(help.drives);
  drives
    .command('list', { isDefault: true })
    .description(help.drivesList)
    .addOption(json())
    .addOption(socket())
    .action(async (options: JobOptions) => done(await drivesCommand(ctx, options)));
  drives
    .command('eject')
    .description(help.drivesEject)
    .argument('<drive>', help.driveName)
    .addOption(json())
    .addOption(socket())
    .action(async (drive: string, options: JobOptions) => done(await ejectCommand(ctx, { ...options, drive })));

  drives
    .command('scrub')
    .description(help.drivesScrub)
    .argument('<drive>', help.driveName)
    .option('--stop', help.scrubStop, false)
    .addOption(json())
    .addOption(socket())
    .action(async (drive: string, options: JobOptions & { stop: boolean }) =>
      done(await scrubCommand(ctx, { ...options, drive })),
    );

  drives
    .command('forget')
    .description(help.drivesForget)
    .argument('<drive>', help.driveName)
    .option('--yes', help.forgetYes, false)
    .addOption(json())
    .addOption(socket())
    .action(async (drive: string, options: JobOptions & { yes: boolean }) =>
      done(await forgetCommand(ctx, { ...options, drive })),
    );

  drives
    .command('unlock')
    .description(help.drivesUnlock)
    .argument('<drive>', help.driveName)
    .addOption(json())
    .addOption(socket())
    .action(async (drive: string, options: JobOptions) => done(await unlockCommand(ctx, { ...options, drive })));
  drives
    .command('disks')
    .description(help.drivesDisks)
    .addOption(json())
    .addOption(socket())
    .action(async (options: JobOptions) => done(await disksCommand(ctx, options)));

  program
    .command('confirm')
    .description(help.confirm)
    .argument('<number>', help.nonce)
    .option('--yes', help.yes, false)
    .addOption(json())
    .addOption(socket())
    .action(async (nonce: string, options: JobOptions & { yes: boolean }) =>
      done(await confirmCommand(ctx, { ...options, nonce })),
    );
}

function parseRate(text: string): number | null {
  if (text === 'none') return null;
  const bits = parseSizeBits(text);
  const bytes = bits.ok ? wholeBytes(bits.value) : 0;
  if (bytes < LIMIT_MIN) throw new InvalidArgumentError(help.limitWrong);
  return bytes;
}

function parseFor(text: string): PauseUntil {
  const span = parseSpan(text);
  const durationMs = span.ok ? span.value * 1000 : 0;
  if (durationMs < PAUSE_MIN_MS || durationMs > PAUSE_MAX_MS) throw new InvalidArgumentError(help.pauseForWrong);
  return { kind: 'for', durationMs };
}
