import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configEditSchema } from '../../../../core/api/config.ts';
import { type Draft, draftSchema, newJobName, unfinishedDraftSchema } from '../../../../core/api/wizard/draft.ts';
import { editsOf } from '../../../../core/api/wizard/jobs.ts';
import { draftFaults, partsOf, takenOf } from '../../../../core/api/wizard/parts.ts';
import { type KnownDataset, patternsOf, verdictOf } from '../../../../core/api/wizard/patterns.ts';
import { PRESETS } from '../../../../core/api/wizard/presets.ts';
import { applyEdits } from '../../../../core/config/edit.ts';
import { parseConfig } from '../../../../core/config/parse-config.ts';
import { protectedChanges } from '../../../../core/config/protect.ts';
import { runnable } from '../../../../core/config/runnable.ts';
import { compileFilter } from '../../../../core/endpoint/filter.ts';
import { proposedFlags } from '../../../../core/job/look-judge.ts';
import { configuredJobNameFault } from '../../../../core/zfs/marks.ts';
import { choices, draftOf, machines, plain, secret } from './support.ts';

function written(draft: Draft, known: readonly KnownDataset[], before = ''): string {
  return applyEdits(
    before,
    editsOf(draft, known).map((edit) => configEditSchema.parse(edit)),
  );
}

function read(text: string) {
  const { config, problems } = parseConfig(text, { fileName: 'test.yml' });
  return { config, problems: problems.map(({ path, message }) => `${path}: ${message}`) };
}

describe('the job of a drive', () => {
  it('can be run, and its key is one that the daemon has made itself', () => {
    const place = { rootFs: 'blue/backups', clientIdentity: 'desk', plainIdentity: null };
    const keyFile = '/var/lib/snapferry/drive-keys/blue-0a1b2c3d/key';
    const draft = draftSchema.parse({
      ...draftOf(),
      destination: { type: 'drive', pool: 'blue', poolGuid: '77', title: 'Blue', onPlug: 'start', keyFile, ...place },
    });
    const text = written(draft, plain('rpool', 'rpool/home'));
    const { config, problems } = read(text);
    const [job] = config?.jobs ?? [];
    expect(problems).toEqual([]);
    if (config === null || job === undefined) throw new Error('there is no job');
    expect(runnable(job, config).ok).toBe(true);
    expect(job).toMatchObject({
      connect: {
        type: 'drive',
        clientIdentity: 'desk',
        onPlug: 'start',
        drives: [{ name: 'Blue', pool: 'blue', poolGuid: 77n, rootFs: 'blue/backups', keyFile }],
      },
    });
    expect(protectedChanges('jobs: []\n', text)).toEqual([]);
  });
});

