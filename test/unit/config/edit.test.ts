import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigEdit, configEditSchema } from '../../../core/api/config.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { applyEdits, maskSecrets } from '../../../core/config/edit.ts';
import { effectsOf } from '../../../core/config/effects.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { OWN_KEYS_FOLDER, protectedChanges } from '../../../core/config/protect.ts';
import { configOf, file, SSH, sshJob } from './helper.ts';

const TEXT = `# my backups
jobs:
  # the house
  - type: snap
    name: home # do not rename
    filesystems: {"tank/home<": true}
    snapshotting:
      type: periodic
      interval: 10m # often
      prefix: s_
    pruning:
      keep: [{type: last_n, count: 5}]

  - type: snap
    name: other
    filesystems: {"tank/other": on}
    snapshotting: {type: manual}
    pruning: {keep: [{type: last_n, count: 007}]}
`;

const parse = (text: string) => parseConfig(text, { fileName: 'f.yml' });
const config = (text: string) => {
  const { config, problems } = parse(text);
  if (config === null) throw new Error(JSON.stringify(problems));
  return config;
};
const edited = (...edits: ConfigEdit[]) => applyEdits(TEXT, edits);
/** Lines of `after` that `TEXT` does not have, and the other way round. */
function diff(after: string): { added: string[]; gone: string[] } {
  const [old, now] = [TEXT.split('\n'), after.split('\n')];
  return { added: now.filter((line) => !old.includes(line)), gone: old.filter((line) => !now.includes(line)) };
}

