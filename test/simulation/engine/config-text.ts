/** Configurations in the dialect, read by the engine's own reader. */
import { parseConfig } from '../../../core/config/parse-config.ts';
import type { Config, JobConfig, PushJob } from '../../../core/config/types.ts';
import type { KeepRule } from '../../../core/pruning/keep-rule.ts';
import type { DriveOfJob, Keep, Scenario, Settings } from './scenario.ts';

/** Names of the push jobs, in order. */
export const JOB_NAMES = ['first', 'second'] as const;
export const SNAP_JOB = 'snaps';

/** Where a job's copies lie: below this, by the names of the sender. */
export function copiesRoot(scenario: Pick<Scenario, 'transport' | 'drives'>, job: string): string {
  return `${rootOf(scenario, job)}/laptop`;
}

/** The dataset that everything a job receives lies below. */
export function rootOf({ transport, drives }: Pick<Scenario, 'transport' | 'drives'>, job: string): string {
  const drive = drives?.drives.find((one) => laneOf(one) === job);
  if (drive !== undefined) return `${drive.pool}/copies`;
  return transport === 'ssh' ? `backup/${job}` : `drive/${job}`;
}

/** Whether the job's filter takes in the dataset. Written apart from the engine's filter. */
export function isWantedDataset({ filesystems }: Settings, dataset: string): boolean {
  const below = (root: string) => dataset === root || dataset.startsWith(`${root}/`);
  if (!below('tank/data')) return false;
  if (filesystems === 'all') return true;
  return below('tank/data/leaf') === (filesystems === 'leaf-only');
}

const FILTERS = {
  all: '{"tank/data<": true}',
  'leaf-only': '{"tank/data/leaf<": true}',
  'without-leaf': '{"tank/data<": true, "tank/data/leaf<": false}',
} as const;

function rules({ lastN, regex, notReplicated, grid }: Keep): string {
  return [
    ...(notReplicated ? ['{type: not_replicated}'] : []),
    ...(lastN === null ? [] : [`{type: last_n, count: ${lastN}}`]),
    ...(grid === null ? [] : [`{type: grid, grid: "${grid}", regex: ".*"}`]),
    ...(regex === null ? [] : [`{type: regex, regex: "${regex}"}`]),
  ].join(', ');
}

function drivesOf({ drives }: Scenario, job: string): string {
  const ones = (drives?.drives ?? []).filter((one) => one.job === job);
  const list = ones.map(
    ({ name, pool, guid }) => `{name: ${name}, pool: ${pool}, pool_guid: "${guid}", root_fs: ${pool}/copies}`,
  );
  return `{type: drive, client_identity: laptop, on_plug: ${drives?.onPlug}, eject_when_done: ${drives?.ejectWhenDone}, drives: [${list.join(', ')}]}`;
}

function connectOf(scenario: Scenario, job: string): string {
  if (scenario.drives?.drives.some((one) => one.job === job) === true) return drivesOf(scenario, job);
  return scenario.transport === 'ssh'
    ? `{type: ssh, host: nas.lan, user: backup, identity_file: /etc/keys/nas, known_hosts: /etc/known_hosts, root_fs: backup/${job}, client_identity: laptop}`
    : `{type: local, listener_name: ${job}, client_identity: laptop}`;
}

function pushText(scenario: Scenario, settings: Settings, job: string): string {
  const sink = `
  - type: sink
    name: sink_${job}
    root_fs: drive/${job}
    serve: {type: local, listener_name: ${job}}
    recv: {placeholder: {encryption: ${scenario.encrypted ? '"off"' : 'inherit'}}}`;
  return `
  - type: push
    name: ${job}
    connect: ${connectOf(scenario, job)}
    filesystems: ${FILTERS[settings.filesystems]}
    send: {encrypted: ${scenario.encrypted}}
    ${scenario.transport === 'ssh' && scenario.encrypted ? 'recv: {placeholder: {encryption: "off"}}' : ''}
    ${settings.include === null ? '' : `snapshots: {include: ["${settings.include}"]}`}
    snapshotting: ${settings.periodic ? `{type: periodic, interval: 50m, prefix: "zrepl_${job}_"}` : '{type: manual}'}
    replication:
      protection: {initial: ${settings.initial}, incremental: ${settings.incremental}}
      concurrency: {steps: ${settings.steps}}
      stepwise: ${settings.stepwise}
    conflict_resolution: {initial_replication: ${settings.initialReplication}}
    pruning:
      keep_sender: [${rules(settings.keepSender)}]
      keep_receiver: [${rules(settings.keepReceiver)}]${scenario.transport === 'drive' ? sink : ''}`;
}

