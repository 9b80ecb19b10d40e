import { describe, expect, it } from 'vitest';
import {
  configOf,
  FILE,
  file,
  jobOf,
  parse,
  pullJob,
  pushJob,
  SSH,
  sinkJob,
  snapJob,
  sourceJob,
  sshJob,
} from './helper.ts';

const SEND_DEFAULTS = {
  encrypted: false,
  raw: false,
  sendProperties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
  saved: false,
  bandwidthLimit: { maxBytesPerSecond: null, bucketBytes: 131_072, quietHours: null },
};
const RECV_DEFAULTS = {
  properties: { inherit: [], override: new Map() },
  bandwidthLimit: { maxBytesPerSecond: null, bucketBytes: 131_072, quietHours: null },
  placeholderEncryption: 'unspecified',
};
const REPLICATION_DEFAULTS = {
  protection: { initial: 'guarantee_resumability', incremental: 'guarantee_resumability' },
  steps: 1,
  sizeEstimates: 4,
  stepwise: false,
};
const PRUNING = {
  keepSender: [{ type: 'not_replicated', keepSnapshotAtCursor: true }],
  keepReceiver: [{ type: 'last_n', count: 10, regex: '' }],
};
const TANK = new Map([['tank<', true]]);

describe('a job with nothing but what it must have', () => {
  it('push', () => {
    expect(jobOf('push', file(pushJob(), sinkJob()))).toEqual({
      type: 'push',
      name: 'pusher',
      title: '',
      disabled: false,
      waitFor: [],
      definedAt: { file: FILE, line: 2, column: 5 },
      connect: { type: 'local', listenerName: 'here', clientIdentity: 'me', dialTimeoutMs: 2000 },
      filesystems: TANK,
      snapshotting: { type: 'manual' },
      send: SEND_DEFAULTS,
      recv: null,
      snapshots: { include: [], exclude: [] },
      pruning: PRUNING,
      replication: REPLICATION_DEFAULTS,
      initialReplication: 'most_recent',
    });
  });

  it('pull', () => {
    expect(jobOf('pull', file(pullJob()))).toEqual({
      type: 'pull',
      name: 'puller',
      title: '',
      disabled: false,
      definedAt: { file: FILE, line: 2, column: 5 },
      connect: { type: 'tcp', address: 'server:8888', dialTimeoutMs: 10_000 },
      rootFs: 'pool/pulled',
      intervalS: 600,
      recv: RECV_DEFAULTS,
      pruning: PRUNING,
      replication: REPLICATION_DEFAULTS,
      initialReplication: 'most_recent',
    });
  });

  it('sink', () => {
    expect(jobOf('sink', file(sinkJob()))).toEqual({
      type: 'sink',
      name: 'sinker',
      title: '',
      disabled: false,
      definedAt: { file: FILE, line: 2, column: 5 },
      serve: { type: 'local', listenerName: 'here' },
      rootFs: 'pool/sink',
      recv: RECV_DEFAULTS,
    });
  });

  it('source', () => {
    expect(jobOf('source', file(sourceJob()))).toEqual({
      type: 'source',
      name: 'sourcer',
      title: '',
      disabled: false,
      definedAt: { file: FILE, line: 2, column: 5 },
      serve: {
        type: 'tcp',
        listen: ':8888',
        listenFreebind: false,
        clients: [{ address: '10.0.0.1', prefixBits: null, zone: '', identity: 'me' }],
      },
      filesystems: TANK,
      snapshotting: { type: 'manual' },
      send: SEND_DEFAULTS,
    });
  });

  it('snap', () => {
    expect(jobOf('snap', file(snapJob()))).toEqual({
      type: 'snap',
      name: 'snaps',
      title: '',
      disabled: false,
      definedAt: { file: FILE, line: 2, column: 5 },
      filesystems: TANK,
      snapshotting: {
        type: 'periodic',
        intervalMs: 600_000,
        prefix: 'zrepl_',
        timestampFormat: 'dense',
        timestampLocation: 'UTC',
        hooks: [],
      },
      pruning: { keep: [{ type: 'last_n', count: 60, regex: '' }] },
    });
  });

  it('agentless push', () => {
    const job = jobOf('push', file(sshJob()));
    expect(job.connect).toEqual({
      type: 'ssh',
      host: 'nas',
      port: 22,
      user: 'backup',
      identityFile: '/key',
      hostKey: { type: 'fingerprint', sha256: 'SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s' },
      rootFs: 'pool/b',
      clientIdentity: null,
      sudo: false,
      alsoAt: [],
      wake: null,
    });
    expect(job.recv).toEqual({ properties: { inherit: [], override: new Map() }, placeholderEncryption: 'inherit' });
  });
});

