/** A push job as the daemon has it: from the text of a configuration, asked for runs, and seen through its status. */
import type { Clock } from '../../../../core/api/clock.ts';
import { type RunOutcome, runOutcomeSchema } from '../../../../core/api/contract.ts';
import { type Guarantee, type JobReport, jobReportSchema } from '../../../../core/api/status.ts';
import { parseConfig } from '../../../../core/config/parse-config.ts';
import { systemClock } from '../../../../core/host/system-clock.ts';
import type { Host } from '../../../../core/host/types.ts';
import type { Reach } from '../../../../core/job/deps.ts';
import { createJob } from '../../../../core/job/factory.ts';
import { Transfers } from '../../../../core/job/transfers.ts';
import { SILENT_LOG } from '../../../../core/monitoring/log.ts';
import { DEFAULT_RETRY_POLICY } from '../../../../core/replication/retry.ts';
import { createCliZfs } from '../../../../core/zfs/cli-zfs.ts';
import { receivingOn } from '../../../../core/zfs/receiving-processes.ts';
import type { Zfs } from '../../../../core/zfs/types.ts';
import type { Pair, Scene } from './pair.ts';

const KEEP_ALL: readonly object[] = [{ type: 'regex', regex: '.*' }];
const PING_DEADLINE_MS = 60_000;

export interface JobOptions {
  /** Default: as the scene is called. */
  readonly name?: string;
  /** Paths below the source; default all that is there. */
  readonly filesystems?: Readonly<Record<string, boolean>>;
  /** Instead of what is right for the NAS. */
  readonly connect?: Readonly<Record<string, unknown>>;
  /** Default resumability. */
  readonly guarantee?: Guarantee;
  /** Keep rules; default everything stays. */
  readonly keepSender?: readonly object[];
  readonly keepReceiver?: readonly object[];
  readonly clock?: Clock;
  /** Puts something between the engine and a machine. */
  readonly wrapLocal?: (host: Host) => Host;
  readonly wrapRemote?: (host: Host) => Host;
  readonly wrapRemoteZfs?: (zfs: Zfs) => Zfs;
}

export interface JobRun {
  readonly outcome: RunOutcome;
  /** The status at its end. */
  readonly status: JobReport;
}

export interface OpenJob extends AsyncDisposable {
  readonly name: string;
  /** One whole run, without new snapshots. */
  run(): Promise<JobRun>;
}

/** Both outcome and status have passed the schemas that guard the daemon's socket. */
export function openJob(pair: Pair, scene: Scene, options: JobOptions = {}): OpenJob {
  const { config, problems } = parseConfig(configText(pair, scene, options), { fileName: 'test.yml' });
  const [jobConfig] = config?.jobs ?? [];
  if (config === null || jobConfig === undefined) throw new Error(`not a configuration: ${JSON.stringify(problems)}`);
  const clock = options.clock ?? systemClock;
  const same = <T>(thing: T): T => thing;
  const reachOf = (host: Host, wrapZfs: (zfs: Zfs) => Zfs = same): Reach => ({
    zfs: wrapZfs(createCliZfs({ host, clock })),
    ping: (ctx) => host.ping({ ...ctx, deadlineMs: PING_DEADLINE_MS }),
    ...(host.kind === 'ssh' ? { receiving: receivingOn(host) } : {}),
  });
  const job = createJob(jobConfig, {
    config,
    local: reachOf((options.wrapLocal ?? same)(pair.local)),
    remote: (connect) => reachOf((options.wrapRemote ?? same)(pair.remote(connect)), options.wrapRemoteZfs),
    transfers: new Transfers(),
    clock,
    random: () => 0.5,
    retry: DEFAULT_RETRY_POLICY,
    log: SILENT_LOG,
  });
  const stopped = new AbortController();
  const ended = job.run(stopped.signal);
  return {
    name: job.name,
    run: async () => {
      const { runId } = job.wake('run', { snapshot: false });
      const outcome = await job.waitFor(runId, stopped.signal);
      return { outcome: runOutcomeSchema.parse(outcome), status: jobReportSchema.parse(job.status()) };
    },
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await ended;
    },
  };
}

/** JSON is YAML. */
function configText(pair: Pair, scene: Scene, options: JobOptions): string {
  const { nas } = pair.guests;
  const { guarantee = 'guarantee_resumability', filesystems = { '<': true } } = options;
  const job = {
    name: options.name ?? scene.name,
    type: 'push',
    connect: {
      type: 'ssh',
      host: nas.sshHost,
      port: nas.sshPort,
      user: nas.sshUser,
      identity_file: nas.identityFile,
      host_key: nas.hostKeySha256,
      root_fs: scene.root,
      ...options.connect,
    },
    recv: { placeholder: { encryption: 'inherit' } },
    filesystems: Object.fromEntries(
      Object.entries(filesystems).map(([below, wanted]) => [
        below === '<' ? `${scene.source}<` : scene.dataset(below),
        wanted,
      ]),
    ),
    snapshotting: { type: 'manual' },
    replication: { protection: { initial: guarantee, incremental: guarantee } },
    pruning: { keep_sender: options.keepSender ?? KEEP_ALL, keep_receiver: options.keepReceiver ?? KEEP_ALL },
  };
  return JSON.stringify({ jobs: [job] });
}
