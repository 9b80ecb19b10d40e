/** `snapferry daemon`: the composition root. It alone knows the helper. */
import { join } from 'node:path';
import { configInvalid, formatComplaints } from '../config/format.ts';
import { planReload } from '../config/reload-plan.ts';
import type { Config, JobConfig } from '../config/types.ts';
import { askerOf, withAsker } from '../helper/asker.ts';
import { type DaemonEnd, type Reread, runDaemon } from '../helper/daemon.ts';
import { KeepAwake } from '../helper/keep-awake.ts';
import { openState } from '../helper/state.ts';
import { type AllowedUser, allowedUsers } from '../helper/users.ts';
import { createLog, type Log, type LogLevel } from '../monitoring/log.ts';
import { RecentLines } from '../monitoring/recent-lines.ts';
import type { CliContext, Engine } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printLines } from './io.ts';
import { beginConfiguration, UNUSED_MS } from './on-demand.ts';
import { reportFailure } from './print.ts';
import { programVersions } from './program-versions.ts';

export interface DaemonCommandOptions {
  readonly config: string;
  /** Null: what the configuration says. */
  readonly socket: string | null;
  readonly socketDefault: string;
  /** Folder for what is remembered beyond the end of the daemon. */
  readonly state: string;
  /** Started with pkexec for whoever asked: serves them too, and ends when nobody needs it any more. */
  readonly onDemand: boolean;
}

/** Runs in the foreground until interrupted. Throws `config-invalid`, `daemon-running` or `socket-unusable`. */
export async function daemonCommand(ctx: CliContext, options: DaemonCommandOptions): Promise<ExitCode> {
  const asker = options.onDemand ? await askerOf(ctx.io, ctx.lookUp) : null;
  if (asker !== null) await beginConfiguration(ctx.installation, options.config);
  let config = read(ctx, options.config);
  let goOn: readonly string[] = [];
  const recent = new RecentLines(ctx.io.stdout);
  for (;;) {
    const end = await serve(ctx, options, config, { goOn, asker, recent });
    if (!end.reload) return end.left.length === 0 ? EXIT.ok : EXIT.failed;
    // What did not end would work beside its successor on the same datasets.
    if (end.left.length > 0) return EXIT.failed;
    goOn = end.interrupted;
    config = readOr(ctx, options.config, config);
  }
}

/** It was checked when somebody asked for it to be read again. What was good before is better than nothing. */
function readOr(ctx: CliContext, path: string, before: Config): Config {
  try {
    return read(ctx, path);
  } catch (thrown) {
    reportFailure(ctx.io, thrown, false);
    return before;
  }
}

function read(ctx: CliContext, path: string): Config {
  const { config, problems, texts } = ctx.loadConfig(path);
  if (config === null) throw configInvalid(problems, texts);
  if (problems.length > 0) printLines(ctx.io.stderr, [formatComplaints(problems, texts)]);
  return config;
}

interface ServeOptions {
  /** Jobs whose runs go on. */
  readonly goOn: readonly string[];
  readonly asker: AllowedUser | null;
  readonly recent: RecentLines;
}

async function serve(
  ctx: CliContext,
  options: DaemonCommandOptions,
  config: Config,
  { goOn, asker, recent }: ServeOptions,
): Promise<DaemonEnd> {
  const { io } = ctx;
  const log = createLog(recent, levelOf(config));
  warnOfUnbuilt(config, log);
  const users = withAsker(await usersOf(ctx, config, log), asker);
  const engine = ctx.openEngine(config, log, options.state);
  let current = config;
  const reread = (): Reread<JobConfig> => {
    const next = readOr(ctx, options.config, current);
    const plan = planReload(current, next);
    if (plan.everything) return { jobs: next.jobs, plan, done: () => {} };
    current = next;
    return { jobs: next.jobs, plan, done: engine.configure(next) };
  };
  try {
    return await runDaemon(
      {
        jobs: config.jobs,
        makeJob: (job) => engine.makeJob(job),
        reread,
        configFile: options.config,
        socketPath: options.socket ?? config.global.controlSockpath ?? options.socketDefault,
        version: ctx.version,
        commands: () => engine.commands(),
        throttle: engine.throttle,
        ...(engine.space === undefined ? {} : { space: engine.space }),
        surroundings: engine.surroundings(join(options.state, 'keys')),
        openState: () => openState(options.state, log, io.clock),
        clock: io.clock,
        log,
        recentLines: () => recent.lines,
        versions: async () => ({ here: await programVersions(ctx.version), zfs: engine.zfsVersions?.() ?? [] }),
        // Whatever level the log has.
        audit: createLog(io.stdout, 'info').child({ audit: true }),
        users,
        ...machineOf(engine, log),
        goOn,
        ...(asker === null ? {} : { endsUnusedAfterMs: UNUSED_MS }),
      },
      io.interrupted,
    );
  } finally {
    await engine.close();
  }
}

function machineOf({ machine }: Engine, log: Log) {
  return machine === undefined ? {} : { machine: machine.facts, keepAwake: new KeepAwake(machine.host, log) };
}

/** Only root can give a socket to somebody else. */
async function usersOf(ctx: CliContext, config: Config, log: Log): Promise<readonly AllowedUser[]> {
  const { allowUsers, allowGroup } = config.global;
  if (ctx.io.uid !== 0) {
    if (allowUsers.length > 0) log.warn({ users: allowUsers }, 'only a daemon of root serves other users');
    return [];
  }
  const { users, missing } = await allowedUsers(allowUsers, allowGroup, ctx.lookUp);
  if (missing.length > 0) log.warn({ users: missing }, 'these users are not known here and may not ask the daemon');
  return users;
}

function levelOf(config: Config): LogLevel {
  return config.global.logging.find((outlet) => outlet.type === 'stdout')?.level ?? 'warn';
}

/** What the configuration asks of the daemon as a whole and does not get; no backup depends on it. */
function warnOfUnbuilt(config: Config, log: Log): void {
  for (const { type } of config.global.logging) {
    if (type !== 'stdout')
      log.warn({ outlet: type }, 'this log outlet is not built yet; the log goes to standard output');
  }
  if (config.global.monitoring !== null) {
    log.warn({ monitoring: config.global.monitoring.type }, 'this kind of monitoring is not built yet');
  }
}