describe('every key of', () => {
  it('connect', () => {
    const connect = (text: string) => jobOf('push', file(pushJob({ connect: text }))).connect;
    expect(connect('{type: tcp, address: "10.0.0.1:1", dial_timeout: 1m30s}')).toEqual({
      type: 'tcp',
      address: '10.0.0.1:1',
      dialTimeoutMs: 90_000,
    });
    expect(connect('{type: tls, address: "a:1", ca: ca.crt, cert: c.crt, key: c.key, server_cn: srv}')).toEqual({
      type: 'tls',
      address: 'a:1',
      ca: 'ca.crt',
      cert: 'c.crt',
      key: 'c.key',
      serverCn: 'srv',
      dialTimeoutMs: 10_000,
    });
    const ssh =
      '{type: ssh+stdinserver, host: h, user: root, port: 0x16, identity_file: /k, options: [Compression=yes]';
    expect(connect(`${ssh}, dial_timeout: 0, ssh_command: /usr/bin/ssh, transport_open_command: [a, b]}`)).toEqual({
      type: 'ssh+stdinserver',
      host: 'h',
      user: 'root',
      port: 22,
      identityFile: '/k',
      options: ['Compression=yes'],
      sshCommand: '/usr/bin/ssh',
      transportOpenCommand: ['a', 'b'],
      dialTimeoutMs: 0,
    });
    const agentless =
      '{type: ssh, host: h, port: 2222, user: u, identity_file: /k, known_hosts: /kh, root_fs: a/b, client_identity: me, sudo: yes}';
    expect(connect(agentless)).toMatchObject({
      port: 2222,
      hostKey: { type: 'known_hosts', path: '/kh' },
      clientIdentity: 'me',
      sudo: true,
    });
    const found = agentless.replace('}', ', also_at: [nas.local, 10.0.0.7], wake: {mac: 00-11-32-AA-bb-cc}}');
    expect(connect(found)).toMatchObject({
      alsoAt: ['nas.local', '10.0.0.7'],
      wake: { mac: '00:11:32:aa:bb:cc', broadcast: '255.255.255.255', port: 9, waitMs: 120_000, scheduled: true },
    });
    const wake = '{mac: "00:11:32:aa:bb:cc", broadcast: 192.168.1.255, port: 7, wait: 30s, scheduled: false}';
    expect(connect(agentless.replace('}', `, wake: ${wake}}`))).toMatchObject({
      wake: { broadcast: '192.168.1.255', port: 7, waitMs: 30_000, scheduled: false },
    });
  });

  it.each([
    ['wake: {}', 'the key "mac" is missing'],
    ['wake: {mac: "01:00:5e:00:00:01"}', 'is not the address of a single card'],
    ['wake: {mac: "00:00:00:00:00:00"}', 'is not the address of a single card'],
    ['wake: {mac: "00:11:32-aa-bb-cc"}', 'is not a hardware address'],
    ['wake: {mac: "00:11:32:aa:bb:cc", broadcast: nas.lan}', 'is not an IPv4 address'],
    ['wake: {mac: "00:11:32:aa:bb:cc", wait: 9s}', 'is not between 10s and 30m'],
    ['wake: {mac: "00:11:32:aa:bb:cc", wait: 31m}', 'is not between 10s and 30m'],
    ['also_at: [a, b, c, d, e]', 'at most 4 are tried'],
    ['also_at: ["-oProxyCommand=x"]', 'is not a host'],
  ])('connect refuses %s', (text, message) => {
    const ssh = '{type: ssh, host: h, user: u, identity_file: /k, known_hosts: /kh, root_fs: a/b';
    const { problems } = parse(file(sshJob({ connect: `${ssh}, ${text}}` })));
    expect(problems.map((problem) => problem.message).join()).toContain(message);
  });

  it('serve', () => {
    const serve = (text: string) => jobOf('sink', file(sinkJob({ serve: text }))).serve;
    expect(serve('{type: tcp, listen: ":1", listen_freebind: on, clients: {"10.0.0.0/8": "x-*"}}')).toEqual({
      type: 'tcp',
      listen: ':1',
      listenFreebind: true,
      clients: [{ address: '10.0.0.0', prefixBits: 8, zone: '', identity: 'x-*' }],
    });
    const tls = '{type: tls, listen: ":1", ca: a, cert: b, key: c, client_cns: [x, y, x], handshake_timeout: 5s}';
    expect(serve(tls)).toEqual({
      type: 'tls',
      listen: ':1',
      listenFreebind: false,
      ca: 'a',
      cert: 'b',
      key: 'c',
      clientCns: ['x', 'y', 'x'],
      handshakeTimeoutMs: 5000,
    });
    expect(serve('{type: stdinserver, client_identities: [x, y]}')).toEqual({
      type: 'stdinserver',
      clientIdentities: ['x', 'y'],
    });
  });

  it('send', () => {
    const flags = 'encrypted raw send_properties backup_properties large_blocks compressed embedded_data saved';
    const all = flags.split(' ').map((flag) => `${flag}: y`);
    const text = `{${all.join(', ')}, bandwidth_limit: {max: 23.5 MiB, bucket_capacity: 1 KB}}`;
    expect(jobOf('push', file(sshJob({ send: text }))).send).toEqual({
      encrypted: true,
      raw: true,
      sendProperties: true,
      backupProperties: true,
      largeBlocks: true,
      compressed: true,
      embeddedData: true,
      saved: true,
      bandwidthLimit: { maxBytesPerSecond: 23.5 * 2 ** 20, bucketBytes: 1000, quietHours: null },
    });
  });

  it('recv', () => {
    const text = `
      bandwidth_limit: {max: 12345 B}
      placeholder: {encryption: off}
      properties:
        inherit: [mountpoint, "org.x:y"]
        override: {canmount: off, copies: 2, "org.z:a": "", readonly: on}`;
    const { recv } = jobOf('sink', file(sinkJob({ recv: text.replaceAll('\n', '\n  ') })));
    expect(recv).toEqual({
      bandwidthLimit: { maxBytesPerSecond: 12345, bucketBytes: 131_072, quietHours: null },
      placeholderEncryption: 'off',
      properties: {
        inherit: ['mountpoint', 'org.x:y'],
        override: new Map([
          ['canmount', 'off'],
          ['copies', '2'],
          ['org.z:a', ''],
          ['readonly', 'on'],
        ]),
      },
    });
    const agentless = jobOf(
      'push',
      file(sshJob({ recv: '{placeholder: {encryption: off}, properties: {inherit: [a]}}' })),
    );
    expect(agentless.recv).toMatchObject({ placeholderEncryption: 'off', properties: { inherit: ['a'] } });
  });

  it('replication, conflict_resolution and snapshots', () => {
    const job = jobOf(
      'push',
      file(
        sshJob({
          replication:
            '{protection: {initial: guarantee_nothing, incremental: guarantee_incremental}, concurrency: {steps: 3, size_estimates: 0b10}, stepwise: true}',
          conflict_resolution: '{initial_replication: all}',
          snapshots: '{include: [^zrepl_, 123], exclude: ["_hourly$"]}',
        }),
      ),
    );
    expect(job.replication).toEqual({
      protection: { initial: 'guarantee_nothing', incremental: 'guarantee_incremental' },
      steps: 3,
      sizeEstimates: 2,
      stepwise: true,
    });
    expect(job.initialReplication).toBe('all');
    expect(job.snapshots).toEqual({ include: ['^zrepl_', '123'], exclude: ['_hourly$'] });
  });

  it('snapshotting with hooks of all types', () => {
    const text = `
      type: cron
      cron: "*/5 * * * *"
      prefix: p_
      timestamp_format: ISO-8601
      timestamp_location: Europe/Berlin
      hooks:
        - {type: command, path: /bin/true, err_is_fatal: true, timeout: 2s}
        - {type: command, path: /bin/true, filesystems: {}}
        - {type: postgres-checkpoint, dsn: "host=localhost", filesystems: {"tank/pg": true}}
        - {type: mysql-lock-tables, dsn: "root@tcp(localhost)/", filesystems: {"tank/my": true}}`;
    const job = jobOf('snap', file(snapJob({ snapshotting: text.replaceAll('\n', '\n  ') })));
    expect(job.snapshotting).toEqual({
      type: 'cron',
      cron: '*/5 * * * *',
      prefix: 'p_',
      timestampFormat: 'ISO-8601',
      timestampLocation: 'Europe/Berlin',
      hooks: [
        { type: 'command', path: '/bin/true', errIsFatal: true, timeoutMs: 2000, filesystems: new Map([['<', true]]) },
        { type: 'command', path: '/bin/true', errIsFatal: false, timeoutMs: 30_000, filesystems: new Map() },
        {
          type: 'postgres-checkpoint',
          dsn: 'host=localhost',
          errIsFatal: false,
          timeoutMs: 30_000,
          filesystems: new Map([['tank/pg', true]]),
        },
        {
          type: 'mysql-lock-tables',
          dsn: 'root@tcp(localhost)/',
          errIsFatal: false,
          timeoutMs: 30_000,
          filesystems: new Map([['tank/my', true]]),
        },
      ],
    });
  });

  it('keep rules', () => {
    const text = `
      keep:
        - {type: last_n, count: 2, regex: 123}
        - {type: grid, grid: 1x1h(keep=all) | 2x1h, regex: ^z}
        - {type: regex, regex: "^manual", negate: yes}`;
    expect(jobOf('snap', file(snapJob({ pruning: text.replaceAll('\n', '\n  ') }))).pruning.keep).toEqual([
      { type: 'last_n', count: 2, regex: '123' },
      {
        type: 'grid',
        grid: [
          { lengthS: 3600, keep: 'all' },
          { lengthS: 3600, keep: 1 },
          { lengthS: 3600, keep: 1 },
        ],
        regex: '^z',
      },
      { type: 'regex', regex: '^manual', negate: true },
    ]);
    const receiver =
      '{keep_sender: [{type: not_replicated, keep_snapshot_at_cursor: no}], keep_receiver: [{type: not_replicated}]}';
    expect(jobOf('push', file(sshJob({ pruning: receiver }))).pruning).toEqual({
      keepSender: [{ type: 'not_replicated', keepSnapshotAtCursor: false }],
      keepReceiver: [{ type: 'not_replicated', keepSnapshotAtCursor: true }],
    });
  });

  it('pull intervals', () => {
    const interval = (text: string) => jobOf('pull', file(pullJob({ interval: text }))).intervalS;
    expect([interval('1s'), interval('1d'), interval('manual')]).toEqual([1, 86_400, null]);
  });
});

