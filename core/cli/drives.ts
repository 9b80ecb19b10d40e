/** `snapferry drives`: the external drives of the jobs, and ejecting one. */
import { drivesOf } from '../api/drive-status.ts';
import { en } from '../api/messages/en.ts';
import { ProblemError } from '../api/problem.ts';
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
export async function ejectCommand(
  ctx: CliContext,
  { socket, json, drive: wanted }: DrivesOptions & { readonly drive: string },
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
    const reply = await client.request('drive/eject', { poolGuid: drive.poolGuid }, io.interrupted);
    if (json) printJson(io.stdout, reply);
    else printLines(io.stdout, [driveTexts.ejected(visible(drive.name))]);
    return EXIT.ok;
  } finally {
    client.close();
  }
}
