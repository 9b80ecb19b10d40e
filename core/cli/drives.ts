/** `snapferry drives`: the external drives of the jobs; ejecting, checking or unlocking one. */
import { drivesOf } from '../api/drive-status.ts';
import { ProblemError } from '../api/problem.ts';
import type { DriveReport } from '../api/status.ts';
import type { Client } from '../api/wire/client.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { visible } from './text/width.ts';
import { driveTexts } from './texts-control.ts';
import { driveLines } from './view/drive.ts';

export interface DrivesOptions {
  readonly socket: string;
  readonly json: boolean;
}

/** Lists every drive once. */
export async function drivesCommand(ctx: CliContext, { socket, json }: DrivesOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client } = await ctx.connect(socket, io.interrupted);
  try {
    const status = await client.request('status', {}, io.interrupted);
    const drives = drivesOf(status);
    if (json) {
      printJson(io.stdout, {
        drives: drives.map(({ drive, jobs }) => ({ ...drive, jobs: jobs.map(({ name }) => name) })),
      });
    } else if (drives.length === 0) {
      printLines(io.stdout, [driveTexts.none]);
    } else {
      printLines(
        io.stdout,
        drives.flatMap((one) => driveLines(one, status.nowMs)),
      );
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

/** Has everything on a drive read by ZFS, or ends that. Throws as `ejectCommand`. */
export async function scrubCommand(
  ctx: CliContext,
  { stop, ...options }: OneDriveOptions & { readonly stop: boolean },
): Promise<ExitCode> {
  return withDrive(ctx, options, async (client, { poolGuid, name }) => {
    const reply = await client.request(stop ? 'drive/scrub-stop' : 'drive/scrub', { poolGuid }, ctx.io.interrupted);
    return { reply, line: stop ? driveTexts.scrubStopped(visible(name)) : driveTexts.scrubBegun(visible(name)) };
  });
}

/** Takes a drive out of its set; without `yes`, says what that costs. Throws as `ejectCommand`. */
export async function forgetCommand(
  ctx: CliContext,
  { yes, ...options }: OneDriveOptions & { readonly yes: boolean },
): Promise<ExitCode> {
  return withDrive(ctx, options, async (client, { poolGuid, name }) => {
    const reply = await client.request('drive/forget', { poolGuid, dryRun: !yes }, ctx.io.interrupted);
    const marks = reply.releases.map(({ row }) => visible(row.fullName));
    const said = driveTexts.forgets(visible(name), reply.jobs.map(visible).join(', '), marks);
    return { reply, line: yes ? driveTexts.forgotten(visible(name)) : said.join('\n') };
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
