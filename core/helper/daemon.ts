/** The daemon: jobs, status and control socket from start to end. What a job is made of comes from outside. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../api/clock.ts';
import type { DaemonStatus } from '../api/status.ts';
import type { ReloadPlan } from '../config/reload-plan.ts';
import type { Machine } from '../host/machine.ts';
import type { Throttle } from '../job/bandwidth.ts';
import type { SpaceBook } from '../job/space-book.ts';
import type { Surroundings } from '../job/surroundings.ts';
import type { Job } from '../job/types.ts';
import type { DiagnosticsVersions } from '../monitoring/diagnostics/bundle.ts';
import type { Log } from '../monitoring/log.ts';
import { ConditionsWatch } from './conditions-watch.ts';
import { ConfigVerbs } from './config-verbs.ts';
import { Consents } from './consents.ts';
import { createDiagnostics } from './diagnostics.ts';
import { Door } from './door.ts';
import { createHandlers, describeFor } from './handlers.ts';
import type { KeepAwake } from './keep-awake.ts';
import type { ControlServer } from './server.ts';
import { serveSockets } from './sockets.ts';
import type { DaemonState } from './state.ts';
import { StatusHub } from './status-hub.ts';
import { type JobConfigHead, Supervisor } from './supervisor.ts';
import { untilUnused } from './unused.ts';
import type { AllowedUser } from './users.ts';

/** How long the disk may take to note how they ended. */
const STATE_GRACE_MS = 5000;

const RELOAD_AFTER_MS = 500;

/** How long jobs may take to end before the daemon ends without them. */
const STOP_GRACE_MS = 20_000;

/** Another configuration, and which of the jobs at work it touches. */
export interface Reread<C> {
  readonly jobs: readonly C[];
  readonly plan: ReloadPlan;
  /** Called when the jobs that it ends have ended. */
  readonly done: () => void;
}

export interface DaemonOptions<C extends JobConfigHead> {
  readonly jobs: readonly C[];
  /** May throw a `ProblemError`: the job then stands in the status with it and does not run. */
  readonly makeJob: (config: C) => Job;
  /**
   * What the configuration says now, when it is to be read again. Null, or without it: the daemon ends to begin anew as a whole.
   * Must not throw.
   */
  readonly reread?: () => Reread<C> | null;
  readonly configFile: string;
  readonly socketPath: string;
  readonly version: string;
  readonly commands: () => DaemonStatus['commands'];
  /** What is remembered beyond this daemon. Must not reject. */
  readonly openState: () => Promise<DaemonState>;
  readonly surroundings: Surroundings;
  /** The one by which the jobs send. */
  readonly throttle: Throttle;
  /** What the jobs note of free space; without it, nothing of it is remembered beyond this daemon. */
  readonly space?: SpaceBook;
  readonly clock: Clock;
  readonly log: Log;
  /** The last lines of the log, newest last; those of daemons before this one may be among them. */
  readonly recentLines?: () => readonly string[];
  /** Of what this daemon works with. Must not reject. */
  readonly versions?: () => Promise<DiagnosticsVersions>;
  /** Hears of every change, and who wanted it. */
  readonly audit: Log;
  /** Who may ask besides root, or whoever runs the daemon. */
  readonly users: readonly AllowedUser[];
  /** What is known of this machine; without it, nothing, and nothing holds jobs back because of it. */
  readonly machine?: Machine;
  readonly keepAwake?: KeepAwake;
  /** Jobs whose runs the daemon before was stopped in: they go on. */
  readonly goOn?: readonly string[];
  readonly stopGraceMs?: number;
  /** Ends by itself when nobody has been connected and no run at work for so long; without it, never. */
  readonly endsUnusedAfterMs?: number;
  /** Called when the socket answers. */
  readonly onReady?: () => void;
}

/** How the daemon has ended. */
export interface DaemonEnd {
  /** Jobs that did not end in time. */
  readonly left: readonly string[];
  /** Not because it was told to end, but to begin anew with the configuration as it is now. */
  readonly reload: boolean;
  /** Jobs of which a run was at work. */
  readonly interrupted: readonly string[];
}

/**
 * Runs until aborted, or until the configuration is to be read again; then ends all jobs, waiting a bounded time. Throws
 * `daemon-running` or `socket-unusable` before any job has started.
 */