describe('global', () => {
  const DEFAULT = {
    logging: [{ type: 'stdout', level: 'warn', format: 'human', time: true, color: true }],
    monitoring: null,
    controlSockpath: null,
    allowUsers: [],
    allowGroup: 'snapferry',
    stdinserverSockdir: null,
  };

  it.each(['', '---\n', 'jobs: []\n', 'jobs:\n', 'global:\n', 'global: {}\n', 'include:\n', 'global: {logging: []}\n'])(
    'is all defaults for %j',
    (text) => {
      expect(configOf(text)).toEqual({ global: DEFAULT, jobs: [] });
    },
  );

  it('is read whole', () => {
    const text = `
global:
  logging:
    - {type: stdout, level: debug, format: logfmt, time: off, color: n}
    - {type: syslog, level: info, format: human, facility: cron, retry_interval: 5s}
    - {type: tcp, level: error, format: json, address: "log:1"}
    - {type: tcp, level: error, format: json, address: "log:2", net: tcp6, retry_interval: 1s, tls: {ca: a, cert: b, key: c}}
  monitoring:
    - {type: prometheus, listen: ":9811", listen_freebind: true}
  control: {sockpath: /run/c, allow_users: [alice, 1001], allow_group: ""}
  serve: {stdinserver: {sockdir: /run/s}}
`;
    expect(configOf(text).global).toEqual({
      logging: [
        { type: 'stdout', level: 'debug', format: 'logfmt', time: false, color: false },
        { type: 'syslog', level: 'info', format: 'human', facility: 'cron', retryIntervalMs: 5000 },
        {
          type: 'tcp',
          level: 'error',
          format: 'json',
          address: 'log:1',
          net: 'tcp',
          retryIntervalMs: 10_000,
          tls: null,
        },
        {
          type: 'tcp',
          level: 'error',
          format: 'json',
          address: 'log:2',
          net: 'tcp6',
          retryIntervalMs: 1000,
          tls: { ca: 'a', cert: 'b', key: 'c' },
        },
      ],
      monitoring: { type: 'prometheus', listen: ':9811', listenFreebind: true },
      controlSockpath: '/run/c',
      allowUsers: ['alice', '1001'],
      allowGroup: null,
      stdinserverSockdir: '/run/s',
    });
  });

  it.each(['facility:', 'facility: ""', ''])('takes local0 for %j', (key) => {
    const text = `global:\n  logging:\n    - type: syslog\n      level: info\n      format: human\n      ${key}\n`;
    expect(configOf(text).global.logging).toMatchObject([{ facility: 'local0' }]);
  });
});

