import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTICS_CHARS_MAX } from '../../../core/api/diagnostics.ts';
import { EMPTY_TALLY } from '../../../core/api/history.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { plainTree } from '../../../core/config/plain-tree.ts';
import { type DiagnosticsFacts, diagnosticsText } from '../../../core/monitoring/diagnostics/bundle.ts';
import { StandIns } from '../../../core/monitoring/diagnostics/stand-ins.ts';

/** Everything that has a name, and texts of programs that mention names which stand nowhere else. */
interface Names {
  readonly pool: string;
  readonly dataset: string;
  readonly job: string;
  readonly host: string;
  readonly user: string;
  readonly snapshot: string;
  readonly title: string;
  /** Known from no list. */
  readonly stranger: string;
}

const STAMP = '20261126_220800_000';

function factsOf({ pool, dataset, job, host, user, snapshot, title, stranger }: Names): DiagnosticsFacts {
  const path = `${pool}/${dataset}`;
  const problem = new ProblemError(
    'host-unreachable',
    { host: `${user}@${host}` },
    {
      detail: `cannot open '${path}@${snapshot}': no such dataset\nssh: ${stranger}: /home/${user}/.ssh/${stranger}: ${host}:22 /${stranger}`,
      place: { dataset: path },
    },
  ).toProblem();
  const safety = {
    dataset: path,
    destination: `${user}@${host}:${pool}/${dataset}`,
    newestCommon: { name: `${snapshot}_${STAMP}`, guid: '1' },
  };
  const keptBy = [
    { fullName: `${path}@${snapshot}`, tag: `zrepl_STEP_J_${job}` },
    { fullName: `${path}#zrepl_CURSOR_G_0000000000000012_J_${job}` },
  ];
  const config = `
# ${stranger} made this
jobs:
  - type: push
    name: ${JSON.stringify(job)}
    title: ${JSON.stringify(title)}
    connect: {type: ssh, host: ${JSON.stringify(host)}, user: ${JSON.stringify(user)}, identity_file: ${JSON.stringify(`/home/${user}/key`)}}
    filesystems: {${JSON.stringify(`${path}<`)}: true}
    snapshotting: {type: periodic, prefix: ${JSON.stringify(`${snapshot}_`)}, interval: 10m, hooks: [{type: postgres-checkpoint, dsn: ${JSON.stringify(`host=${stranger}`)}}]}
    ${JSON.stringify(stranger)}: ${JSON.stringify(stranger)}
`;
  return {
    atMs: 1_795_730_880_000,
    versions: {
      here: { node: 'v24.21.0', kernel: '6.1.0-28-amd64', zfsKernelModule: '2.3.1-1~bpo12+1' },
      zfs: [{ host: `${user}@${host}`, userland: 'zfs-2.2.7', kernel: 'zfs-kmod-2.2.7' }],
    },
    configuration: plainTree(config),
    complaints: [
      { line: 4, path: `jobs[0].${stranger}`, message: `there is no key "${stranger}"`, file: `/home/${user}/a.yml` },
    ],
    status: {
      jobs: [
        {
          name: job,
          type: 'push',
          stage: 'idle',
          refusal: problem,
          destination: host,
          safety: [{ ...safety, keptBy }],
        },
      ],
    },
    history: [
      {
        id: 7,
        job,
        outcome: 'failed',
        tally: EMPTY_TALLY,
        problems: [{ code: 'busy', dataset: path, text: `${path} is busy on ${user}@${host}; ${stranger}.` }],
      },
    ],
    log: [
      JSON.stringify({
        level: 'warn',
        time: '2026-11-26T22:08:00.000Z',
        job,
        err: problem,
        msg: 'this job cannot run',
      }),
      `${stranger} ${path}`,
    ],
    trouble: [problem],
  };
}

const PLAIN: Names = {
  pool: 'qqqq1',
  dataset: 'qqqq2',
  job: 'qqqq3',
  host: 'qqqq4',
  user: 'qqqq5',
  snapshot: 'qqqq6',
  title: 'qqqq7',
  stranger: 'qqqq8',
};
const partOf = (text: string, part: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => line.part === part)
    .map((line) => line[part]);

