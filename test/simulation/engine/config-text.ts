/** Configurations in the dialect, read by the engine's own reader. */
import { parseConfig } from '../../../core/config/parse-config.ts';
import type { Config } from '../../../core/config/types.ts';
import type { Keep, Scenario, Settings } from './scenario.ts';

/** Names of the push jobs, in order. */
export const JOB_NAMES = ['first', 'second'] as const;

/** Where a job's copies lie: below this, by the names of the sender. */
export function copiesRoot(scenario: Pick<Scenario, 'transport'>, job: string): string {
  return scenario.transport === 'ssh' ? `backup/${job}/laptop` : `drive/${job}/laptop`;
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

function rules({ lastN, regex, notReplicated }: Keep): string {
  return [
    ...(notReplicated ? ['{type: not_replicated}'] : []),
    ...(lastN === null ? [] : [`{type: last_n, count: ${lastN}}`]),
    ...(regex === null ? [] : [`{type: regex, regex: "${regex}"}`]),
  ].join(', ');
}

function connectOf(scenario: Scenario, job: string): string {
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

/** The configuration of a scenario under these settings. */
export function configOf(scenario: Scenario, settings: Settings): Config {
  const text = `jobs:${jobNames(scenario)
    .map((job) => pushText(scenario, settings, job))
    .join('')}`;
  const known = read.get(text);
  if (known !== undefined) return known;
  const { config, problems } = parseConfig(text, { fileName: 'simulated.yml' });
  if (config === null) throw new Error(`${problems.map(({ message }) => message).join('\n')}\n${text}`);
  read.set(text, config);
  return config;
}

export function jobNames({ jobs }: Pick<Scenario, 'jobs'>): readonly string[] {
  return JOB_NAMES.slice(0, jobs);
}