describe('keys without a value', () => {
  it.each(['send', 'replication', 'conflict_resolution', 'snapshots'])('%s is then as if left out', (key) => {
    const given = jobOf('push', file(sshJob({ [key]: '' })));
    expect(given).toEqual(jobOf('push', file(sshJob())));
    expect(jobOf('push', file(sshJob({ [key]: '{}' })))).toEqual(given);
  });

  it.each(['', '{properties: }', '{properties: {inherit: , override: }}', '{placeholder: }', '{bandwidth_limit: }'])(
    'recv: %s has the defaults',
    (text) => {
      expect(jobOf('sink', file(sinkJob({ recv: text }))).recv).toEqual(RECV_DEFAULTS);
    },
  );

  it('give false, no timeout, or nothing', () => {
    const connect = '{type: tcp, address: "a:1", dial_timeout: }';
    const job = jobOf('push', file(pushJob({ connect, send: '{encrypted: }' })));
    expect(job.send.encrypted).toBe(false);
    expect(job.connect).toMatchObject({ dialTimeoutMs: 0 });
    const rule = '{keep: [{type: last_n, count: 1, regex: }, {type: regex, regex: a, negate: }]}';
    expect(jobOf('snap', file(snapJob({ pruning: rule }))).pruning.keep).toEqual([
      { type: 'last_n', count: 1, regex: '' },
      { type: 'regex', regex: 'a', negate: false },
    ]);
    const cursor =
      '{keep_sender: [{type: not_replicated, keep_snapshot_at_cursor: }], keep_receiver: [{type: not_replicated}]}';
    expect(jobOf('push', file(sshJob({ pruning: cursor }))).pruning.keepSender).toEqual([
      { type: 'not_replicated', keepSnapshotAtCursor: false },
    ]);
  });
});

