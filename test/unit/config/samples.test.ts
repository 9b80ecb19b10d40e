import { describe, expect, it } from 'vitest';
import type { IncludeFound } from '../../../core/config/include.ts';
import type { JobConfig } from '../../../core/config/types.ts';
import { configOf, parse } from './helper.ts';
import { INVALID_SAMPLES, SAMPLES } from './samples.ts';

function disk(path: string): IncludeFound {
  if (path === '/etc/snapferry/include.d') return { kind: 'directory', names: ['snap.yml'] };
  if (path.endsWith('/snap.yml')) return { kind: 'file', text: SAMPLES.snap };
  return { kind: 'fault', reason: 'it does not exist' };
}

const jobs = (sample: keyof typeof SAMPLES): readonly JobConfig[] => configOf(SAMPLES[sample], disk).jobs;
/** Buckets of a grid as count x hours, for short expectations. */
const buckets = (rule: unknown): number =>
  typeof rule === 'object' && rule !== null && 'grid' in rule && Array.isArray(rule.grid) ? rule.grid.length : -1;

describe('files of those who move over are read as they are', () => {
  it.each<[keyof typeof SAMPLES, readonly unknown[]]>([
    ['empty', []],
    [
      'push',
      [
        {
          type: 'push',
          name: 'push',
          connect: { type: 'tcp', address: 'backup-server.foo.bar:8888' },
          filesystems: new Map([
            ['<', true],
            ['tmp', false],
          ]),
          snapshotting: { type: 'manual' },
          send: { encrypted: false },
          pruning: {
            keepSender: [
              { type: 'not_replicated' },
              { type: 'last_n', count: 10 },
              { type: 'grid', regex: '^zrepl_.*' },
            ],
            keepReceiver: [{ type: 'grid' }],
          },
        },
      ],
    ],
    [
      'pull',
      [
        {
          type: 'pull',
          name: 'pull_servers',
          connect: { type: 'tls', address: 'server1.foo.bar:8888', serverCn: 'server1' },
          rootFs: 'pool2/backup_servers',
          intervalS: 600,
        },
      ],
    ],
    [
      'pull_ssh',
      [
        {
          connect: {
            type: 'ssh+stdinserver',
            user: 'root',
            host: 'app-srv.example.com',
            port: 22,
            options: ['Compression=yes'],
          },
          pruning: { keepReceiver: [{ type: 'regex', regex: 'keep_', negate: false }, { type: 'grid' }] },
        },
      ],
    ],
    [
      'source',
      [
        {
          type: 'source',
          serve: {
            listen: '0.0.0.0:8888',
            clients: [
              { identity: 'mysql01' },
              { identity: 'mx01' },
              { identity: 'gateway', prefixBits: null },
              { identity: 'cluster-*', prefixBits: 24 },
              { identity: 'san-*', prefixBits: 64 },
            ],
          },
          snapshotting: { type: 'periodic', intervalMs: 600_000, prefix: 'zrepl_' },
        },
      ],
    ],
    ['source_ssh', [{ serve: { type: 'stdinserver', clientIdentities: ['client1', 'client2'] } }]],
    [
      'sink',
      [{ type: 'sink', rootFs: 'pool2/backup_laptops', serve: { ca: 'ca.pem', clientCns: ['laptop1', 'homeserver'] } }],
    ],
    [
      'local',
      [
        { type: 'sink', name: 'local_sink', serve: { type: 'local', listenerName: 'localsink' } },
        { type: 'push', connect: { listenerName: 'localsink', clientIdentity: 'local_backup', dialTimeoutMs: 2000 } },
      ],
    ],
    ['snap', [{ type: 'snap', snapshotting: { intervalMs: 120_000, prefix: 'zrepl_snapjob_' } }]],
    ['snap_cron', [{ snapshotting: { type: 'cron', cron: '*/5 * * * *' } }]],
    [
      'bandwidth_limit',
      [
        { recv: { bandwidthLimit: { maxBytesPerSecond: 12345, bucketBytes: 131_072, quietHours: null } } },
        { send: { bandwidthLimit: { maxBytesPerSecond: 54321, bucketBytes: 1024, quietHours: null } } },
        { recv: { bandwidthLimit: { maxBytesPerSecond: null } } },
      ],
    ],
    [
      'quickstart_backup_to_external_disk',
      [
        { pruning: { keep: [{ type: 'grid' }, { type: 'regex', negate: true }] } },
        {
          send: { encrypted: true },
          replication: { protection: { initial: 'guarantee_resumability', incremental: 'guarantee_incremental' } },
          pruning: { keepSender: [{ type: 'regex', regex: '.*' }] },
        },
        { name: 'backuppool_sink' },
      ],
    ],
    [
      'continuous_sender',
      [
        {
          name: 'prod_to_backups',
          filesystems: new Map([
            ['zroot<', true],
            ['zroot/var/tmp<', false],
            ['zroot/usr/home/paranoid', false],
          ]),
        },
      ],
    ],
    ['continuous_receiver', [{ serve: { listen: ':8888', clientCns: ['prod'] }, rootFs: 'storage/zrepl/sink' }]],
    [
      'fan_out_source',
      [
        { name: 'snapshots' },
        { name: 'target_b', serve: { listen: ':8888' }, snapshotting: { type: 'manual' } },
        { name: 'target_c', serve: { listen: ':8889' } },
      ],
    ],
    ['fan_out_target', [{ name: 'source_a', rootFs: 'pool0/backup' }]],
    ['packaging_default', []],
    ['include', [{ type: 'snap', name: 'snapjob' }]],
    ['include_directory', [{ type: 'snap', name: 'snapjob' }]],
  ])('%s', (sample, expected) => {
    expect(jobs(sample)).toMatchObject(expected);
    expect(jobs(sample)).toHaveLength(expected.length);
  });

  it('with all buckets of their grids', () => {
    const [push] = jobs('push');
    expect(push?.type === 'push' && push.pruning.keepSender.map(buckets)).toEqual([-1, -1, 1 + 24 + 14]);
    expect(push?.type === 'push' && push.pruning.keepReceiver.map(buckets)).toEqual([1 + 24 + 35 + 6]);
  });

  it('and the default of a package', () => {
    expect(configOf(SAMPLES.packaging_default).global.logging).toEqual([
      { type: 'syslog', format: 'human', level: 'warn', facility: 'local0', retryIntervalMs: 10_000 },
    ]);
  });
});

describe('files that must fail', () => {
  it.each(Object.entries(INVALID_SAMPLES))('%s', (_, text) => {
    const { config, problems } = parse(text, disk);
    expect(config).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toMatch(/\.name$/);
  });
});