describe('the job of a draft', () => {
  it('is what a person would have written', () => {
    const draft = draftOf({
      leftOut: [
        { dataset: 'rpool/var/cache', below: true },
        { dataset: 'rpool/swap', below: false },
      ],
    });
    expect(written(draft, secret('rpool', 'rpool/home'))).toBe(`jobs:
  - type: push
    name: desk-to-nas
    connect:
      type: ssh
      host: nas.lan
      user: snapferry
      identity_file: /var/lib/snapferry/keys/nas/id_ed25519
      host_key: SHA256:${'A'.repeat(43)}
      root_fs: tank/backups
      client_identity: desk
    filesystems:
      rpool<: true
      rpool/var/cache<: false
      rpool/swap: false
    snapshotting:
      type: periodic
      interval: 15m
      prefix: snapferry_
    snapshots:
      include:
        - ^snapferry_
    send:
      encrypted: true
    pruning:
      keep_sender:
        - type: not_replicated
        - type: grid
          grid: 1x1h(keep=all) | 24x1h | 14x1d
          regex: ^snapferry_
        - type: regex
          negate: true
          regex: ^snapferry_
      keep_receiver:
        - type: grid
          grid: 1x1h(keep=all) | 24x1h | 35x1d | 12x30d
          regex: ^snapferry_
        - type: regex
          negate: true
          regex: ^snapferry_
`);
  });

  it('can be run, says nothing that only the file may say, and is not remarked upon', () => {
    for (const preset of PRESETS) {
      for (const known of [secret('rpool', 'rpool/home'), plain('rpool'), [...secret('rpool'), ...plain('rpool/x')]]) {
        const { name: _, ...chosen } = preset;
        const draft = draftSchema.parse(draftOf({ ...chosen, destination: { port: 2222, sudo: true } }));
        const text = written(draft, known);
        const { config, problems } = read(text);
        expect(problems).toEqual([]);
        expect(protectedChanges('', text)).toEqual([]);
        const jobs = config?.jobs ?? [];
        expect(jobs).toHaveLength(partsOf(draft, known).length);
        for (const job of jobs) {
          expect(config === null ? null : runnable(job, config)).toEqual({ ok: true });
          expect(job).toMatchObject({ connect: { port: 2222, sudo: true }, snapshots: { include: ['^snapferry_'] } });
        }
      }
    }
  });

  it('is added to what there is, whose comments stay', () => {
    const before =
      '# mine\njobs:\n  - type: snap # often\n    name: undo\n    filesystems: {"rpool<": true}\n    snapshotting: {type: manual}\n    pruning: {keep: [{type: last_n, count: 3}]}\n';
    const text = written(draftOf(), plain('rpool'), before);
    expect(text).toContain('# mine');
    expect(text).toContain('# often');
    expect(read(text).config?.jobs.map(({ name }) => name)).toEqual(['undo', 'desk-to-nas']);
  });

  it('sends as it was looked at', () => {
    const known = [...secret('rpool'), ...plain('rpool/x')];
    const parts = partsOf(draftOf(), known);
    const jobs = read(written(draftOf(), known)).config?.jobs ?? [];
    expect(parts.map(({ raw }) => raw)).toEqual([true, false]);
    for (const [index, job] of jobs.entries()) {
      if (job.type !== 'push') throw new Error('not a push');
      const { raw, compressed, largeBlocks, embeddedData } = proposedFlags(parts[index]?.raw === true);
      expect(job.send).toMatchObject({ encrypted: raw, raw: false, compressed, largeBlocks, embeddedData });
    }
  });
});

describe('the parts of a draft', () => {
  it('are two where encrypted and other datasets were chosen, in places of their own', () => {
    const known = [...plain('rpool', 'rpool/tmp'), ...secret('rpool/home', 'rpool/home/me')];
    const parts = partsOf(draftOf({ leftOut: [{ dataset: 'rpool/tmp', below: true }] }), known);
    expect(parts).toEqual([
      {
        name: 'desk-to-nas',
        raw: true,
        clientIdentity: 'desk',
        datasets: ['rpool/home', 'rpool/home/me'],
        filesystems: new Map([['rpool/home<', true]]),
      },
      {
        name: 'desk-to-nas-plain',
        raw: false,
        clientIdentity: 'desk-plain',
        datasets: ['rpool'],
        filesystems: new Map([
          ['rpool<', true],
          ['rpool/tmp<', false],
          ['rpool/home<', false],
        ]),
      },
    ]);
  });

  it('take what was chosen, each of its kind, by the rules of the configuration; and nothing else', () => {
    fc.assert(
      fc.property(
        machines,
        choices,
        choices,
        fc.constantFrom('raw', 'plain'),
        (known, chosen, leftOut, encryptedAs) => {
          const draft = draftOf({ chosen, leftOut, encryptedAs });
          const parts = partsOf(draft, known);
          const taken = takenOf(draft, known).map(({ name }) => name);
          expect(parts.flatMap(({ datasets }) => datasets).sort()).toEqual(taken);
          for (const { raw, datasets, filesystems } of parts) {
            const filter = compileFilter(filesystems);
            expect(
              known
                .filter(({ name }) => filter.matches(name))
                .map(({ name }) => name)
                .sort(),
            ).toEqual(datasets);
            for (const one of known) {
              expect(verdictOf(filesystems, one.name)).toBe(filter.matches(one.name));
              if (encryptedAs === 'raw' && datasets.includes(one.name)) expect(one.encrypted).toBe(raw);
            }
          }
          for (const { name } of known)
            expect(taken.includes(name)).toBe(compileFilter(patternsOf(draft)).matches(name));
        },
      ),
    );
  });

  it('leave new datasets to one job at most, that of what they are made in', () => {
    fc.assert(
      fc.property(machines, choices, choices, (known, chosen, leftOut) => {
        const draft = draftOf({ chosen, leftOut });
        const parts = partsOf(draft, known);
        for (const { name, encrypted } of known) {
          const takers = parts.filter(({ filesystems }) => verdictOf(filesystems, `${name}/new`));
          expect(takers.length).toBeLessThanOrEqual(1);
          const existing = known.some((one) => one.name === `${name}/new`);
          if (parts.length === 2 && !existing) {
            expect(takers.length === 1).toBe(verdictOf(patternsOf(draft), `${name}/new`));
            for (const { raw } of takers) expect(raw).toBe(encrypted);
          }
        }
      }),
    );
  });
});

