import { describe, expect, it } from 'vitest';
import { parse as parseYamlText } from 'yaml';
import { dumpConfig } from '../../../core/config/dump.ts';
import { effectsOf } from '../../../core/config/effects.ts';
import { protectedChanges } from '../../../core/config/protect.ts';
import { planReload } from '../../../core/config/reload-plan.ts';
import { runnable } from '../../../core/config/runnable.ts';
import { complaintsOf, configOf, file, jobOf, pullJob, pushJob, sinkJob } from './helper.ts';

const GUID = 17_446_744_073_709_551_615n;
const ONE = `{type: drive, pool: blue, pool_guid: ${GUID}, root_fs: blue/copies}`;
const SET = `{type: drive, drives: [
      {pool: blue, pool_guid: ${GUID}, root_fs: blue/copies},
      {pool: red, pool_guid: "7", root_fs: red, name: "The red one", key_file: /etc/keys/red}]}`;

function driveJob(connect: string, keys: Readonly<Record<string, string>> = {}): string {
  return pushJob({ connect, ...keys });
}
const pushOf = (connect: string, keys?: Readonly<Record<string, string>>) =>
  jobOf('push', file(driveJob(connect, keys)));
const bad = (connect: string, keys?: Readonly<Record<string, string>>) =>
  expect(complaintsOf(file(driveJob(connect, keys))).join('\n'));

describe('a push to a drive', () => {
  it('needs no more than its pool', () => {
    expect(pushOf(ONE).connect).toEqual({
      type: 'drive',
      clientIdentity: null,
      onPlug: 'ask',
      ejectWhenDone: true,
      spinDownAfterMs: null,
      staleAfterMs: 7 * 86_400_000,
      drives: [{ name: 'blue', pool: 'blue', poolGuid: GUID, rootFs: 'blue/copies', keyFile: null }],
    });
    expect(pushOf(ONE).recv).not.toBeNull();
    expect(runnable(pushOf(ONE), configOf(file(driveJob(ONE))))).toEqual({ ok: true });
  });

  it('says all there is to say', () => {
    const all = ONE.replace(
      '}',
      ', name: Blue, key_file: /k, client_identity: me, on_plug: start, eject_when_done: false, spin_down_after: 10m, stale_after: 30d}',
    );
    expect(pushOf(all).connect).toEqual({
      type: 'drive',
      clientIdentity: 'me',
      onPlug: 'start',
      ejectWhenDone: false,
      spinDownAfterMs: 600_000,
      staleAfterMs: 30 * 86_400_000,
      drives: [{ name: 'Blue', pool: 'blue', poolGuid: GUID, rootFs: 'blue/copies', keyFile: '/k' }],
    });
  });

  it('may have a set of them', () => {
    expect(pushOf(SET).connect).toMatchObject({
      drives: [
        { name: 'blue', poolGuid: GUID, keyFile: null },
        { name: 'The red one', poolGuid: 7n, rootFs: 'red', keyFile: '/etc/keys/red' },
      ],
    });
  });

  it('protects by bookmarks unless told otherwise, key by key', () => {
    const protection = (text?: string) =>
      pushOf(ONE, text === undefined ? {} : { replication: text }).replication.protection;
    const bookmarks = { initial: 'guarantee_incremental', incremental: 'guarantee_incremental' };
    expect(protection()).toEqual(bookmarks);
    expect(protection('{concurrency: {steps: 2}}')).toEqual(bookmarks);
    expect(protection('{protection: {initial: guarantee_resumability}}')).toEqual({
      ...bookmarks,
      initial: 'guarantee_resumability',
    });
    expect(protection('{protection: {incremental: guarantee_nothing}}')).toEqual({
      ...bookmarks,
      incremental: 'guarantee_nothing',
    });
  });

  it('may say how it receives', () => {
    expect(pushOf(ONE, { recv: '{properties: {override: {compression: zstd}}}' }).recv?.properties.override).toEqual(
      new Map([['compression', 'zstd']]),
    );
  });
});