describe('edits of a configuration', () => {
  it('write the first job as a person would, not into the brackets of an empty list', () => {
    expect(applyEdits('# mine\njobs: []\n', [{ op: 'add', job: { type: 'snap', name: 'a' } }])).toBe(
      '# mine\njobs:\n  - type: snap\n    name: a\n',
    );
  });

  it('change the one line that they are about', () => {
    const path = ['snapshotting', 'interval'];
    expect(diff(edited({ op: 'set', job: 'home', path, value: '1h' }))).toEqual({
      added: ['      interval: 1h # often'],
      gone: ['      interval: 10m # often'],
    });
    expect(diff(edited({ op: 'disable', job: 'other', disabled: true }))).toEqual({
      added: ['    disabled: true'],
      gone: [],
    });
    expect(diff(edited({ op: 'title', job: 'home', title: 'Ünser "Haus": #1' }))).toMatchObject({ gone: [] });
    expect(edited({ op: 'title', job: 'home', title: '' })).toBe(TEXT);
    const on = applyEdits(edited({ op: 'disable', job: 'home', disabled: true }), [
      { op: 'disable', job: 'home', disabled: false },
    ]);
    expect(on).toBe(TEXT);
  });

  it('add and remove whole jobs, lists and maps', () => {
    const job = {
      type: 'snap',
      name: 'new',
      filesystems: { 'tank/new<': true },
      snapshotting: { type: 'manual' },
      pruning: { keep: [{ type: 'last_n', count: 3 }] },
    };
    const added = edited({ op: 'add', job });
    expect(added.startsWith(TEXT.trimEnd())).toBe(true);
    expect(config(added).jobs.map(({ name }) => name)).toEqual(['home', 'other', 'new']);
    const removed = edited({ op: 'remove', job: 'home' });
    expect(config(removed).jobs.map(({ name }) => name)).toEqual(['other']);
    expect(removed).toContain('# my backups');
    const value = [{ type: 'grid', grid: '1x1h(keep=all) | 24x1h', regex: '^s_' }];
    const kept = config(edited({ op: 'set', job: 'home', path: ['pruning', 'keep'], value })).jobs[0];
    expect(kept?.type === 'snap' && kept.pruning.keep[0]?.type).toBe('grid');
    const rule = { type: 'regex', regex: 'x', negate: true };
    const longer = config(edited({ op: 'set', job: 'home', path: ['pruning', 'keep', 1], value: rule })).jobs[0];
    expect(longer?.type === 'snap' && longer.pruning.keep).toHaveLength(2);
    expect(applyEdits('', [{ op: 'add', job }])).toContain('name: new');
    expect(config(applyEdits('# nothing yet\n', [{ op: 'add', job }])).jobs).toHaveLength(1);
  });

  it('are refused where they have no place, and the text is not half changed', () => {
    const codeOf = (edit: ConfigEdit, text = TEXT) => {
      try {
        applyEdits(text, [edit]);
        return null;
      } catch (thrown) {
        return thrown instanceof ProblemError ? thrown.code : thrown;
      }
    };
    expect(codeOf({ op: 'remove', job: 'nobody' })).toBe('job-unknown');
    expect(codeOf({ op: 'unset', job: 'home', path: ['nothing'] })).toBe('edit-refused');
    expect(codeOf({ op: 'set', job: 'home', path: ['name', 'deeper'], value: 'x' })).toBe('edit-refused');
    expect(codeOf({ op: 'set', job: 'home', path: ['pruning', 'keep', 9], value: 'x' })).toBe('edit-refused');
    expect(codeOf({ op: 'remove', job: 'a' }, 'jobs: [')).toBe('config-invalid');
    const aliased = `x: &a {type: manual}\njobs: [{name: j, snapshotting: *a}]`;
    expect(codeOf({ op: 'set', job: 'j', path: ['snapshotting', 'type'], value: 'cron' }, aliased)).toBe(
      'edit-refused',
    );
  });

  it('mean what they say, whatever the value: the file reads back as that text', () => {
    const anything = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc.constantFrom('off', '~', '1e3', '*a', '- b', '"', ' # '),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const after = applyEdits(TEXT, [{ op: 'set', job: 'home', path: ['snapshotting', 'prefix'], value }]);
        const back = applyEdits(after, [{ op: 'set', job: 'home', path: ['snapshotting', 'prefix'], value: 's_' }]);
        expect(diff(back)).toEqual({ added: [], gone: [] });
      }),
    );
  });

  it('are a problem or a text for any edit that the schema takes, and never anything else', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 5 }), tie('any'), { maxKeys: 3 }),
      ),
    })).any;
    const step = fc.oneof(
      fc.constantFrom('pruning', 'keep', 'name', '__proto__', 'snapshotting'),
      fc.nat(3),
      fc.string({ maxLength: 4 }),
    );
    const edit = fc.record({
      op: fc.constantFrom('set', 'unset'),
      job: fc.constantFrom('home', 'other'),
      path: fc.array(step, { minLength: 1, maxLength: 4 }),
      value,
    });
    fc.assert(
      fc.property(edit, ({ value: wanted, ...rest }) => {
        const parsed = configEditSchema.safeParse(rest.op === 'set' ? { ...rest, value: wanted } : rest);
        if (!parsed.success) return;
        try {
          parse(applyEdits(TEXT, [parsed.data]));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ProblemError);
          expect((thrown as ProblemError).code).not.toBe('internal');
        }
      }),
    );
  });
});

