import { describe, expect, it } from 'vitest';
import { Complaints } from '../../../core/config/complaint.ts';
import { complaintsAsJson, configInvalid, formatComplaints } from '../../../core/config/format.ts';
import { editDistance, nearest } from '../../../core/config/suggest.ts';
import {
  complaintsOf,
  FILE,
  file,
  parse,
  pullJob,
  pushJob,
  SSH,
  sinkJob,
  snapJob,
  sourceJob,
  sshJob,
} from './helper.ts';

/** Messages and hints about a text, without their places. */
function said(text: string): string {
  return parse(text)
    .problems.map(({ path, message, hint }) => `${path}: ${message} (${hint ?? ''})`)
    .join('\n');
}

describe('one fault, one complaint with its path', () => {
  it.each<[string, string, RegExp]>([
    // Keys
    [
      'unknown key',
      file(snapJob({ filesystem: 'x', filesystems: null })),
      /\.filesystem: .*did you mean "filesystems"\?/,
    ],
    [
      'missing key',
      file(snapJob({ filesystems: null })),
      /jobs\[0\] "snaps"\.filesystems: the key "filesystems" is missing/,
    ],
    ['unknown top key', 'job: []', /^job: the key "job" is not known here \(did you mean "jobs"\?\)/],
    ['key of another type', file(snapJob({ send: '{}' })), /snaps"\.send: the key "send" is not known here/],
    [
      'keys of manual',
      file(snapJob({ snapshotting: '{type: manual, prefix: x}' })),
      /snapshotting\.prefix: .*not known/,
    ],
    // Types
    [
      'no type',
      file(snapJob({ type: null })),
      /type: the key "type" is missing \(known here: push, pull, sink, source, snap\)/,
    ],
    ['unknown type', file(snapJob({ type: 'snapp' })), /the type "snapp" is not known here \(did you mean "snap"\?\)/],
    ['no scalar as type', file(snapJob({ type: '[snap]' })), /type: the type must be a word/],
    ['keep without type', file(snapJob({ pruning: '{keep: [{count: 1}]}' })), /pruning\.keep\[0\]\.type: .*missing/],
    // Empty required values
    ...['', '""', '[]', '{}'].map((value): [string, string, RegExp] => [
      `filesystems: ${value}`,
      file(snapJob({ filesystems: value })),
      /filesystems: "filesystems" must not be empty/,
    ]),
    ['keep: []', file(snapJob({ pruning: '{keep: []}' })), /pruning\.keep: "keep" must not be empty/],
    ['prefix: ""', file(snapJob({ snapshotting: '{type: periodic, interval: 1h, prefix: ""}' })), /prefix.*empty/],
    ['clients: {}', file(sinkJob({ serve: '{type: tcp, listen: ":1", clients: {}}' })), /clients.*empty/],
    [
      'client_cns: []',
      file(sinkJob({ serve: '{type: tls, listen: ":1", ca: a, cert: b, key: c, client_cns: []}' })),
      /client_cns.*empty/,
    ],
    ['pruning: null', file(snapJob({ pruning: '~' })), /pruning.*empty/],
    ['count: 0', file(snapJob({ pruning: '{keep: [{type: last_n, count: 0}]}' })), /count: 0 is not between 1/],
    ['port: 0', file(pushJob({ connect: SSH.replace('user', 'port: 0, user') })), /port: 0 is not between 1/],
    ['empty grid regex', file(snapJob({ pruning: '{keep: [{type: grid, grid: 1x1h, regex: ""}]}' })), /regex.*empty/],
    // Scalar kinds
    ['map for list', 'jobs: {a: 1}', /jobs: this must be a list/],
    ['list for map', file('  - [a]'), /jobs\[0\]: this must be a map/],
    ['text for map', file(snapJob({ pruning: 'keep' })), /pruning: this must be a map/],
    ['list for text', file(snapJob({ name: '[a]' })), /name: this must be a single value/],
    ['quoted boolean', file(snapJob({ filesystems: '{tank: "true"}' })), /true or false, without quotes/],
    ['no boolean', file(snapJob({ filesystems: '{tank: maybe}' })), /filesystems\.tank: this must be true or false/],
    ['number for boolean', file(snapJob({ filesystems: '{tank: 1}' })), /this must be true or false/],
    [
      'quoted number',
      file(snapJob({ pruning: '{keep: [{type: last_n, count: "3"}]}' })),
      /whole number, without quotes/,
    ],
    ['fraction', file(snapJob({ pruning: '{keep: [{type: last_n, count: 1.5}]}' })), /"1.5" is not a whole number/],
    ['word for null', file(snapJob({ name: 'null' })), /name: "name" must not be empty/],
    [
      'ambiguous null',
      file(snapJob({ pruning: '{keep: [{type: last_n, count: 1, regex: ~}]}' })),
      /~ may mean nothing/,
    ],
    // Values
    [
      'interval',
      file(snapJob({ snapshotting: '{type: periodic, interval: 10, prefix: a}' })),
      /interval: "10" has no unit/,
    ],
    ['pull interval', file(pullJob({ interval: 'often' })), /interval: "often" is not a time span/],
    [
      'dial_timeout',
      file(pullJob({ connect: '{type: tcp, address: "a:1", dial_timeout: 10}' })),
      /"10" has no unit: write 10s/,
    ],
    [
      'address',
      file(pullJob({ connect: '{type: tcp, address: 10.0.0.23}' })),
      /address: "10.0.0.23" is not an address/,
    ],
    ['cron', file(snapJob({ snapshotting: '{type: cron, cron: "@daily", prefix: a}' })), /cron: cron: .*@daily/],
    ['impossible cron', file(snapJob({ snapshotting: '{type: cron, cron: "0 0 30 2 *", prefix: a}' })), /cron: cron: /],
    [
      'zone',
      file(snapJob({ snapshotting: '{type: periodic, interval: 1h, prefix: a, timestamp_location: Mars}' })),
      /zone "Mars"/,
    ],
    [
      'format',
      file(snapJob({ snapshotting: '{type: periodic, interval: 1h, prefix: a, timestamp_format: x+}' })),
      /timestamp_format: .*"\+"/,
    ],
    [
      'illegal snapshot name',
      file(snapJob({ snapshotting: '{type: periodic, interval: 1h, prefix: a@}' })),
      /would be named "a@2020/,
    ],
    [
      'long snapshot name',
      file(snapJob({ snapshotting: `{type: periodic, interval: 1h, prefix: ${'a'.repeat(250)}}` })),
      /longer than 255/,
    ],
    [
      'grid',
      file(snapJob({ pruning: '{keep: [{type: grid, grid: 1x1d | 1x1h, regex: a}]}' })),
      /keep\[0\]\.grid: interval 2 is shorter/,
    ],
    [
      'regex',
      file(snapJob({ pruning: '{keep: [{type: regex, regex: "(?=a)"}]}' })),
      /regex: "\(\?=a\)" is not a regular expression/,
    ],
    [
      'pattern',
      file(snapJob({ filesystems: '{"tank/*": true}' })),
      /filesystems\["tank\/\*"\]: "tank\/\*" is not a pattern/,
    ],
    ['root_fs', file(sinkJob({ root_fs: '/pool' })), /root_fs: "\/pool" begins with "\/"/],
    ['job name', file(snapJob({ name: 'a/b' })), /name: "a\/b" cannot be the name of a job/],
    [
      'hook path',
      file(
        snapJob({ snapshotting: '{type: periodic, interval: 1h, prefix: a, hooks: [{type: command, path: x.sh}]}' }),
      ),
      /hooks\[0\]\.path: "x.sh" must be an absolute/,
    ],
    [
      'hook timeout',
      file(
        snapJob({
          snapshotting: '{type: periodic, interval: 1h, prefix: a, hooks: [{type: command, path: /x, timeout: 0}]}',
        }),
      ),
      /timeout: "0" must be longer/,
    ],
    [
      'hook filter',
      file(
        snapJob({
          snapshotting: '{type: periodic, interval: 1h, prefix: a, hooks: [{type: mysql-lock-tables, dsn: /}]}',
        }),
      ),
      /hooks\[0\]\.filesystems: .*missing/,
    ],
    [
      'not_replicated in snap',
      file(snapJob({ pruning: '{keep: [{type: not_replicated}]}' })),
      /a snap job replicates nothing/,
    ],
    [
      'protection',
      file(sshJob({ replication: '{protection: {initial: guarantee_all}}' })),
      /initial: "guarantee_all" is not known/,
    ],
    ['protection null', file(sshJob({ replication: '{protection: {initial: }}' })), /initial: "" is not known/],
    ['steps', file(sshJob({ replication: '{concurrency: {steps: 0}}' })), /concurrency\.steps: 0 is not between/],
    [
      'estimates',
      file(sshJob({ replication: '{concurrency: {size_estimates: -1}}' })),
      /size_estimates: -1 is not between/,
    ],
    [
      'initial_replication',
      file(sshJob({ conflict_resolution: '{initial_replication: most-recent}' })),
      /did you mean "most_recent"/,
    ],
    [
      'placeholder',
      file(sinkJob({ recv: '{placeholder: {encryption: of}}' })),
      /encryption: "of" .*did you mean "off"/,
    ],
    ['property name', file(sinkJob({ recv: '{properties: {inherit: [-o]}}' })), /inherit\[0\]: "-o" is not a property/],
    [
      'property to set',
      file(sinkJob({ recv: '{properties: {override: {"a b": x}}}' })),
      /override\["a b"\]: "a b" is not a property/,
    ],
    [
      'property value',
      file(sinkJob({ recv: '{properties: {override: {a: "x\\ny"}}}' })),
      /override\.a: this cannot be the value/,
    ],
    [
      'property twice',
      file(sinkJob({ recv: '{properties: {inherit: [a], override: {a: b}}}' })),
      /override\.a: "a" is both inherited and overridden/,
    ],
    ['bandwidth unit', file(sshJob({ send: '{bandwidth_limit: {max: 10}}' })), /max: "10" is not a size/],
    ['bandwidth zero', file(sshJob({ send: '{bandwidth_limit: {max: 0 B}}' })), /max: a limit below one byte/],
    ['bandwidth null', file(sshJob({ send: '{bandwidth_limit: {max: }}' })), /max: a limit below one byte/],
    [
      'bandwidth below a byte',
      file(sshJob({ send: '{bandwidth_limit: {max: 7 bit}}' })),
      /max: a limit below one byte/,
    ],
    [
      'empty bucket',
      file(sshJob({ send: '{bandwidth_limit: {bucket_capacity: 0 B}}' })),
      /bucket_capacity: the bucket must hold/,
    ],
    [
      'negative bucket',
      file(sshJob({ send: '{bandwidth_limit: {max: 1 MB, bucket_capacity: -1 B}}' })),
      /the bucket must hold/,
    ],
    [
      'client',
      file(sourceJob({ serve: '{type: tcp, listen: ":1", clients: {jimmy: x}}' })),
      /clients\.jimmy: "jimmy" is neither/,
    ],
    [
      'tls identity',
      file(sinkJob({ serve: '{type: tls, listen: ":1", ca: a, cert: b, key: c, client_cns: [a@b]}' })),
      /client_cns\[0\]: "a@b" cannot be an identity/,
    ],
    [
      'local identity',
      file(sshJob(), pushJob({ connect: '{type: local, listener_name: here, client_identity: a/b}' }), sinkJob()),
      /client_identity: "a\/b"/,
    ],
    // Agentless connections
    [
      'no pin',
      file(pushJob({ connect: '{type: ssh, host: h, user: u, identity_file: /k, root_fs: p}' })),
      /connect: exactly one of host_key and known_hosts/,
    ],
    ['two pins', file(pushJob({ connect: SSH.replace('user', 'known_hosts: /k, user') })), /connect: exactly one of/],
    ['bad pin', file(pushJob({ connect: SSH.replace('SHA256:u', 'SHA256:') })), /host_key: .*is not a fingerprint/],
    [
      'relative key',
      file(pushJob({ connect: SSH.replace('/key', '~/.ssh/id') })),
      /identity_file: .*absolute path; "~"/,
    ],
    [
      'recv without ssh',
      file(pushJob({ recv: '{}' }), sinkJob()),
      /recv: a push job has recv only when it connects with type ssh/,
    ],
    [
      'bandwidth in agentless recv',
      file(sshJob({ recv: '{bandwidth_limit: {max: 1 MB}}' })),
      /recv\.bandwidth_limit: .*not known/,
    ],
    ['pull over ssh', file(pullJob({ connect: SSH })), /connect: a pull job cannot connect with type ssh/],
    ['empty include', file(sshJob({ snapshots: '{include: []}' })), /snapshots\.include: an empty list is ambiguous/],
    ['snapshots elsewhere', file(pullJob({ snapshots: '{}' })), /snapshots: .*not known/],
    // Global
    [
      'two stdout',
      'global: {logging: [{type: stdout, level: info, format: json}, {type: stdout, level: info, format: json}]}',
      /logging\[1\]: there may be only one entry of type stdout/,
    ],
    [
      'two syslog',
      'global: {logging: [{type: syslog, level: info, format: json}, {type: syslog, level: info, format: json}]}',
      /logging\[1\]: there may be only one/,
    ],
    [
      'two monitors',
      'global: {monitoring: [{type: prometheus, listen: ":1"}, {type: prometheus, listen: ":2"}]}',
      /monitoring\[1\]: there may be only one/,
    ],
    [
      'level',
      'global: {logging: [{type: stdout, level: warning, format: json}]}',
      /level: "warning" .*did you mean "warn"/,
    ],
    [
      'facility',
      'global: {logging: [{type: syslog, level: warn, format: json, facility: local9}]}',
      /facility: "local9" is not known/,
    ],
    [
      'retry',
      'global: {logging: [{type: syslog, level: warn, format: json, retry_interval: 0}]}',
      /retry_interval: "0" must be longer/,
    ],
    [
      'retry null',
      'global: {logging: [{type: syslog, level: warn, format: json, retry_interval: }]}',
      /retry_interval: "" is not a timeout/,
    ],
    [
      'tls null',
      'global: {logging: [{type: tcp, level: warn, format: json, address: "a:1", tls: }]}',
      /tls\.ca: the key "ca" is missing/,
    ],
  ])('%s', (_, text, message) => {
    expect(said(text)).toMatch(message);
    expect(parse(text).config).toBeNull();
  });
});

describe('all at once', () => {
  const text = `global:
  loging: []
jobs:
  - type: snap
    name: one
    filesystems: {"tank<": perhaps}
    snapshotting: {type: periodic, interval: 10, prefix: a}
    pruning: {keep: [{type: last_n, count: 0}, {type: grid, grid: 1x1d | 1x1h, regex: "("}]}
  - type: snapp
    name: two
  - type: sink
    name: one
    root_fs: pool/
`;

  it('in the order of lines, with line, column and path', () => {
    expect(complaintsOf(text)).toEqual([
      '2:3 global.loging: the key "loging" is not known here',
      '6:28 jobs[0] "one".filesystems["tank<"]: this must be true or false',
      '7:46 jobs[0] "one".snapshotting.interval: "10" has no unit: add s, m, h, d or w',
      '8:44 jobs[0] "one".pruning.keep[0].count: 0 is not between 1 and 1000000',
      '8:67 jobs[0] "one".pruning.keep[1].grid: interval 2 is shorter than the one before it; intervals must not get shorter with age',
      '8:87 jobs[0] "one".pruning.keep[1].regex: "(" is not a regular expression: missing closing ): `(`',
      '9:11 jobs[1] "two".type: the type "snapp" is not known here',
      '11:5 jobs[2] "one".serve: the key "serve" is missing',
      '12:11 jobs[2] "one".name: the name "one" is used already by another job (line 5)',
      '13:14 jobs[2] "one".root_fs: "pool/" must not end in "/"',
    ]);
  });

  it('as a terminal shows them', () => {
    const { problems, texts } = parse(text);
    const shown = formatComplaints(problems, texts).split('\n');
    expect(shown.slice(0, 6)).toEqual([
      `${FILE}:2:3: global.loging: the key "loging" is not known here`,
      '    2 |   loging: []',
      '      |   ^',
      '      did you mean "logging"?',
      `${FILE}:6:28: jobs[0] "one".filesystems["tank<"]: this must be true or false`,
      '    6 |     filesystems: {"tank<": perhaps}',
    ]);
    const error = configInvalid(problems, texts);
    expect(error.toProblem()).toMatchObject({ code: 'config-invalid', phase: 'config', detail: shown.join('\n') });
  });

  it('as a program reads them', () => {
    const { problems } = parse('jos: []');
    expect(JSON.parse(complaintsAsJson(problems))).toEqual([
      {
        file: FILE,
        line: 1,
        column: 1,
        severity: 'error',
        path: 'jos',
        message: 'the key "jos" is not known here',
        hint: 'did you mean "jobs"?',
      },
    ]);
  });

  it('but no endless list', () => {
    const { problems } = parse(Array.from({ length: 500 }, (_, n) => `x${n}: 1`).join('\n'));
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)?.message).toBe('there are 300 more complaints; correct the ones above first');
    expect(new Complaints().sorted()).toEqual([]);
  });
});

