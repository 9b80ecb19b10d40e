/** The daemon: jobs, status and control socket from start to end. What a job is made of comes from outside. */
import type { Clock } from '../api/clock.ts';
import type { DaemonStatus } from '../api/status.ts';
import type { Job } from '../job/types.ts';
import type { Log } from '../monitoring/log.ts';
import { createHandlers } from './handlers.ts';
import { serveControl } from './server.ts';
import { StatusHub } from './status-hub.ts';
import { type JobConfigHead, Supervisor } from './supervisor.ts';

/** How long jobs may take to end before the daemon ends without them. */
const STOP_GRACE_MS = 20_000;

export interface DaemonOptions<C extends JobConfigHead> {
  readonly jobs: readonly C[];
  /** May throw a `ProblemError`: the job then stands in the status with it and does not run. */
  readonly makeJob: (config: C) => Job;
  readonly configFile: string;
  readonly socketPath: string;
  readonly version: string;
  readonly commands: () => DaemonStatus['commands'];
  readonly clock: Clock;
  readonly log: Log;
  readonly stopGraceMs?: number;
  /** Called when the socket answers. */
  readonly onReady?: () => void;
}

/**
 * Runs until aborted, then ends all jobs, waiting a bounded time. Gives the names of jobs that did not end in time. Throws
 * `daemon-running` or `socket-unusable` before any job has started.
 */
export async function runDaemon<C extends JobConfigHead>(
  options: DaemonOptions<C>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { clock, log } = options;
  const supervisor = Supervisor.from(options.jobs, options.makeJob, log);
  const facts = { version: options.version, configFile: options.configFile, commands: options.commands };
  const hub = new StatusHub(supervisor.sources, facts, clock);
  // The socket comes first: it is what keeps a second daemon from working on the same datasets.
  const server = await serveControl(options.socketPath, createHandlers(supervisor, hub), hub, log);
  supervisor.start((job) => hub.touch(job));
  log.info({ socket: options.socketPath, jobs: options.jobs.length }, 'the daemon has started');
  options.onReady?.();

  await aborted(signal);
  log.info({}, 'the daemon is ending');
  const left = await supervisor.stop(options.stopGraceMs ?? STOP_GRACE_MS, clock);
  if (left.length > 0) log.warn({ jobs: left }, 'jobs did not end in time and are left behind');
  hub.stop();
  await server.close();
  return left;
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
