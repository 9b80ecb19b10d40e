/** `snapferry abstractions`: the holds and bookmarks that jobs set, and how to be rid of them. */
import type { AbstractionRow, Reply } from '../api/contract.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines } from './io.ts';
import { type AccessPaths, withJobs } from './job-access.ts';
import { printProblems } from './print.ts';
import { visible } from './text/width.ts';
import { abstractionTexts } from './texts.ts';

export interface AbstractionsOptions extends AccessPaths {
  readonly job: string | null;
  readonly json: boolean;
}

export interface ReleaseOptions extends AbstractionsOptions {
  readonly which: 'stale' | 'all';
  readonly dryRun: boolean;
}

export async function abstractionsListCommand(ctx: CliContext, options: AbstractionsOptions): Promise<ExitCode> {
  const { io } = ctx;
  const reply = await withJobs(ctx, options, (jobs) => jobs.list(options.job));
  if (options.json) {
    printJson(io.stdout, reply);
  } else {
    const lines = reply.rows.map((row) => rowText(row) + (row.stale ? `  ${abstractionTexts.stale}` : ''));
    printLines(io.stdout, lines.length > 0 || reply.problems.length > 0 ? lines : [abstractionTexts.none]);
    printProblems(io, reply.problems);
  }
  return reply.problems.length > 0 ? EXIT.problems : EXIT.ok;
}

export async function abstractionsReleaseCommand(ctx: CliContext, options: ReleaseOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { job, which, dryRun } = options;
  const reply = await withJobs(ctx, options, (jobs) => jobs.release(job, which, dryRun));
  const failed = reply.releases.filter((release) => release.outcome === 'failed').length;
  if (options.json) {
    printJson(io.stdout, reply);
  } else {
    printLines(io.stdout, reply.releases.map(releaseText));
    printLines(io.stdout, [abstractionTexts.summary(reply.releases.length - failed, failed, dryRun)]);
    printProblems(io, [...reply.releases.flatMap(({ problem }) => problem ?? []), ...reply.problems]);
  }
  return failed > 0 || reply.problems.length > 0 ? EXIT.problems : EXIT.ok;
}

function rowText(row: AbstractionRow): string {
  const name = visible(row.fullName);
  const what = row.tag === null ? `${row.type} ${name}` : `${row.type} "${visible(row.tag)}" on ${name}`;
  return `${visible(row.host)}: ${what}`;
}

function releaseText({ row, outcome }: Reply<'abstractions/release'>['releases'][number]): string {
  const words = {
    released: abstractionTexts.released,
    'would-release': abstractionTexts.wouldRelease,
    failed: abstractionTexts.failed,
  };
  return `${rowText(row)}  ${words[outcome]}`;
}