describe('texts stay texts', () => {
  it.each([
    ['007', '007'],
    ['off', 'off'],
    ['1_000', '1_000'],
    ['0x10', '0x10'],
  ])('client_identity: %s', (written, identity) => {
    const connect = SSH.replace('}', `, client_identity: ${written}}`);
    expect(jobOf('push', file(sshJob({ connect }))).connect).toMatchObject({ clientIdentity: identity });
  });

  it('while booleans know the words of YAML 1.1', () => {
    const yes = ['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'y', 'Y'];
    const no = ['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'n', 'N'];
    const filters = (words: readonly string[]) =>
      jobOf('snap', file(snapJob({ filesystems: `{${words.map((word, n) => `"d${n}": ${word}`).join(', ')}}` })));
    expect([...filters(yes).filesystems.values()].every((value) => value)).toBe(true);
    expect([...filters(no).filesystems.values()].some((value) => value)).toBe(false);
  });

  it('lets jobs share parts by anchor and merge key', () => {
    const text = file(
      snapJob({ name: 'a', pruning: '&keep {keep: [{type: last_n, count: 7}]}' }),
      snapJob({ name: 'b', pruning: '*keep', snapshotting: '&s {type: periodic, interval: 1h, prefix: b_}' }),
      snapJob({ name: 'c', pruning: '*keep', snapshotting: '{<<: *s, prefix: c_}' }),
    );
    const jobs = configOf(text).jobs;
    expect(jobs.map((job) => job.type === 'snap' && job.pruning)).toEqual(
      Array(3).fill({ keep: [{ type: 'last_n', count: 7, regex: '' }] }),
    );
    expect(jobs[2]).toMatchObject({ snapshotting: { intervalMs: 3_600_000, prefix: 'c_' } });
  });
});