describe('on a terminal', () => {
  it('cuts long lines around the place, and lets nothing through that moves the cursor', () => {
    const padding = `filesystems: {${Array.from({ length: 40 }, (_, n) => `"d${n}": true`).join(', ')}, "bad": x\u0007}`;
    const text = file(snapJob({ filesystems: padding.slice('filesystems: '.length) }));
    const { problems, texts } = parse(text);
    const [, line = '', caret = ''] = formatComplaints(problems, texts).split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 2)).toBe('x?');
  });

  it('keeps the column behind tabs', () => {
    const { problems, texts } = parse('jobs:\t\t5\n');
    expect(formatComplaints(problems, texts).split('\n').slice(1, 3)).toEqual(['    1 | jobs:  5', '      |        ^']);
  });

  it('never shows the line of a password', () => {
    const hook = '{type: mysql-lock-tables, dsn: "root:s3cret", filesystems: {"<": true}}';
    const text = file(snapJob({ snapshotting: `{type: periodic, interval: 1h, prefix: a, hooks: [${hook}]}` }));
    const { problems, texts } = parse(text);
    const shown = formatComplaints(problems, texts);
    expect(shown).toContain('hooks[0].dsn: this is not a MySQL address');
    expect(shown).not.toContain('s3cret');
  });

  it('marks warnings', () => {
    const two = file(sinkJob({ name: 'a' }), sinkJob({ name: 'b', root_fs: 'pool/other' }));
    const { problems, texts } = parse(two);
    expect(formatComplaints(problems, texts)).toContain(': warning: jobs[1] "b".serve.listener_name: ');
  });
});

describe('did you mean', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['tpye', 'type', 1],
    ['ca', 'abc', 3],
  ])('%j and %j are %d edits apart', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
    expect(editDistance(b, a)).toBe(edits);
  });

  it('finds the nearest word, if any is near', () => {
    expect(nearest('Keep-Sender', ['keep_sender', 'keep_receiver'])).toBe('keep_sender');
    expect(nearest('warning', ['debug', 'info', 'warn', 'error'])).toBe('warn');
    expect(nearest('zzz', ['keep_sender', 'keep'])).toBeNull();
    expect(nearest('x'.repeat(65), ['x'.repeat(64)])).toBeNull();
  });
});