export async function runDaemon<C extends JobConfigHead>(
  options: DaemonOptions<C>,
  outer: AbortSignal,
): Promise<DaemonEnd> {
  const { clock, log, stopGraceMs = STOP_GRACE_MS } = options;
  const again = new AbortController();
  const unused = new AbortController();
  const stuck = new AbortController();
  const signal = AbortSignal.any([outer, again.signal, unused.signal, stuck.signal]);
  const state = await options.openState();
  const { pauses } = state;
  if (options.space !== undefined) await state.space.follow(options.space);
  const conditions = new ConditionsWatch(options.machine ?? null, options.jobs, clock);
  const holds = {
    pauseOf: (job: string) => pauses.of(job),
    heldOf: (job: string) => [...pauses.heldOf(job), ...conditions.heldOf(job)],
  };
  const supervisor = Supervisor.from(options.jobs, options.makeJob, state.journal, log, holds);
  const { version, configFile, commands } = options;
  const whole = () => ({ state: state.status(), paused: pauses.of(null), conditions: conditions.now });
  const hub = new StatusHub(supervisor.sources, { version, configFile, commands, whole }, clock);
  const consents = new Consents({ clock, makeNonce: () => randomBytes(16).toString('hex') });
  let left: readonly string[] = [];
  const change = async (): Promise<void> => {
    const next = options.reread?.() ?? null;
    if (next === null || next.plan.everything) {
      again.abort();
      return;
    }
    const { restarted, added, removed } = next.plan;
    log.info({ restarted, added, removed }, 'the configuration was read again');
    conditions.setJobs(next.jobs);
    left = await supervisor.change(next.plan, next.jobs, options.makeJob, stopGraceMs, clock);
    if (left.length > 0) stuck.abort();
    else {
      next.done();
      hub.become(supervisor.sources);
    }
  };
  // What cannot be changed in passing is begun anew: the new text was agreed to, and must not stand there without being followed.
  const changeOrBegin = (): Promise<void> =>
    change().catch((err: unknown) => {
      log.error({ err }, 'going over to the new configuration met a defect; the daemon begins anew');
      again.abort();
    });
  const reload = createReload(changeOrBegin, clock, signal);
  const config = new ConfigVerbs({ file: configFile, nowMs: () => clock.nowMs(), reload: reload.soon });
  const { surroundings, throttle } = options;
  const diagnostics = createDiagnostics({
    hub,
    history: state.history,
    configText: () => config.diagnose(),
    recentLines: options.recentLines ?? (() => []),
    versions: options.versions ?? (async () => ({ here: {}, zfs: [] })),
  });
  const { history } = state;
  const parts = { supervisor, hub, history, pauses, consents, config, surroundings, throttle, diagnostics };
  const handlers = createHandlers(parts);
  const door = new Door({ handlers, consents, describe: describeFor(parts), clock, audit: options.audit });
  let server: ControlServer;
  try {
    // The socket comes before the jobs: it is what keeps a second daemon from working on the same datasets.
    server = await serveSockets({ socketPath: options.socketPath, users: options.users, door, hub, clock, log });
  } catch (thrown) {
    await state.close();
    throw thrown;
  }
  state.onChange(() => hub.touch(null));
  const holdsChanged = (): void => {
    supervisor.applyHolds();
    hub.touch(null);
  };
  pauses.onChange(holdsChanged);
  conditions.onChange(holdsChanged);
  const holdsOver = [pauses.run(signal), conditions.run(signal, () => options.keepAwake?.want(supervisor.keepsAwake))];
  supervisor.start((job) => hub.touch(job));
  log.info({ socket: options.socketPath, jobs: options.jobs.length }, 'the daemon has started');
  goOn(supervisor, options.goOn ?? []);
  const { endsUnusedAfterMs } = options;
  if (endsUnusedAfterMs !== undefined) {
    const use = () => ({ connections: server.connections(), atWork: supervisor.atWork.length });
    void untilUnused(use, endsUnusedAfterMs, clock, signal).then((is) => is && unused.abort());
  }
  options.onReady?.();

  await aborted(signal);
  const reloads = !outer.aborted && !unused.signal.aborted;
  await reload.settled();
  log.info({ reload: reloads, unused: unused.signal.aborted }, 'the daemon is ending');
  const interrupted = supervisor.atWork;
  left = [...new Set([...left, ...(await supervisor.stop(stopGraceMs, clock))])];
  if (left.length > 0) log.warn({ jobs: left }, 'jobs did not end in time and are left behind');
  hub.stop();
  await Promise.all([...holdsOver, options.keepAwake?.stop()]);
  await server.close();
  await withinGrace(state.close(), clock);
  return { left, reload: reloads, interrupted };
}

/** Reads the configuration again, one change after the other: however often it is asked for meanwhile, that is one more. */
function createReload(change: () => Promise<void>, clock: Clock, signal: AbortSignal) {
  let wanted = false;
  let work: Promise<void> | null = null;
  const go = async (): Promise<void> => {
    while (wanted && !signal.aborted) {
      // Whoever has asked for it gets the answer first.
      await clock.sleep(RELOAD_AFTER_MS, signal);
      wanted = false;
      await change();
    }
  };
  return {
    soon: (): void => {
      wanted = true;
      work ??= go()
        .catch(() => {})
        .finally(() => {
          work = null;
        });
    },
    /** Resolves when no change is at work. */
    settled: async (): Promise<void> => {
      await work;
    },
  };
}

/** Runs that were stopped for a new configuration; a job that is gone or off has none. */
function goOn(supervisor: Supervisor, names: readonly string[]): void {
  for (const name of names) supervisor.goOn(name);
}

/** A disk that does not answer must not keep the daemon from ending. */
async function withinGrace(work: Promise<void>, clock: Clock): Promise<void> {
  const patience = new AbortController();
  await Promise.race([work, clock.sleep(STATE_GRACE_MS, patience.signal).catch(() => {})]);
  patience.abort();
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
