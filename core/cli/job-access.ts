/**
 * Questions about jobs that the daemon answers if it runs, and that this process answers from the configuration if it does
 * not: plans and marks.
 */
import type { Reply } from '../api/contract.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { JobPlan } from '../api/status.ts';
import { configInvalid } from '../config/format.ts';
import type { Config } from '../config/types.ts';
import { listMarksOf, releaseMarksOf } from '../job/ask-marks.ts';
import type { Job } from '../job/types.ts';
import { SILENT_LOG } from '../monitoring/log.ts';
import { askConfirmed } from './consent.ts';
import type { CliContext, Engine } from './context.ts';
import { printLines } from './io.ts';
import { localTexts } from './texts.ts';

export interface JobAccess {
  plan(job: string): Promise<JobPlan>;
  list(job: string | null): Promise<Reply<'abstractions/list'>>;
  release(job: string | null, which: 'stale' | 'all', dryRun: boolean): Promise<Reply<'abstractions/release'>>;
}

export interface AccessPaths {
  readonly socket: string;
  readonly config: string;
}

/** Lets `ask` question the daemon, or this process where no daemon answers; says so in the latter case. */
export async function withJobs<T>(
  ctx: CliContext,
  { socket, config }: AccessPaths,
  ask: (jobs: JobAccess) => Promise<T>,
): Promise<T> {
  const { io } = ctx;
  const connected = await ctx.connect(socket, io.interrupted).catch((thrown: unknown) => {
    if (asProblemError(thrown).code === 'daemon-unreachable') return null;
    throw thrown;
  });
  if (connected !== null) {
    const { client } = connected;
    try {
      return await ask({
        plan: (job) => client.request('plan', { job }, io.interrupted),
        list: (job) => client.request('abstractions/list', { job }, io.interrupted),
        release: (job, which, dryRun) => askConfirmed(io, client, 'abstractions/release', { job, which, dryRun }),
      });
    } finally {
      client.close();
    }
  }
  const loaded = ctx.loadConfig(config);
  if (loaded.config === null) throw configInvalid(loaded.problems, loaded.texts);
  printLines(io.stderr, [localTexts.inProcess(config)]);
  const engine = ctx.openEngine(loaded.config, SILENT_LOG);
  try {
    return await ask(localAccess(loaded.config, engine, io.interrupted));
  } finally {
    await engine.close();
  }
}

function localAccess(config: Config, engine: Engine, signal: AbortSignal): JobAccess {
  const make = (name: string): Job => {
    const found = config.jobs.find((job) => job.name === name);
    if (found === undefined) throw new ProblemError('job-unknown', { job: name });
    return engine.makeJob(found);
  };
  const jobs = { names: config.jobs.map((job) => job.name), job: make };
  return {
    plan: async (job) => make(job).plan(signal),
    list: (job) => listMarksOf(jobs, job, signal),
    release: (job, which, dryRun) => releaseMarksOf(jobs, job, which, dryRun, signal),
  };
}