describe('what is wrong with a draft', () => {
  const known = [...plain('rpool'), ...secret('rpool/home')];

  it.each<[string, Draft, readonly KnownDataset[], readonly string[]]>([
    ['name-taken', draftOf({ encryptedAs: 'plain' }), known, ['desk-to-nas']],
    ['name-taken', draftOf(), known, ['desk-to-nas-plain']],
    ['nothing-chosen', draftOf({ chosen: [{ dataset: 'zpool', below: true }] }), known, []],
    [
      'contradiction',
      draftOf({
        leftOut: [{ dataset: 'rpool', below: true }],
        chosen: [
          { dataset: 'rpool', below: true },
          { dataset: 'rpool', below: false },
        ],
      }),
      known,
      [],
    ],
    ['identity-needed', draftOf({ destination: { clientIdentity: null } }), known, []],
    ['same-place', draftOf({ destination: { plainIdentity: 'desk' } }), known, []],
    ['place-too-long', draftOf({ destination: { rootFs: `tank/${'x'.repeat(140)}` } }), known, []],
  ])('%s', (fault, draft, datasets, jobs) => {
    expect(draftFaults(draft, datasets, jobs)).toEqual([fault]);
  });

  it('is no place for what is not encrypted, where that has one of its own', () => {
    const draft = draftOf({ destination: { plainIdentity: 'open' } });
    expect(draftFaults(draft, known, [])).toEqual([]);
    expect(partsOf(draft, known).map(({ clientIdentity }) => clientIdentity)).toEqual(['desk', 'open']);
  });

  it('is nothing where nothing is', () => {
    expect(draftFaults(draftOf(), known, ['other', 'desk-to-nas-2'])).toEqual([]);
    expect(draftFaults(draftOf({ encryptedAs: 'plain', destination: { clientIdentity: null } }), known, [])).toEqual(
      [],
    );
  });
});

describe('the grammar of a draft', () => {
  it('takes names that a job can have', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9_.: G-]{1,60}$/)), (name) => {
        if (newJobName.safeParse(name).success) expect(configuredJobNameFault(name)).toBeNull();
      }),
    );
    for (const name of [
      '',
      '-x',
      '_x',
      '.',
      '..',
      'a:0123456789abcdef',
      'x_G_0123456789abcdef_J_y',
      'a b',
      'é',
      'x'.repeat(51),
    ]) {
      expect(newJobName.safeParse(name).success).toBe(false);
    }
  });

  it('takes a draft that is being filled in, and never throws', () => {
    expect(unfinishedDraftSchema.parse({})).toEqual({});
    expect(unfinishedDraftSchema.parse({ name: 'x' })).toEqual({ name: 'x' });
    fc.assert(fc.property(fc.jsonValue(), (value) => void draftSchema.safeParse(value)));
    for (const destination of [
      { host: '-oProxyCommand=x' },
      { identityFile: 'id' },
      { rootFs: 'tank/../x' },
      { user: "a'b" },
    ]) {
      expect(draftSchema.safeParse(draftOf({ destination })).success).toBe(false);
    }
  });
});
