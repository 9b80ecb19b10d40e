import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_CONDITIONS } from '../../../core/api/conditions.ts';
import { commonProtocol, gradeOf, PROTOCOLS, REQUESTS, statusChangedParams } from '../../../core/api/contract.ts';
import { applyChange } from '../../../core/api/mirror.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { GOOD_STATE, idleStatus } from '../helper/support/fake-job.ts';

describe('request parameters', () => {
  it.each([
    ['hello', { protocols: PROTOCOLS, client: 'test' }],
    ['stop', { job: null, how: 'after-step' }],
    ['pause', { job: 'j', until: { kind: 'for', durationMs: 3_600_000 }, stop: null }],
    ['resume', { job: null }],
    ['config/get', {}],
    ['config/validate', { digest: 'ab'.repeat(32), change: { kind: 'text', text: '' } }],
    ['config/put', { digest: 'ab'.repeat(32), change: { kind: 'edits', edits: [{ op: 'remove', job: 'a' }] } }],
    ['config/reload', {}],
    ['limit/get', {}],
    ['drive/eject', { poolGuid: '18446744073709551615' }],
    ['drive/scrub', { poolGuid: '1' }],
    ['drive/forget', { poolGuid: '1', dryRun: true }],
    ['drive/scrub-stop', { poolGuid: '1' }],
    ['drive/disks', {}],
    [
      'drive/make',
      {
        pool: 'blue',
        rootFs: 'blue/backups',
        layout: 'single',
        disks: [{ id: 'usb-WD-0:0', model: 'WD', serial: '1', sizeBytes: 1, content: [], typed: 'WD 1 0 MB' }],
        encryption: { kind: 'passphrase', passphrase: 'correct horse' },
      },
    ],
    ['drive/prepare', { pool: 'blue', poolGuid: '5', rootFs: 'blue', passphrase: null }],
    [
      'drive/look',
      {
        pool: 'blue',
        poolGuid: '5',
        rootFs: 'blue/x',
        clientIdentity: null,
        datasets: ['tank/a'],
        encryptedAs: 'raw',
      },
    ],
    ['drive/unlock', { poolGuid: '5', passphrase: 'correct horse' }],
    ['limit/set', { bytesPerSecond: 1_000_000 }],
    ['discover', {}],
    ['destination/hostkeys', { host: 'nas', port: 22 }],
    ['destination/test-job', { job: 'nas' }],
    ['destination/key', { key: 'nas' }],
    [
      'destination/test',
      {
        host: 'nas',
        port: 22,
        user: 'backup',
        key: 'nas',
        hostKey: `SHA256:${'A'.repeat(43)}`,
        sudo: false,
        rootFs: 'tank/backup',
        estimateBytes: null,
      },
    ],
    [
      'destination/bring-key',
      {
        host: 'nas',
        port: 22,
        user: 'backup',
        key: 'nas',
        hostKey: `SHA256:${'A'.repeat(43)}`,
        password: 'correct horse',
      },
    ],
    [
      'destination/look',
      {
        host: 'nas',
        port: 22,
        user: 'backup',
        key: 'nas',
        hostKey: `SHA256:${'A'.repeat(43)}`,
        sudo: true,
        rootFs: 'tank/backup',
        clientIdentity: null,
        datasets: ['rpool/home'],
        encryptedAs: 'raw',
      },
    ],
    [
      'retention/preview',
      { intervalS: 900, keep: { grid: [{ count: 24, lengthS: 3600, keep: 1 }], lastN: null }, atS: [86_400, 864_000] },
    ],
    ['consent/show', { nonce: 'ab'.repeat(16) }],
    ['consent/redeem', { nonce: 'ab'.repeat(16), digest: 'cd'.repeat(32), agree: true, startedBy: null }],
    ['consent/wait', { nonce: 'ab'.repeat(16) }],
    ['status', {}],
    ['run', { job: 'j', snapshot: true }],
    ['wait', { job: 'j', runId: 1 }],
    ['signal', { job: 'j', op: 'wakeup' }],
    ['plan', { job: 'j' }],
    ['history', { job: null, beforeId: null, limit: 20 }],
    ['abstractions/list', { job: null }],
    ['abstractions/release', { job: 'j', which: 'stale', dryRun: true }],
  ] as const)('%s takes what fits and refuses a field too many or too few', (method, params) => {
    const schema = REQUESTS[method].params;
    expect(schema.safeParse(params).success).toBe(true);
    expect(schema.safeParse({ ...params, more: 1 }).success).toBe(false);
    for (const key of Object.keys(params)) {
      expect(schema.safeParse({ ...params, [key]: undefined }).success).toBe(false);
    }
  });

  it('never throws, whatever is sent, and never lets a job name pass its bound', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(REQUESTS)), fc.jsonValue(), (verb, value) => {
        expect([true, false]).toContain(verb.params.safeParse(value).success);
        expect([true, false]).toContain(verb.reply.safeParse(value).success);
      }),
    );
    expect(REQUESTS.plan.params.safeParse({ job: 'x'.repeat(256) }).success).toBe(false);
    expect(REQUESTS.plan.params.safeParse({ job: '' }).success).toBe(false);
    expect(REQUESTS.wait.params.safeParse({ job: 'j', runId: 0 }).success).toBe(false);
  });
});

