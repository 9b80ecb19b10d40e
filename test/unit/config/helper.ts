/** What the tests of the configuration share. */
import { expect } from 'vitest';
import { saidIn } from '../../../core/api/messages/said.ts';
import { type ParsedConfig, type ParseOptions, parseConfig } from '../../../core/config/parse-config.ts';
import type { Config, JobConfig } from '../../../core/config/types.ts';

export const FILE = '/etc/snapferry/snapferry.yml';

export function parse(text: string, readInclude?: ParseOptions['readInclude']): ParsedConfig {
  const parsed = parseConfig(text, readInclude === undefined ? { fileName: FILE } : { fileName: FILE, readInclude });
  for (const { message, hint } of parsed.problems) {
    for (const said of [message, ...(hint === null ? [] : [hint])]) {
      expect(saidIn('de', said), 'what is said in one language alone').not.toBe(said);
    }
  }
  return parsed;
}

/** The configuration of a text that must be good. */
export function configOf(text: string, readInclude?: ParseOptions['readInclude']): Config {
  const { config, problems } = parse(text, readInclude);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (config === null) throw new Error('no configuration');
  return config;
}

/** The one job of a text, of the type that is expected. */
export function jobOf<T extends JobConfig['type']>(type: T, text: string): Extract<JobConfig, { type: T }> {
  const job = configOf(text).jobs.find((candidate) => candidate.type === type);
  if (!isOf(type, job)) throw new Error(`no ${type} job`);
  return job;
}

function isOf<T extends JobConfig['type']>(
  type: T,
  job: JobConfig | undefined,
): job is Extract<JobConfig, { type: T }> {
  return job?.type === type;
}

/** Complaints as short lines: `12:7 path: message`. */
export function complaintsOf(text: string, readInclude?: ParseOptions['readInclude']): readonly string[] {
  return parse(text, readInclude).problems.map(
    ({ line, column, path, message, severity }) =>
      `${line}:${column} ${severity === 'warning' ? 'warning ' : ''}${path}: ${message}`,
  );
}

/** A good snap job as text, with keys replaced or, by null, left out. */
export function snapJob(keys: Readonly<Record<string, string | null>> = {}): string {
  return job({
    type: 'snap',
    name: 'snaps',
    filesystems: '{"tank<": true}',
    snapshotting: '{type: periodic, interval: 10m, prefix: zrepl_}',
    pruning: '{keep: [{type: last_n, count: 60}]}',
    ...keys,
  });
}

/** A good push job over a local connection; it needs `sinkJob()` beside it. */
export function pushJob(keys: Readonly<Record<string, string | null>> = {}): string {
  return job({
    type: 'push',
    name: 'pusher',
    connect: '{type: local, listener_name: here, client_identity: me}',
    filesystems: '{"tank<": true}',
    snapshotting: '{type: manual}',
    pruning: '{keep_sender: [{type: not_replicated}], keep_receiver: [{type: last_n, count: 10}]}',
    ...keys,
  });
}

export const SSH =
  '{type: ssh, host: nas, user: backup, identity_file: /key, host_key: "SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s", root_fs: pool/b}';

/** A good push job to an agentless receiver. */
export function sshJob(keys: Readonly<Record<string, string | null>> = {}): string {
  return pushJob({ connect: SSH, ...keys });
}

export function sinkJob(keys: Readonly<Record<string, string | null>> = {}): string {
  return job({
    type: 'sink',
    name: 'sinker',
    root_fs: 'pool/sink',
    serve: '{type: local, listener_name: here}',
    ...keys,
  });
}

export function pullJob(keys: Readonly<Record<string, string | null>> = {}): string {
  return job({
    type: 'pull',
    name: 'puller',
    connect: '{type: tcp, address: "server:8888"}',
    root_fs: 'pool/pulled',
    interval: '10m',
    pruning: '{keep_sender: [{type: not_replicated}], keep_receiver: [{type: last_n, count: 10}]}',
    ...keys,
  });
}

export function sourceJob(keys: Readonly<Record<string, string | null>> = {}): string {
  return job({
    type: 'source',
    name: 'sourcer',
    serve: '{type: tcp, listen: ":8888", clients: {"10.0.0.1": me}}',
    filesystems: '{"tank<": true}',
    snapshotting: '{type: manual}',
    ...keys,
  });
}

function job(keys: Readonly<Record<string, string | null>>): string {
  return Object.entries(keys)
    .flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]))
    .map((line, index) => (index === 0 ? `  - ${line}` : `    ${line}`))
    .join('\n');
}

/** A file of these jobs. */
export function file(...jobs: readonly string[]): string {
  return `jobs:\n${jobs.join('\n')}\n`;
}
