/**
 * Configurations of the kinds that come with zrepl, written anew from what they have to mean: whoever moves over brings
 * such files along, and they must be read as they are.
 */
const KEEP_BOTH = (senderRegex: string, receiver: string) => `
      keep_sender:
      - type: not_replicated
      - type: last_n
        count: 10
      - type: grid
        grid: 1x1h(keep=all) | 24x1h | 14x1d
        regex: "${senderRegex}"
      keep_receiver:
${receiver}
      - type: grid
        grid: 1x1h(keep=all) | 24x1h | 35x1d | 6x30d
        regex: "${senderRegex}"`;

const SNAP = `
jobs:
  - name: snapjob
    type: snap
    filesystems: {
      "tank/frequently_changed<": true,
    }
    snapshotting:
      type: periodic
      interval: 2m
      prefix: zrepl_snapjob_
    pruning:
      keep:
        - {type: last_n, count: 60}
`;

const FAN_OUT_SOURCE = (name: string, port: number) => `
  - type: source
    name: ${name}
    serve:
      type: tls
      listen: :${port}
      ca: /etc/zrepl/x.crt
      cert: /etc/zrepl/a.crt
      key: /etc/zrepl/a.key
      client_cns:
        - ${name}
    filesystems: {
      "tank<": true,
    }
    snapshotting:
      type: manual`;