describe('what is refused of a drive', () => {
  it.each(['0', '-7', '0x7', '1e3', 'blue', '18446744073709551616', '123456789012345678901', '""'])(
    'pool_guid %s',
    (guid) => {
      bad(ONE.replace(String(GUID), guid)).toMatch(/connect\.pool_guid: .*(is not the guid of a pool|must|empty)/);
    },
  );

  it('the largest guid there is is taken', () => {
    expect(pushOf(ONE.replace(String(GUID), '18446744073709551615')).connect).toMatchObject({
      drives: [{ poolGuid: 2n ** 64n - 1n }],
    });
  });

  it.each([
    [
      'a root in another pool',
      ONE.replace('blue/copies', 'blues/copies'),
      /connect\.root_fs: "blues\/copies" is not in the pool "blue"/,
    ],
    ['a dataset as pool', ONE.replace('pool: blue', 'pool: blue/x'), /connect\.pool: .*is not the name of a pool/],
    [
      'a pool that begins with a number',
      ONE.replaceAll('blue', '1blue'),
      /connect\.pool: .*does not begin with a letter/,
    ],
    ['a name that is not visible', ONE.replace('}', ', name: "a\\tb"}'), /connect\.name: /],
    ['a key file by half a path', ONE.replace('}', ', key_file: keys/blue}'), /connect\.key_file: /],
    ['another answer', ONE.replace('}', ', on_plug: maybe}'), /connect\.on_plug: /],
    ['no time to be stale after', ONE.replace('}', ', stale_after: 0s}'), /connect\.stale_after: /],
    ['no pool', '{type: drive, pool_guid: 7, root_fs: blue}', /connect.*pool/],
    ['a drive beside a set', SET.replace('drives:', 'pool: blue, drives:'), /connect\.pool: .*not known here/],
    ['an empty set', '{type: drive, drives: []}', /connect\.drives: "drives" must not be empty/],
    [
      'one drive twice',
      SET.replace('"7"', String(GUID)),
      /connect\.drives: the drive with the pool_guid \d+ is here twice/,
    ],
    ['two of one name', SET.replace('The red one', 'blue'), /connect\.drives: two drives are called "blue"/],
    [
      'a root of a set in another pool',
      SET.replace('root_fs: red', 'root_fs: blue'),
      /drives\[1\].*root_fs: .*not in the pool "red"/,
    ],
  ])('%s', (_, connect, complaint) => {
    bad(connect).toMatch(complaint);
  });

  it('a drawer that is too full', () => {
    const drives = (count: number) =>
      `{type: drive, drives: [${Array.from({ length: count }, (_, i) => `{pool: p${i}, pool_guid: ${i + 1}, root_fs: p${i}}`).join(', ')}]}`;
    expect(complaintsOf(file(driveJob(drives(32))))).toEqual([]);
    bad(drives(33)).toMatch(/these are 33 drives; a job has at most 32/);
  });

  it('a name that leaves no room for the guid of a drive', () => {
    expect(complaintsOf(file(driveJob(ONE, { name: 'a'.repeat(186) })))).toEqual([]);
    bad(ONE, { name: 'a'.repeat(187) }).toMatch(/\.name: the name is too long for a job with drives/);
  });

  it('a pull from one', () => {
    expect(complaintsOf(file(pullJob({ connect: ONE }))).join('\n')).toMatch(/cannot connect with type drive/);
  });
});