const read = new Map<string, Config>();

function readText(text: string): Config {
  const known = read.get(text);
  if (known !== undefined) return known;
  const { config, problems } = parseConfig(text, { fileName: 'simulated.yml' });
  if (config === null) throw new Error(`${problems.map(({ message }) => message).join('\n')}\n${text}`);
  read.set(text, config);
  return config;
}

/** What most configurations have in common is read once; these are all settings that differ beyond it. */
const PLAIN: Pick<Settings, 'initial' | 'incremental' | 'steps' | 'stepwise' | 'initialReplication'> = {
  initial: 'guarantee_resumability',
  incremental: 'guarantee_resumability',
  steps: 1,
  stepwise: false,
  initialReplication: 'most_recent',
};
const KEEPS_ALL: Keep = { lastN: null, regex: '.*', notReplicated: false, grid: null };

function pushOf(config: Config, job: string): PushJob {
  const found = config.jobs.find(({ name }) => name === job);
  if (found?.type !== 'push') throw new Error(`no push job ${job}`);
  return found;
}

function readRules(scenario: Scenario, settings: Settings, keep: Keep): readonly KeepRule[] {
  const [job = ''] = jobNames(scenario);
  const only = { ...settings, ...PLAIN, keepSender: keep, keepReceiver: KEEPS_ALL, include: null, periodic: false };
  const { drives: _, ...rest } = scenario;
  const alone: Scenario = { ...rest, jobs: 1, transport: 'ssh', encrypted: false };
  return pushOf(readText(textOf(alone, { ...only, filesystems: 'all' })), job).pruning.keepSender;
}

function textOf(scenario: Scenario, settings: Settings): string {
  const pushes = pushNames(scenario).map((job) => pushText(scenario, settings, job));
  return `jobs:${pushes.join('')}${scenario.drives === undefined ? '' : SNAPS}`;
}

/** Snapshots of what nobody sends, beside it all. */
const SNAPS = `
  - type: snap
    name: ${SNAP_JOB}
    filesystems: {"tank/scratch<": true}
    snapshotting: {type: periodic, interval: 20m, prefix: "snaps_"}
    pruning: {keep: [{type: last_n, count: 3}]}`;

/** The configuration of a scenario under these settings, as the engine would read it from a file. */
export function configOf(scenario: Scenario, settings: Settings): Config {
  const { initial, incremental, steps, stepwise, initialReplication, keepSender, keepReceiver } = settings;
  const plain = readText(textOf(scenario, { ...settings, ...PLAIN, keepSender: KEEPS_ALL, keepReceiver: KEEPS_ALL }));
  const pruning = {
    keepSender: readRules(scenario, settings, keepSender),
    keepReceiver: readRules(scenario, settings, keepReceiver),
  };
  const jobs = plain.jobs.map((job): JobConfig => {
    if (job.type !== 'push') return job;
    const replication = { ...job.replication, protection: { initial, incremental }, steps, stepwise };
    return { ...job, replication, initialReplication, pruning: { ...job.pruning, ...pruning } };
  });
  return { ...plain, jobs };
}

/** The same, read as a whole. */
export function configOfText(scenario: Scenario, settings: Settings): Config {
  return readText(textOf(scenario, settings));
}

/** Ids under which pushes keep their marks: of one to drives, one for each of these. */
export function jobNames({ jobs, drives }: Pick<Scenario, 'jobs' | 'drives'>): readonly string[] {
  return [...JOB_NAMES.slice(0, jobs), ...(drives?.drives.map(laneOf) ?? [])];
}

/** All pushes of the configuration. */
export function pushNames({ jobs, drives }: Pick<Scenario, 'jobs' | 'drives'>): readonly string[] {
  return [...JOB_NAMES.slice(0, jobs), ...new Set(drives?.drives.map(({ job }) => job))];
}

/** All jobs of the configuration that have runs. */
export function allNames(scenario: Pick<Scenario, 'jobs' | 'drives'>): readonly string[] {
  return [...pushNames(scenario), ...(scenario.drives === undefined ? [] : [SNAP_JOB])];
}

/** Under which the job of this drive keeps its marks for it. */
export function laneOf({ job, guid }: Pick<DriveOfJob, 'job' | 'guid'>): string {
  return `${job}:${BigInt(guid).toString(16).padStart(16, '0')}`;
}

/** The job behind an id of marks. */
export function jobOf(lane: string): string {
  return lane.split(':')[0] ?? lane;
}
