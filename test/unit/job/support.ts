/** A laptop and a NAS in memory, and jobs made from the text of a configuration, as the daemon makes them. */
import { expect } from 'vitest';
import type { RunOutcome } from '../../../core/api/contract.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { jobPlanSchema, jobReportSchema } from '../../../core/api/status.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import type { Config, SshConnect, WakeConfig } from '../../../core/config/types.ts';
import { Throttle } from '../../../core/job/bandwidth.ts';
import type { JobDeps } from '../../../core/job/deps.ts';
import { createJob } from '../../../core/job/factory.ts';
import { Transfers } from '../../../core/job/transfers.ts';
import type { Job } from '../../../core/job/types.ts';
import type { Log, LogFields } from '../../../core/monitoring/log.ts';
import { DEFAULT_RETRY_POLICY } from '../../../core/replication/retry.ts';
import type { Capabilities } from '../../../core/zfs/types.ts';
import { FakeClock } from '../doubles/fake-clock.ts';
import { MemoryWorld } from '../doubles/memory-world.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';

/** A day after the first snapshot that a test takes. */
const NOW_MS = 1_700_086_400_000;

export const KEEP_ONE = '{type: last_n, count: 1}';
export const KEEP_ALL = '{type: regex, regex: ".*"}';
/** Below this the NAS keeps what the laptop sends. */
export const COPIES = 'backup/root/laptop';

export interface PushText {
  readonly name?: string;
  readonly filesystems?: string;
  readonly snapshotting?: string;
  readonly keepSender?: string;
  readonly keepReceiver?: string;
  readonly connect?: string;
  readonly more?: string;
}

export const SSH =
  '{type: ssh, host: nas.lan, user: backup, identity_file: /etc/keys/nas, known_hosts: /etc/known_hosts, root_fs: backup/root, client_identity: laptop}';

/** A push of tank/data to the NAS; what is not given keeps everything and takes no snapshots. */
export function pushText(given: PushText = {}): string {
  return `
  - type: push
    name: ${given.name ?? 'laptop'}
    connect: ${given.connect ?? SSH}
    filesystems: ${given.filesystems ?? '{"tank/data<": true}'}
    snapshotting: ${given.snapshotting ?? '{type: manual}'}
    pruning:
      keep_sender: [${given.keepSender ?? KEEP_ALL}]
      keep_receiver: [${given.keepReceiver ?? KEEP_ALL}]
    ${given.more ?? ''}`;
}

export function readConfig(jobs: string): Config {
  const { config, problems } = parseConfig(`jobs:${jobs}`, { fileName: 'test.yml' });
  if (config === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

function listLog(lines: LogLine[], common: LogFields = {}): Log {
  const at = (level: LogLine['level']) => (fields: LogFields, message: string) => {
    lines.push({ level, fields: { ...common, ...fields }, message });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => listLog(lines, { ...common, ...fields }),
  };
}

export class House {
  readonly world = new MemoryWorld();
  readonly clock = new FakeClock(NOW_MS);
  readonly laptop: MemoryZfs;
  readonly nas: MemoryZfs;
  readonly log: LogLine[] = [];
  /** What jobs asked `remote` for. */
  readonly dialled: SshConnect[] = [];
  readonly transfers = new Transfers();
  readonly throttle = new Throttle();
  /** Machines that jobs woke up. */
  readonly woken: WakeConfig[] = [];
  onWake: () => void = () => undefined;
  nasPings = true;
  #abort = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(capabilities: Partial<Capabilities> = {}) {
    this.laptop = new MemoryZfs({ label: 'this machine', world: this.world, capabilities });
    this.nas = new MemoryZfs({ label: 'nas', world: this.world, capabilities });
    for (const name of ['tank', 'tank/data']) this.laptop.addDataset(name);
    for (const name of ['backup', 'backup/root']) this.nas.addDataset(name);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  deps(config: Config): JobDeps {
    return {
      config,
      local: { zfs: this.laptop, ping: async () => undefined },
      remote: (connect) => {
        this.dialled.push(connect);
        return {
          zfs: this.nas,
          ping: async () => {
            if (!this.nasPings) throw new ProblemError('host-unreachable', { host: 'nas' });
          },
          wakeUp: async (target) => {
            this.woken.push(target);
            this.onWake();
          },
        };
      },
      transfers: this.transfers,
      throttle: this.throttle,
      clock: this.clock,
      random: () => 0.5,
      retry: DEFAULT_RETRY_POLICY,
      log: listLog(this.log),
    };
  }

  /** All jobs of a configuration, by name. Nothing runs yet. */
  jobs(text: string): ReadonlyMap<string, Job> {
    const config = readConfig(text);
    const deps = this.deps(config);
    return new Map(config.jobs.map((one) => [one.name, createJob(one, deps)]));
  }

  /** The only job of a configuration, at work: runs start as soon as they are asked for. */
  start(text: string, name = 'laptop'): Job {
    const job = this.jobs(text).get(name);
    if (job === undefined) throw new Error(`no job ${name}`);
    this.#running.push(job.run(this.signal));
    return job;
  }

  /** Ends all jobs that were started; others may be started afterwards. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.clock.runUntil(Promise.all(this.#running.splice(0)));
    this.#abort = new AbortController();
  }

  /** Wakes the job and waits for the end of that run. Its status must be one that clients accept. */
  async run(job: Job, snapshot = false): Promise<RunOutcome> {
    const { runId } = job.wake('run', { snapshot });
    const outcome = await this.clock.runUntil(job.waitFor(runId, this.signal));
    jobReportSchema.parse(job.status());
    return outcome;
  }

  async plan(job: Job) {
    return jobPlanSchema.parse(await this.clock.runUntil(job.plan(this.signal)));
  }

  /** Creates snapshots of a dataset of the laptop, and the dataset where it is missing. */
  snapshots(dataset: string, ...names: readonly string[]): void {
    if (!this.laptop.datasets.has(dataset)) this.laptop.addDataset(dataset);
    for (const name of names) this.laptop.addSnapshot(dataset, name);
  }

  copies(dataset = 'tank/data'): readonly string[] {
    return this.nas.snapshotNames(`${COPIES}/${dataset}`);
  }

  guid(dataset: string, name: string, zfs: MemoryZfs = this.laptop): bigint {
    const found = zfs.datasets.get(dataset)?.snapshots.find((snapshot) => snapshot.name === name);
    if (found === undefined) throw new Error(`no snapshot ${dataset}@${name}`);
    return found.guid;
  }

  /** Every call to the NAS fails from now on, and so do pings. */
  disconnect(): void {
    this.nasPings = false;
    this.nas.before = () => {
      throw new ProblemError('host-unreachable', { host: 'nas' });
    };
  }

  reconnect(): void {
    this.nasPings = true;
    this.nas.before = () => {};
  }
}

export const GOOD: RunOutcome = { ok: true, cancelled: false, problems: [] };
export const CANCELLED: RunOutcome = { ok: false, cancelled: true, problems: [] };

/** The codes of an outcome's problems. */
export function codes(outcome: RunOutcome): readonly string[] {
  return outcome.problems.map(({ code }) => code);
}

export function expectLogged(house: House, message: string): void {
  expect(house.log.map((line) => line.message)).toContain(message);
}
