/** `snapferry drives`: the external drives of the jobs; ejecting or unlocking one. */
import { drivesOf } from '../api/drive-status.ts';
import { en } from '../api/messages/en.ts';
import { ProblemError } from '../api/problem.ts';
import type { DriveReport } from '../api/status.ts';
import type { Client } from '../api/wire/client.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { visible } from './text/width.ts';
import { driveTexts } from './texts-control.ts';

export interface DrivesOptions {
  readonly socket: string;
  readonly json: boolean;
}

/** Lists every drive once. */
export async function drivesCommand(ctx: CliContext, { socket, json }: DrivesOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const drives = drivesOf(await client.request('status', {}, io.interrupted));
    if (json) {
      printJson(io.stdout, {
        drives: drives.map(({ drive, jobs }) => ({ ...drive, jobs: jobs.map(({ name }) => name) })),
      });
    } else if (drives.length === 0) {
      printLines(io.stdout, [driveTexts.none]);
    } else {
      const lines = drives.flatMap(({ drive, jobs }) => {
        const names = jobs.map(({ name }) => visible(name)).join(', ');
        const head = driveTexts.line(visible(drive.name), en.driveStates[drive.state], names);
        return drive.problem === null ? [head] : [head, `  ${drive.problem.happened}`, `  ${drive.problem.remedy}`];
      });
      printLines(io.stdout, lines);
    }
    return EXIT.ok;
  } finally {
    client.close();
  }
}

/** Ejects the drive of this name, pool or guid of its pool. Throws `request-invalid` where none or several are meant. */
export async function ejectCommand(ctx: CliContext, options: OneDriveOptions): Promise<ExitCode> {
  return withDrive(ctx, options, async (client, drive) => {
    const reply = await client.request('drive/eject', { poolGuid: drive.poolGuid }, ctx.io.interrupted);
    return { reply, line: driveTexts.ejected(visible(drive.name)) };
  });
}

/** Opens an encrypted drive with its passphrase, for the backup that follows. Throws as `ejectCommand`. */
export async function unlockCommand(ctx: CliContext, options: OneDriveOptions): Promise<ExitCode> {
  const passphrase = await ctx.io.readSecret(driveTexts.passphraseOf(visible(options.drive)));
  if (passphrase === null) return EXIT.cancelled;
  return withDrive(ctx, options, async (client, drive) => {
    const { poolGuid } = drive;
    const reply = await client.request('drive/unlock', { poolGuid, passphrase }, ctx.io.interrupted);
    return { reply, line: driveTexts.unlocked(visible(drive.name)) };
  });
}

interface OneDriveOptions extends DrivesOptions {
  readonly drive: string;
}

async function withDrive(
  ctx: CliContext,
  { socket, json, drive: wanted }: OneDriveOptions,
  work: (client: Client, drive: DriveReport) => Promise<{ readonly reply: object; readonly line: string }>,
): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const drives = drivesOf(await client.request('status', {}, io.interrupted)).map(({ drive }) => drive);
    const meant = drives.filter(({ name, pool, poolGuid }) => [name, pool, poolGuid].includes(wanted));
    const [drive] = meant;
    if (drive === undefined || meant.length > 1) {
      throw new ProblemError('request-invalid', {
        reason:
          drive === undefined ? `no job names a drive ${wanted}` : `several drives are called ${wanted}; give the guid`,
      });
    }
    const { reply, line } = await work(client, drive);
    if (json) printJson(io.stdout, reply);
    else printLines(io.stdout, [line]);
    return EXIT.ok;
  } finally {
    client.close();
  }
}