describe('the diagnostics bundle', () => {
  const skeleton = diagnosticsText(factsOf(PLAIN)).toLowerCase();
  /** What zfs takes as a part of a name; our own keys and stand-ins are no names. */
  const name = (chars: string): fc.Arbitrary<string> =>
    fc
      .string({ unit: fc.constantFrom(...chars), minLength: 4, maxLength: 12 })
      .filter((text) => /[a-z]/i.test(text) && /^[a-z0-9]/i.test(text) && !text.includes('_J_'))
      .filter((text) => text.trim() === text && !skeleton.includes(text.toLowerCase()));
  // Few letters, so that names are often parts of each other and of the words that may stay.
  const zfsName = fc.oneof(
    name('adehmnostABZ019_.: -'),
    name('abcdefghijklmnopqrstuvwxyz'),
    fc
      .constantFrom(
        'backup',
        'My Documents',
        'media',
        'data-home',
        'anna.lan',
        'tax 2019',
        'laptop:old',
        'sent to',
        'snapshots of anna',
      )
      .filter((text) => !skeleton.includes(text)),
  );
  const login = fc.oneof(name('abcdehmnost019_-'), fc.constantFrom('anna', 'grandmother'));
  const names: fc.Arbitrary<Names> = fc.record({
    pool: zfsName,
    dataset: zfsName,
    job: zfsName,
    host: fc.oneof(name('abhnost.-'), fc.constantFrom('192.168.17.23', 'fe80::1ff:fe23:4567:890a', 'nas.anna.example')),
    user: login,
    snapshot: zfsName,
    title: fc.oneof(zfsName, fc.constantFrom('Ännas Bücher', '写真のバックアップ')),
    stranger: fc.oneof(
      fc.constantFrom(
        'zacharias',
        'wg-anna',
        'Ärger',
        '192.168.99.77',
        '52:54:00:12:34:56',
        'SHA256:abcdABCD0123/+x',
        '10:20:30:40:50:60',
      ),
    ),
  });

  it('lets no name out that has more than three characters, known or not', () => {
    fc.assert(
      fc.property(names, (given) => {
        const text = diagnosticsText(factsOf(given));
        for (const one of Object.values(given)) {
          if (text.toLowerCase().includes(one.toLowerCase()))
            throw new Error(`${JSON.stringify(one)} stands in\n${text}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same name the same stand-in, and another name another one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(zfsName, { minLength: 2, maxLength: 8 }), (given) => {
        const standIns = new StandIns();
        const first = given.map((one) => standIns.entity(`tank/${one}`));
        expect(given.map((one) => standIns.entity(`tank/${one}`))).toEqual(first);
        expect(new Set(first).size).toBe(given.length);
      }),
    );
  });

  it('keeps numbers, versions, codes, marks and times readable, and what lies below what', () => {
    const text = diagnosticsText(factsOf(PLAIN));
    expect(partOf(text, 'versions')).toEqual([
      {
        here: { node: 'v24.21.0', kernel: '6.1.0-28-amd64', zfsKernelModule: '2.3.1-1~bpo12+1' },
        zfs: [{ host: 'user-1@host-1', userland: 'zfs-2.2.7', kernel: 'zfs-kmod-2.2.7' }],
      },
    ]);
    expect(partOf(text, 'problems')).toEqual([{ 'host-unreachable': 1, busy: 1 }]);
    const [jobs] = partOf(text, 'jobs');
    expect(jobs).toMatchObject([
      {
        name: 'job-1',
        type: 'push',
        refusal: { code: 'host-unreachable', facts: { host: 'user-1@host-1' }, dataset: 'dataset-1/dataset-2' },
        safety: [
          {
            destination: 'user-1@host-1:dataset-1/dataset-2',
            newestCommon: { name: `snapshot-1_${STAMP}`, guid: '1' },
            keptBy: [
              { fullName: 'dataset-1/dataset-2@snapshot-1', tag: 'zrepl_STEP_J_job-1' },
              { fullName: 'dataset-1/dataset-2#zrepl_CURSOR_G_0000000000000012_J_job-1' },
            ],
          },
        ],
      },
    ]);
    expect(JSON.stringify(jobs)).toContain("cannot open 'dataset-1/dataset-2@snapshot-1': no such dataset");
    expect(partOf(text, 'configuration')).toMatchObject([
      {
        jobs: [
          {
            type: 'push',
            name: 'job-1',
            connect: { type: 'ssh', host: 'host-1', user: 'user-1' },
            filesystems: { 'dataset-1/dataset-2<': 'true' },
            snapshotting: { prefix: 'snapshot-1_', interval: '10m', hooks: [{ dsn: '(not shown)' }] },
          },
        ],
      },
    ]);
    expect(partOf(text, 'log')[1]).toMatchObject({ time: '2026-11-26T22:08:00.000Z', msg: 'this job cannot run' });
  });

  it('leaves the prefixes of zrepl and of Snapferry', () => {
    const standIns = new StandIns();
    expect(standIns.entity(`p1/a@zrepl_${STAMP}`)).toBe(`dataset-1/dataset-2@zrepl_${STAMP}`);
    expect(standIns.entity(`p1/a@snapferry_${STAMP}`)).toBe(`dataset-1/dataset-2@snapferry_${STAMP}`);
    expect(standIns.entity('p1/a#zrepl_replication_cursor')).toBe('dataset-1/dataset-2#zrepl_replication_cursor');
  });

  it('is bounded, however much there is, and says what it left out', () => {
    const facts = factsOf(PLAIN);
    const safety = Array.from({ length: 2000 }, (_, index) => ({ dataset: `tank/${'x'.repeat(150)}${index}` }));
    const jobs = Array.from({ length: 20 }, (_, index) => ({ name: `job ${index}`, safety }));
    const log = Array.from({ length: 1000 }, (_, index) => JSON.stringify({ msg: `${'y '.repeat(200)}${index}` }));
    const text = diagnosticsText({ ...facts, status: { jobs }, log });
    expect(text.length).toBeLessThanOrEqual(DIAGNOSTICS_CHARS_MAX);
    expect(text).toMatch(/\{"leftOut":1\d{3}\}/);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\{"part":"end","leftOut":[1-9]\d*\}$/);
  });

  it('says what it can where nothing is known', () => {
    const nothing = {
      versions: { here: {}, zfs: [] },
      configuration: null,
      complaints: [],
      status: null,
      history: [],
      log: [],
      trouble: [],
    };
    expect(diagnosticsText({ atMs: 0, ...nothing }).split('\n')[0]).toContain('"at":"1970-01-01T00:00:00.000Z"');
  });
});