export const SAMPLES = {
  empty: '',

  push: `
jobs:
  - type: push
    name: "push"
    filesystems: {
      "<": true,
      "tmp": false
    }
    connect:
      type: tcp
      address: "backup-server.foo.bar:8888"
    snapshotting:
      type: manual
    send:
      encrypted: false
    pruning:${KEEP_BOTH('^zrepl_.*', '')}
`,

  pull: `
jobs:
  - name: pull_servers
    type: pull
    connect:
      type: tls
      address: "server1.foo.bar:8888"
      ca: "/certs/ca.crt"
      cert: "/certs/cert.crt"
      key: "/certs/key.pem"
      server_cn: "server1"
    root_fs: "pool2/backup_servers"
    interval: 10m
    pruning:${KEEP_BOTH('zrepl_.*', '')}
`,

  pull_ssh: `
jobs:
  - name: pull_servers
    type: pull
    connect:
      type: ssh+stdinserver
      host: app-srv.example.com
      user: root
      port: 22
      identity_file: /etc/zrepl/ssh/identity
      options: # optional
        - "Compression=yes"
    root_fs: "pool2/backup_servers"
    interval: 10m
    pruning:${KEEP_BOTH('^zrepl_', '      - type: regex\n        regex: keep_')}
`,

  source: `
jobs:
  - name: pull_source
    type: source
    serve:
      type: tcp
      listen: "0.0.0.0:8888"
      clients: {
        "192.168.122.123" : "mysql01" ,
        "192.168.122.42" : "mx01" ,
        "2001:0db8:85a3::8a2e:0370:7334": "gateway",
        "10.23.42.0/24": "cluster-*",
        "fde4:8dba:82e1::/64": "san-*",
      }
    filesystems: {
      "<": true,
      "secret": false
    }
    snapshotting:
      type: periodic
      interval: 10m
      prefix: zrepl_
`,

  source_ssh: `
jobs:
  - name: pull_source
    type: source
    serve:
      type: stdinserver
      client_identities:
        - "client1"
        - "client2"
    filesystems: {
      "<": true,
      "secret": false
    }
    snapshotting:
      type: periodic
      interval: 10m
      prefix: zrepl_
`,

  sink: `
jobs:
  - type: sink
    name: "laptop_sink"
    root_fs: "pool2/backup_laptops"
    serve:
      type: tls
      listen: "192.168.122.189:8888"
      ca: "ca.pem"
      cert: "cert.pem"
      key: "key.pem"
      client_cns:
        - "laptop1"
        - "homeserver"
`,

  local: `
jobs:
  - type: sink
    name: "local_sink"
    root_fs: "storage/zrepl/sink"
    serve:
      type: local
      listener_name: localsink

  - type: push
    name: "backup_system"
    connect:
      type: local
      listener_name: localsink
      client_identity: local_backup
    filesystems: {
      "system<": true,
    }
    snapshotting:
      type: periodic
      interval: 10m
      prefix: zrepl_
    pruning:
      keep_sender:
        - type: not_replicated
        - type: last_n
          count: 10
      keep_receiver:
        - type: grid
          grid: 1x1h(keep=all) | 24x1h | 35x1d | 6x30d
          regex: "zrepl_.*"
`,

  snap: SNAP,

  snap_cron: `
jobs:
  - name: snapjob
    type: snap
    filesystems: {
      "tank<": true,
    }
    snapshotting:
      type: cron
      prefix: zrepl_snapjob_
      cron: "*/5 * * * *"
    pruning:
      keep:
        - type: last_n
          count: 60
`,

  bandwidth_limit: `
jobs:
  - type: sink
    name: "limited_sink"
    root_fs: "fs0"
    recv:
      bandwidth_limit:
        max: 12345 B
    serve:
      type: local
      listener_name: localsink

  - type: push
    name: "limited_push"
    connect:
      type: local
      listener_name: localsink
      client_identity: local_backup
    filesystems: {
      "root<": true,
    }
    send:
      bandwidth_limit:
        max: 54321 B
        bucket_capacity: 1024 B
    snapshotting:
      type: manual
    pruning:
      keep_sender:
        - type: last_n
          count: 1
      keep_receiver:
        - type: last_n
          count: 1

  - type: sink
    name: "nolimit_sink"
    root_fs: "fs1"
    serve:
      type: local
      listener_name: localsink
`,

  quickstart_backup_to_external_disk: `
jobs:
- name: snapjob
  type: snap
  filesystems: {
      "system<": true,
  }
  snapshotting:
    type: periodic
    interval: 15m
    prefix: zrepl_
  pruning:
    keep:
    - type: grid
      grid: 1x1h(keep=all) | 24x1h | 14x1d
      regex: "^zrepl_.*"
    - type: regex
      negate: true
      regex: "^zrepl_.*"

- type: push
  name: "push_to_drive"
  connect:
    type: local
    listener_name: backuppool_sink
    client_identity: myhostname
  filesystems: {
      "system<": true
  }
  send:
    encrypted: true
  replication:
    protection:
      initial: guarantee_resumability
      incremental: guarantee_incremental
  snapshotting:
    type: manual
  pruning:
    keep_sender:
    - type: regex
      regex: ".*"
    keep_receiver:
    - type: grid
      grid: 360x1d
      regex: "^zrepl_.*"

- type: sink
  name: "backuppool_sink"
  root_fs: "backuppool/zrepl/sink"
  serve:
    type: local
    listener_name: "backuppool_sink"
`,

  continuous_sender: `
jobs:
- name: prod_to_backups
  type: push
  connect:
    type: tls
    address: "backups.example.com:8888"
    ca: /etc/zrepl/backups.example.com.crt
    cert: /etc/zrepl/prod.crt
    key: /etc/zrepl/prod.key
    server_cn: "backups"
  filesystems: {
    "zroot<": true,
    "zroot/var/tmp<": false,
    "zroot/usr/home/paranoid": false
  }
  snapshotting:
    type: periodic
    interval: 10m
    prefix: zrepl_
  pruning:
    keep_sender:
    - type: not_replicated
    - type: last_n
      count: 10
    keep_receiver:
    - type: grid
      grid: 1x1h(keep=all) | 24x1h | 30x1d | 6x30d
      regex: "^zrepl_"
`,

  continuous_receiver: `
jobs:
- name: sink
  type: sink
  serve:
      type: tls
      listen: ":8888"
      ca: "/etc/zrepl/prod.crt"
      cert: "/etc/zrepl/backups.crt"
      key: "/etc/zrepl/backups.key"
      client_cns:
        - "prod"
  root_fs: "storage/zrepl/sink"
`,

  fan_out_source: `
jobs:
  - type: snap
    name: snapshots
    filesystems: {
      "tank<": true,
    }
    snapshotting:
      type: periodic
      interval: 10m
      prefix: zrepl_
    pruning:
      keep:
        - type: regex
          negate: true
          regex: "^zrepl_.*"
        - type: grid
          grid: 1x1h(keep=all) | 24x1h | 14x1d | 12x30d
          regex: "^zrepl_.*"
${FAN_OUT_SOURCE('target_b', 8888)}
${FAN_OUT_SOURCE('target_c', 8889)}
`,

  fan_out_target: `
jobs:
  - type: pull
    name: source_a
    connect:
      type: tls
      address: "a.example.com:8888"
      ca: /etc/zrepl/a.crt
      cert: /etc/zrepl/b.crt
      key: /etc/zrepl/b.key
      server_cn: a
    root_fs: "pool0/backup"
    interval: 10m
    pruning:
      keep_sender:
        - type: regex
          regex: '.*'
      keep_receiver:
        - type: regex
          negate: true
          regex: "^zrepl_.*"
        - type: grid
          grid: 1x1h(keep=all) | 24x1h | 30x1d | 6x30d
          regex: "^zrepl_.*"
`,

  packaging_default: `
global:
  logging:
    - type: syslog
      format: human
      level: warn

jobs: []
`,

  include: 'include:\n  - ./snap.yml\n',
  include_directory: 'include:\n  - ./include.d\n',
} as const;

export const INVALID_SAMPLES = {
  duplicate_job_names: SNAP.concat(SNAP.slice(SNAP.indexOf('  - name'))),
  duplicate_job_names_with_include: `include:\n  - ./snap.yml\n${SNAP.trimStart()}`,
  internal_job_name: SNAP.replace('name: snapjob', 'name: _internal_job'),
} as const;