describe('grades', () => {
  it('are those that were agreed, for every request', () => {
    const grades = Object.fromEntries(Object.entries(REQUESTS).map(([method, { grade }]) => [method, grade]));
    expect(grades).toEqual({
      hello: 'read',
      status: 'read',
      watch: 'read',
      run: 'run',
      wait: 'read',
      signal: 'run',
      stop: 'run',
      pause: 'change',
      resume: 'run',
      'drive/eject': 'run',
      'drive/scrub': 'run',
      'drive/forget': 'destroy',
      'drive/scrub-stop': 'run',
      'drive/disks': 'read',
      'drive/make': 'destroy',
      'drive/prepare': 'change',
      'drive/look': 'run',
      'drive/unlock': 'run',
      plan: 'read',
      history: 'read',
      diagnostics: 'read',
      'abstractions/list': 'read',
      'abstractions/release': 'destroy',
      'config/get': 'read',
      'config/validate': 'read',
      'config/put': 'change',
      'config/reload': 'change',
      'limit/get': 'read',
      'limit/set': 'run',
      discover: 'read',
      'destination/hostkeys': 'run',
      'destination/key': 'run',
      'destination/test': 'run',
      'destination/test-job': 'run',
      'destination/bring-key': 'run',
      'destination/look': 'run',
      'retention/preview': 'read',
      'consent/show': 'read',
      'consent/redeem': 'confirm',
      'consent/wait': 'read',
    });
  });
});

describe('one request', () => {
  it('is milder than its kind only in the forms that are harmless', () => {
    const hour = { kind: 'for', durationMs: 3_600_000 };
    expect(gradeOf('pause', { job: null, until: hour, stop: 'now' })).toBe('run');
    expect(gradeOf('pause', { job: 'j', until: { kind: 'tomorrow' }, stop: null })).toBe('run');
    expect(gradeOf('pause', { job: 'j', until: { kind: 'told' }, stop: null })).toBe('change');
    expect(gradeOf('abstractions/release', { job: null, which: 'all', dryRun: true })).toBe('read');
    expect(gradeOf('abstractions/release', { job: null, which: 'stale', dryRun: false })).toBe('destroy');
  });

  it('that does not fit has the grade of its kind, whatever it says', () => {
    expect(gradeOf('pause', { job: null, until: { kind: 'for', durationMs: 1e12 }, stop: null })).toBe('change');
    expect(gradeOf('abstractions/release', { job: null, which: 'all', dryRun: true, more: 1 })).toBe('destroy');
    fc.assert(
      fc.property(
        fc.constantFrom('pause', 'abstractions/release', 'run', 'status'),
        fc.jsonValue(),
        (method, value) => {
          expect(gradeOf(method as 'run', value)).toBe(REQUESTS[method as 'run'].grade);
        },
      ),
    );
  });
});

describe('the protocol that is spoken', () => {
  it('is the newest that both know, from whichever side one looks', () => {
    expect(commonProtocol({ oldest: 1, newest: 3 }, { oldest: 2, newest: 5 })).toBe(3);
    expect(commonProtocol({ oldest: 1, newest: 1 }, { oldest: 2, newest: 2 })).toBeNull();
    const range = fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => ({ oldest: Math.min(a, b), newest: Math.max(a, b) }));
    fc.assert(
      fc.property(range, range, (mine, theirs) => {
        const both = Array.from({ length: 10 }, (_, version) => version).filter((version) =>
          [mine, theirs].every(({ oldest, newest }) => version >= oldest && version <= newest),
        );
        expect(commonProtocol(mine, theirs)).toBe(both.at(-1) ?? null);
        expect(commonProtocol(theirs, mine)).toBe(commonProtocol(mine, theirs));
      }),
    );
  });
});

describe('where a request leads', () => {
  const hosts = REQUESTS['destination/hostkeys'].params;
  it.each(['-oProxyCommand=x', 'a b', 'a;b', '$(x)', '', '[::1]', 'a/b', 'x'.repeat(254), 'a\nb'])(
    'is never a host named %j',
    (host) => {
      expect(hosts.safeParse({ host, port: 22 }).success).toBe(false);
    },
  );

  it('is never a key by its path', () => {
    for (const key of ['../x', '/etc/x', 'a/b', '', '-x', 'A', '.']) {
      expect(REQUESTS['destination/key'].params.safeParse({ key }).success).toBe(false);
    }
  });
});

describe('applyChange', () => {
  const status: DaemonStatus = {
    revision: 5,
    version: '1',
    startedAtMs: 0,
    nowMs: 10,
    configFile: '/c',
    jobs: [idleStatus('a'), idleStatus('b')],
    commands: { active: 0, abandoned: 0 },
    state: GOOD_STATE,
    paused: null,
    conditions: UNKNOWN_CONDITIONS,
  };
  const change = (revision: number, name: string) =>
    statusChangedParams.parse({
      revision,
      nowMs: 20,
      jobs: [{ ...idleStatus(name), queued: true }],
      commands: { active: 1, abandoned: 2 },
      state: { ...GOOD_STATE, damagedLines: 3 },
      paused: { sinceMs: 1, untilMs: null },
      conditions: { ...UNKNOWN_CONDITIONS, power: 'battery' },
    });

  it('replaces the jobs that changed and keeps the others', () => {
    const next = applyChange(status, change(6, 'b'));
    expect(next).toMatchObject({
      revision: 6,
      nowMs: 20,
      commands: { active: 1, abandoned: 2 },
      state: { damagedLines: 3 },
      paused: { sinceMs: 1, untilMs: null },
      conditions: { power: 'battery' },
    });
    expect(next?.jobs.map((job) => job.queued)).toEqual([false, true]);
    expect(next?.jobs[0]).toBe(status.jobs[0]);
  });

  it('leaves out what is older than the whole', () => {
    expect(applyChange(status, change(5, 'b'))).toBe(status);
  });

  it('sees a gap, and a job it does not know', () => {
    expect(applyChange(status, change(7, 'b'))).toBeNull();
    expect(applyChange(status, change(6, 'c'))).toBeNull();
  });
});