describe('where drives receive', () => {
  const meets = (...jobs: readonly string[]) => expect(complaintsOf(file(...jobs)).join('\n'));

  it('two jobs must not meet on one pool, and need not', () => {
    const as = (who: string) => driveJob(ONE.replace('}', `, client_identity: ${who}}`), { name: who });
    meets(as('x'), as('y')).toBe('');
    meets(driveJob(ONE, { name: 'x' }), driveJob(ONE, { name: 'y' })).toMatch(/"blue\/copies"/);
    meets(driveJob(ONE, { name: 'x' }), as('y')).toMatch(/one must not be inside/);
    meets(
      driveJob(SET, { name: 'x' }),
      driveJob(ONE.replace('blue/copies', 'blue/copies/deep'), { name: 'y' }),
    ).toMatch(/one must not be inside/);
  });

  it('nor with anything else that receives on this machine', () => {
    meets(driveJob(ONE), sinkJob({ root_fs: 'blue/copies' }), pushJob({ name: 'other' })).toMatch(
      /one must not be inside/,
    );
    meets(driveJob(ONE), pullJob({ root_fs: 'blue/copies/a' })).toMatch(/one must not be inside/);
  });

  it('nor send what it receives', () => {
    meets(driveJob(ONE, { filesystems: '{"blue<": true}' })).toMatch(/"blue\/copies"/);
  });
});

describe('a drive in a configuration that changes', () => {
  const config = (connect: string) => configOf(file(driveJob(connect)));
  const effects = (before: string, after: string) => effectsOf(config(before), config(after)).map(({ kind }) => kind);

  it('tells another destination from another way to treat it', () => {
    expect(effects(SET, SET)).toEqual([]);
    expect(effects(ONE, ONE.replace(String(GUID), '17446744073709551614'))).toEqual(['destination-changed']);
    expect(effects(ONE, ONE.replace('blue/copies', 'blue/new'))).toEqual(['destination-changed']);
    expect(effects(ONE, ONE.replace('}', ', client_identity: me}'))).toEqual(['destination-changed']);
    expect(effects(ONE, SET)).toEqual(['drive-added']);
    for (const more of [
      'on_plug: start',
      'eject_when_done: false',
      'spin_down_after: 1m',
      'stale_after: 3d',
      'name: Blue',
      'key_file: /k',
    ]) {
      expect(effects(ONE, ONE.replace('}', `, ${more}}`))).toEqual(['changed']);
    }
  });

  it('begins a job anew that is told something else', () => {
    expect(planReload(config(SET), config(SET)).kept).toEqual(['pusher']);
    expect(planReload(config(SET), config(SET.replace('"7"', '"8"'))).restarted).toEqual(['pusher']);
  });

  it('may not name a file with a key but in the file itself', () => {
    const text = (connect: string) => file(driveJob(connect));
    const own = '/var/lib/snapferry/drive-keys/blue-0a1b2c3d/key';
    expect(protectedChanges(text(ONE), text(ONE.replace('}', `, key_file: ${own}}`)))).toEqual([]);
    expect(protectedChanges(text(ONE), text(ONE.replace('}', `, key_file: ${own}/../../x/key}`)))).toHaveLength(1);
    expect(protectedChanges(text(ONE), text(ONE.replace('}', ', key_file: /etc/shadow}')))).toEqual([
      'job pusher: connect: key_file = "/etc/shadow"',
    ]);
    expect(protectedChanges(text(SET), text(SET.replace('/etc/keys/red', '/etc/shadow')))).toEqual([
      'job pusher: connect: key_file = "/etc/shadow"',
    ]);
    expect(protectedChanges(text(ONE), text(ONE.replace('}', ', on_plug: start}')))).toEqual([]);
  });

  it.each(['yaml', 'json'] as const)('is shown with every digit of its guid (%s)', (format) => {
    const text = dumpConfig(config(SET), format);
    const content: unknown = format === 'json' ? JSON.parse(text) : parseYamlText(text);
    expect(content).toMatchObject({
      jobs: [{ connect: { type: 'drive', drives: [{ poolGuid: String(GUID), name: 'blue' }, { poolGuid: '7' }] } }],
    });
  });
});

describe('two jobs on one drive', () => {
  const other = (pool: string) =>
    driveJob(`{type: drive, pool: ${pool}, pool_guid: ${GUID}, root_fs: ${pool}/more}`, { name: 'second' });

  it('call its pool the same', () => {
    expect(complaintsOf(file(driveJob(ONE), other('blue')))).toEqual([]);
    expect(complaintsOf(file(driveJob(ONE), other('azure'))).join('\n')).toContain(
      `the pool with the guid ${GUID} is "blue" in job`,
    );
  });
});