describe('what only the file may say', () => {
  const PUSH = `global: {control: {allow_users: [alice]}}
jobs:
  - name: a
    connect: {type: ssh, identity_file: /root/key, known_hosts: /root/hosts}
    snapshotting: {hooks: [{type: command, path: /root/hook}]}
  - {name: b, connect: {type: ssh}}
`;
  it('may be kept and removed', () => {
    expect(protectedChanges(PUSH, PUSH)).toEqual([]);
    expect(protectedChanges(PUSH, 'jobs: []')).toEqual([]);
    expect(protectedChanges(PUSH, PUSH.replace('{type: ssh}', '{type: ssh, host_key: "SHA256:x", host: nas}'))).toEqual(
      [],
    );
  });

  it.each([
    ['another program', '/root/hook', '/tmp/hook'],
    ['a further hook', 'path: /root/hook}', 'path: /root/hook}, {type: command, path: /tmp/x}'],
    ['a key file', '/root/key', '/home/eve/key'],
    ['hosts that are believed', '/root/hosts', '/home/eve/hosts'],
    ['what another job may use', '{type: ssh}', '{type: ssh, identity_file: /root/key}'],
    ['who may ask', '[alice]', '[alice, eve]'],
    ['other files', 'jobs:', 'include: [/tmp/x.yml]\njobs:'],
    ['a command for ssh', '{type: ssh}', '{type: "ssh+stdinserver", ssh_command: /tmp/x}'],
    ['another name for the same hook', 'name: a', 'name: c'],
  ])('may not become %s', (_, from, to) => {
    expect(protectedChanges(PUSH, PUSH.replace(from, to))).not.toEqual([]);
  });

  it('does not include the keys that the daemon has made', () => {
    const own = (path: string) => PUSH.replace('{type: ssh}', `{type: ssh, identity_file: ${path}}`);
    expect(protectedChanges(PUSH, own(`${OWN_KEYS_FOLDER}/nas-1/id_ed25519`))).toEqual([]);
    expect(protectedChanges(PUSH, own(`${OWN_KEYS_FOLDER}/../../etc/id_ed25519`))).not.toEqual([]);
    expect(protectedChanges(PUSH, own(`${OWN_KEYS_FOLDER}/nas/other`))).not.toEqual([]);
  });
});

describe('passwords', () => {
  it('are left out, and nothing else is', () => {
    const text = `jobs: [{name: a, snapshotting: {hooks: [{type: mysql-lock-tables, dsn: "u:secret@tcp(h)/"}]}}] # c\n`;
    expect(maskSecrets(text)).toBe(text.replace('"u:secret@tcp(h)/"', '(not shown)'));
    const block = 'x:\n  dsn: |\n    secret\n    more\n  y: 1\n';
    expect(maskSecrets(block)).not.toContain('secret');
    const elsewhere = 'a: &p "secret"\nb:\n  dsn: *p\n';
    expect(maskSecrets(elsewhere)).not.toContain('secret');
    const off = 'a: 1 # was\n#  - {type: x, dsn: secret, y: 1}\n  # "dsn" : secret\nb: "#" # dsn: secret\n';
    expect(maskSecrets(off)).toBe(
      'a: 1 # was\n#  - {type: x, dsn: (not shown)\n  # "dsn" : (not shown)\nb: "#" # dsn: (not shown)\n',
    );
    expect(maskSecrets(TEXT)).toBe(TEXT);
    expect(maskSecrets('a: [')).toBeNull();
  });
});

describe('the effects of a change', () => {
  it('are told for every job that is not as it was', () => {
    const before = config(TEXT);
    expect(effectsOf(before, config(TEXT))).toEqual([]);
    const after = config(
      edited(
        { op: 'set', job: 'home', path: ['pruning', 'keep', 0, 'count'], value: 1 },
        { op: 'set', job: 'home', path: ['filesystems', 'tank/home/x'], value: false },
        { op: 'title', job: 'home', title: 'Home' },
        { op: 'disable', job: 'home', disabled: true },
        { op: 'remove', job: 'other' },
      ),
    );
    expect(effectsOf(before, after).map(({ job, kind }) => `${job} ${kind}`)).toEqual([
      'home disabled',
      'home datasets-changed',
      'home pruning-changed',
      'home changed',
      'other removed',
    ]);
    expect(effectsOf(after, before).map(({ job, kind }) => `${job} ${kind}`)).toContain('other added');
    expect(effectsOf(null, before).map(({ kind }) => kind)).toEqual(['added', 'added']);
  });

  it('tell another destination from another way to find the same machine', () => {
    const kinds = (now: string) =>
      effectsOf(configOf(file(sshJob())), configOf(file(sshJob({ connect: now })))).map(({ kind }) => kind);
    expect(kinds(SSH)).toEqual([]);
    expect(kinds(SSH.replace('}', ', also_at: [10.0.0.7]}'))).toEqual(['changed']);
    expect(kinds(SSH.replace('}', ', wake: {mac: "00:11:32:aa:bb:cc"}}'))).toEqual(['changed']);
    expect(kinds(SSH.replace('pool/b', 'pool/c'))).toEqual(['destination-changed']);
  });
});
