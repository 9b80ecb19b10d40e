import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reachOf } from '../../../core/config/reach.ts';
import { meetingRoots, receivingRoots, rootsMeet } from '../../../core/config/roots.ts';
import {
  complaintsOf,
  configOf,
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

const good = (...jobs: readonly string[]) => expect(complaintsOf(file(...jobs))).toEqual([]);
const bad = (...jobs: readonly string[]) => expect(complaintsOf(file(...jobs)).join('\n'));

describe('job names', () => {
  it.each(['validjobname', 'valid with spaces', 'a'.repeat(203), 'a:b.c_d-e', 'x:0123456789abcde'])(
    'take %j',
    (name) => {
      good(snapJob({ name: JSON.stringify(name) }));
    },
  );

  it.each([
    'invalid\twith\ttabs',
    'invalid#withdelimiter',
    'invalid@withdelimiter',
    'withnewline\nmiddle',
    'withnewline\n',
    'withslash/',
    'withslash/inthemiddle',
    '/',
    '',
    '.',
    '..',
    'jöb',
    'a'.repeat(204),
    '_internal',
    'drive:0123456789abcdef',
    'a_G_0123456789abcdef_J_b',
  ])('refuse %j', (name) => {
    bad(snapJob({ name: JSON.stringify(name) })).toMatch(/^2:\d+ |^3:\d+ /);
  });

  it('are unique, also when one of the two is broken otherwise', () => {
    bad(snapJob({ name: 'x' }), snapJob({ name: 'x', pruning: null })).toMatch(
      /the name "x" is used already .*\(line 3\)/,
    );
  });
});

describe('in-process listeners', () => {
  it('need a job on the other side', () => {
    bad(pushJob()).toMatch(/listener_name: no sink job has a local listener named "here"/);
    bad(pushJob(), sourceJob({ serve: '{type: local, listener_name: here}', filesystems: '{x: true}' })).toMatch(
      /no sink job/,
    );
    bad(pullJob({ connect: '{type: local, listener_name: here, client_identity: me}' })).toMatch(/no source job/);
    good(pushJob(), sinkJob());
    good(
      pullJob({ connect: '{type: local, listener_name: here, client_identity: me}' }),
      sourceJob({ serve: '{type: local, listener_name: here}' }),
    );
  });

  it('say which one was probably meant', () => {
    const { problems } = parse(file(pushJob(), sinkJob({ serve: '{type: local, listener_name: her}' })));
    expect(problems.map(({ hint }) => hint)).toEqual(['did you mean "her"?']);
  });

  it('are not missed while a job cannot be read', () => {
    expect(complaintsOf(file(pushJob(), sinkJob({ root_fs: null })))).toHaveLength(1);
  });

  it('belong to one job', () => {
    const two = file(sinkJob({ name: 'a' }), sinkJob({ name: 'b', root_fs: 'pool/b' }));
    expect(complaintsOf(two)).toEqual([
      expect.stringMatching(
        /warning jobs\[1\] "b"\.serve\.listener_name: the listener "here" is served by job "a" already/,
      ),
    ]);
    expect(configOf(two).jobs).toHaveLength(2);
  });

  it('and so do addresses and identities', () => {
    const tcp = '{type: tcp, listen: ":1", clients: {"10.0.0.1": a}}';
    bad(sourceJob({ name: 'a', serve: tcp }), sourceJob({ name: 'b', serve: tcp })).toMatch(
      /address ":1" is served by job "a"/,
    );
    const ssh = (who: string) =>
      sourceJob({ name: `n${who}`, serve: `{type: stdinserver, client_identities: [c, ${who}]}` });
    bad(ssh('a'), ssh('b')).toMatch(/identity "c" is served by job "na"/);
  });
});

describe('receiving roots', () => {
  it.each<[readonly string[], boolean]>([
    [[], false],
    [[''], false],
    [['a'], false],
    [['zroot/sink1', 'zroot/sink2', 'zroot/sink3'], false],
    [['zroot/foo', 'zroot/foobar'], false],
    [['a/x', 'b/x'], false],
    [['a', 'b'], false],
    [['zroot/b', 'zroot/b'], true],
    [['zroot/foo', 'zroot/foo/bar', 'zroot/baz'], true],
    [['a', 'a'], true],
    [['a/x/y', 'a/x'], true],
    [['a/x', 'a/x/y'], true],
    [['a/x', 'b/x', 'a/x/y'], true],
    [['a', 'a/b', 'a/c', 'a/b'], true],
    [['a/b', 'a/c', 'a/b', 'a/d', 'a/c'], true],
  ])('%j overlap: %s', (roots, overlap) => {
    const meet = roots.some((a, index) => roots.slice(index + 1).some((b) => rootsMeet(a, b) !== 'no'));
    expect(meet).toBe(overlap);
    // The same through whole jobs: a pull job receives into its root itself.
    if (roots.includes('')) return;
    const jobs = roots.map((root, index) => pullJob({ name: `p${index}`, root_fs: root }));
    if (overlap) bad(...jobs).toMatch(/one must not be inside of the other/);
    else if (jobs.length > 0) good(...jobs);
  });

  it.each([
    ['p/*', 'p/x', 'maybe'],
    ['p/net-*', 'p/x', 'no'],
    ['p/net-*', 'p/net-', 'maybe'],
    ['p/net-*', 'q/net-1', 'no'],
    ['p/a*z', 'p/az', 'maybe'],
    ['p/a*z', 'p/a', 'no'],
    ['p/a*', 'p/ab*', 'maybe'],
    ['p/a*', 'p/b*', 'no'],
    ['p/*a', 'p/*ba', 'maybe'],
    ['p/*a', 'p/*b', 'no'],
    ['p/*', 'p', 'yes'],
    ['p/*', 'p/x/y', 'maybe'],
  ])('%s and %s: %s', (a, b, answer) => {
    expect([rootsMeet(a, b), rootsMeet(b, a)]).toEqual([answer, answer]);
  });

  it('meet in pairs found by looking up as by comparing all with all', () => {
    const component = fc.constantFrom('a', 'b', 'ab', '*', 'a*');
    const root = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const roots = fc.array(fc.record({ root, job: fc.constantFrom('1', '2'), machine: fc.constantFrom('', 'nas') }));
    fc.assert(
      fc.property(roots, (list) => {
        const given = list.map((entry) => ({ ...entry, keys: [] }));
        const slow = given.flatMap((later, index) =>
          given.slice(0, index).flatMap((earlier) => {
            const meet = rootsMeet(earlier.root, later.root);
            const apart = earlier.job === later.job || earlier.machine !== later.machine || meet === 'no';
            return apart ? [] : [[earlier, later, meet]];
          }),
        );
        const text = (pair: unknown) => JSON.stringify(pair);
        expect([...meetingRoots(given)].map(text).sort()).toEqual(slow.map(text).sort());
      }),
    );
  });

  it('are those of each client of a sink, and of each agentless push', () => {
    const jobs = configOf(
      file(
        sinkJob(),
        pushJob(),
        pushJob({ name: 'second', connect: '{type: local, listener_name: here, client_identity: other}' }),
        sinkJob({ name: 's2', root_fs: 'q', serve: '{type: stdinserver, client_identities: [a, b]}' }),
        sinkJob({ name: 's3', root_fs: 'r', serve: '{type: tcp, listen: ":1", clients: {"10.0.0.0/8": "n-*"}}' }),
        sinkJob({
          name: 's4',
          root_fs: 't',
          serve: '{type: tls, listen: ":2", ca: a, cert: b, key: c, client_cns: [x, x]}',
        }),
        sshJob({ name: 'nas' }),
        sshJob({
          name: 'nas2',
          connect: SSH.replace('pool/b', 'pool/c, client_identity: me').replace('nas,', 'NAS2,'),
        }),
      ),
    ).jobs;
    expect(receivingRoots(jobs).map(({ job, machine, root }) => `${job} ${machine} ${root}`)).toEqual([
      'sinker  pool/sink/me',
      'sinker  pool/sink/other',
      's2  q/a',
      's2  q/b',
      's3  r/n-*',
      's4  t/x',
      'nas nas port 22 pool/b',
      'nas2 nas2 port 22 pool/c/me',
    ]);
  });

  it('may share root_fs when the clients differ', () => {
    const sink = (name: string, who: string) =>
      sinkJob({ name, serve: `{type: stdinserver, client_identities: [${who}]}` });
    good(sink('a', 'x'), sink('b', 'y'));
    bad(sink('a', 'x'), pullJob({ root_fs: 'pool/sink' })).toMatch(/puller"\.root_fs: .*"pool\/sink\/x"/);
    bad(sink('a', 'x'), pullJob({ root_fs: 'pool/sink/x/y' })).toMatch(/one must not be inside/);
    good(sink('a', 'x'), pullJob({ root_fs: 'pool/sink/z' }));
  });

  it('are on machines', () => {
    good(
      sshJob({ name: 'a' }),
      sshJob({ name: 'b', connect: SSH.replace('nas', 'nas2') }),
      pullJob({ root_fs: 'pool/b' }),
    );
    good(sshJob({ name: 'a' }), sshJob({ name: 'b', connect: SSH.replace('user', 'port: 23, user') }));
    bad(sshJob({ name: 'a' }), sshJob({ name: 'b' })).toMatch(/jobs\[1\] "b"\.connect\.root_fs: .*"pool\/b"/);
    bad(
      sshJob({ name: 'a' }),
      sshJob({ name: 'b', connect: SSH.replace('pool/b', 'pool/b, client_identity: x') }),
    ).toMatch(/one must not be inside/);
    const as = (who: string) =>
      sshJob({ name: who, connect: SSH.replace('pool/b', `pool/b, client_identity: ${who}`) });
    good(as('x'), as('y'));
  });

  it('warn where only an address decides', () => {
    const net = sinkJob({ name: 'net', serve: '{type: tcp, listen: ":1", clients: {"10.0.0.0/8": "c-*"}}' });
    const one = sinkJob({ name: 'one', serve: '{type: stdinserver, client_identities: [c-7]}' });
    const { config, problems } = parse(file(net, one));
    expect(problems).toMatchObject([{ severity: 'warning', message: expect.stringContaining('may be the same') }]);
    expect(config).not.toBeNull();
  });
});

describe('what is sent', () => {
  it('is never what was received', () => {
    bad(pushJob({ filesystems: '{"pool<": true}' }), sinkJob()).toMatch(
      /filesystems: this job would send "pool\/sink\/me", where job "sinker" receives/,
    );
    bad(pushJob({ filesystems: '{"<": true}' }), sinkJob()).toMatch(/would send/);
    bad(pushJob({ filesystems: '{"pool/sink/me/deep": true}' }), sinkJob()).toMatch(/would send/);
    good(pushJob({ filesystems: '{"pool<": true, "pool/sink<": false}' }), sinkJob());
    good(pushJob({ filesystems: '{"pool": true}' }), sinkJob());
    bad(sshJob({ filesystems: '{"<": true}' }), pullJob()).toMatch(/"pool\/pulled", where job "puller" receives/);
    bad(sourceJob({ filesystems: '{"<": true}' }), pullJob()).toMatch(/sourcer"\.filesystems: this job would send/);
    // What is received on another machine cannot be sent from here.
    good(sshJob({ filesystems: '{"<": true}' }));
  });

  it('counts every client of a network', () => {
    const net = sinkJob({ serve: '{type: tcp, listen: ":1", clients: {"10.0.0.0/8": "c-*"}}' });
    bad(sshJob({ filesystems: '{"pool<": true}' }), net).toMatch(/would send "pool\/sink\/c-\*"/);
    good(sshJob({ filesystems: '{"pool<": true, "pool/sink<": false}' }), net);
  });

  it('may have snapshots taken only with a warning', () => {
    const snap = snapJob({ filesystems: '{"<": true}' });
    const { config, problems } = parse(file(snap, pullJob()));
    expect(problems).toMatchObject([{ severity: 'warning', hint: 'add "pool/pulled<": false' }]);
    expect(config).not.toBeNull();
    good(snapJob({ filesystems: '{"<": true}', snapshotting: '{type: manual}' }), pullJob());
  });

  it('goes to one place once', () => {
    const other = (filesystems: string) => pushJob({ name: 'other', filesystems });
    bad(pushJob(), other('{"tank/home": true}'), sinkJob()).toMatch(
      /job "pusher" sends "tank\/home" to the same place/,
    );
    good(pushJob(), other('{"home<": true}'), sinkJob());
    good(
      pushJob(),
      pushJob({ name: 'other', connect: '{type: local, listener_name: here, client_identity: you}' }),
      sinkJob(),
    );
  });

  it.each<[Record<string, boolean>, Record<string, boolean>, string | null]>([
    [{ '<': true }, { '<': true }, '*'],
    [{ '<': true }, { 'tank<': true }, 'tank'],
    [{ '<': true, 'tank<': false }, { 'tank<': true }, null],
    [{ 'tank<': true, tank: false }, { 'tank<': true, tank: false }, 'tank/*'],
    [{ 'tank<': true, 'tank/a<': false }, { 'tank/a<': true }, null],
    [{ tank: true }, { 'tank<': true }, 'tank'],
    [{}, { '<': true }, null],
  ])('%j and %j have %j in common', (a, b, dataset) => {
    const left = reachOf(new Map(Object.entries(a)));
    const right = reachOf(new Map(Object.entries(b)));
    expect(left.sharedWith(right)).toBe(dataset);
    expect(right.sharedWith(left) === null).toBe(dataset === null);
  });

  it('is known from the patterns alone', () => {
    const component = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const pattern = fc.tuple(fc.oneof(path, fc.constant('')), fc.constantFrom('', '<')).map((parts) => parts.join(''));
    const patterns = fc.uniqueArray(fc.tuple(pattern, fc.boolean()), { selector: ([key]) => key, maxLength: 5 });
    // Every dataset up to one level deeper than the patterns, with a name that none of them has.
    const names = ['a', 'b', 'c', 'x'];
    const level = (above: readonly string[]) => above.flatMap((parent) => names.map((name) => `${parent}/${name}`));
    const all = [names, level(names), level(level(names)), level(level(level(names)))].flat();
    fc.assert(
      fc.property(patterns, patterns, path, (a, b, root) => {
        const [left, right] = [reachOf(new Map(a)), reachOf(new Map(b))];
        expect(left.sharedWith(right) !== null).toBe(all.some((name) => left.takes(name) && right.takes(name)));
        const inside = all.some((name) => left.takes(name) && (name === root || name.startsWith(`${root}/`)));
        expect(left.takesPartOf(root)).toBe(inside);
      }),
      { numRuns: 60 },
    );
  });
});
