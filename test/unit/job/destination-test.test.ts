import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { RECEIVING_RIGHTS } from '../../../core/api/receiving-rights.ts';
import { destinationTestReply } from '../../../core/api/surroundings.ts';
import { testDestination } from '../../../core/job/destination-test.ts';
import { allowedTo } from '../../../core/zfs/allowed.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';
import { type Answerer, fakeHost } from '../zfs/support/fake-host.ts';

const signal = new AbortController().signal;
const ALLOW = `---- Permissions on tank/backup --------------------------------------
Permission sets:
	@recv create,mount,receive
Local+Descendent permissions:
	user backup @recv,hold,release,destroy
	group nas canmount,mountpoint,readonly
	everyone userprop,setuid,devices,exec
	user other rollback
---- Permissions on tank ----------------------------------------------
Local permissions:
	user backup send
`;

function place(answer: Answerer, ping: () => Promise<void> = async () => {}) {
  const zfs = new MemoryZfs({ label: 'nas' });
  zfs.addDataset('tank/backup');
  const listDatasets = zfs.listDatasets.bind(zfs);
  zfs.listDatasets = async (...args) => {
    const found = await listDatasets(...args);
    const available = { value: '1000', source: 'none' as const };
    return found.map((facts) => ({ ...facts, properties: new Map([['available', available]]) }));
  };
  return { zfs, host: { ...fakeHost(answer), ping }, user: 'backup', rootFs: 'tank/backup', sudo: false };
}

const asRoot: Answerer = ([option]) => (option === '-u' ? { stdout: '0\n' } : undefined);
const states = (checks: readonly { check: string; state: string }[]) =>
  Object.fromEntries(checks.map(({ check, state }) => [check, state]));
const GOOD = { reachable: 'ok', 'host-key': 'ok', login: 'ok', zfs: 'ok', rights: 'ok', target: 'ok', space: 'ok' };

describe('testing a destination', () => {
  it('tells every check by itself', async () => {
    const result = await testDestination({ ...place(asRoot), estimateBytes: 900 }, signal);
    expect(destinationTestReply.parse(result).usable).toBe(true);
    expect(states(result.checks)).toEqual(GOOD);
    expect(result.checks.find(({ check }) => check === 'zfs')?.detail).toBe('2.3.2');
  });

  it.each([
    ['host-unreachable', 'reachable', {}],
    ['host-key-mismatch', 'host-key', { reachable: 'ok' }],
    ['login-refused', 'login', { reachable: 'ok', 'host-key': 'ok' }],
    ['identity-unreadable', 'login', { reachable: 'ok', 'host-key': 'ok' }],
  ] as const)('stops at %s: what was passed is told, what comes later was not tried', async (code, check, passed) => {
    const away = place(asRoot, async () => {
      throw new ProblemError(code, { host: 'nas' });
    });
    const { checks, usable } = await testDestination({ ...away, estimateBytes: null }, signal);
    expect(usable).toBe(false);
    expect(states(checks)).toMatchObject({ ...passed, [check]: 'failed', zfs: 'skipped', space: 'skipped' });
    expect(checks.find((one) => one.check === check)?.problem?.code).toBe(code);
  });

  it('tells a missing target, and too little room', async () => {
    const missing = await testDestination({ ...place(asRoot), rootFs: 'tank/none', estimateBytes: 1 }, signal);
    expect(states(missing.checks)).toMatchObject({ zfs: 'ok', rights: 'ok', target: 'failed', space: 'skipped' });
    const full = await testDestination({ ...place(asRoot), estimateBytes: 999 }, signal);
    expect(states(full.checks)).toMatchObject({ target: 'ok', space: 'failed' });
    expect(full.usable).toBe(false);
    const unknown = await testDestination({ ...place(asRoot), estimateBytes: null }, signal);
    expect([states(unknown.checks).space, unknown.usable]).toEqual(['unknown', true]);
  });

  it('asks an account that is not root for what it was delegated, wherever zfs lies', async () => {
    const programs: string[] = [];
    const answer =
      (allow: string): Answerer =>
      ([command, ...rest]) => {
        programs.push(command ?? '');
        if (command === '-u') return { stdout: '1000\n' };
        if (command === '-Gn') return { stdout: 'backup nas\n' };
        return rest[0] === 'tank/backup' ? { stdout: allow } : undefined;
      };
    const good = await testDestination({ ...place(answer(ALLOW)), estimateBytes: 1 }, signal);
    expect(states(good.checks)).toEqual(GOOD);
    const poor = await testDestination({ ...place(answer(ALLOW.replace('hold,', ''))), estimateBytes: 1 }, signal);
    expect(poor.checks.find(({ check }) => check === 'rights')).toMatchObject({ state: 'failed', detail: 'hold' });
    const silent = await testDestination({ ...place(() => ({ stderr: 'no', code: 1 })), estimateBytes: 1 }, signal);
    expect([states(silent.checks).rights, silent.usable]).toEqual(['unknown', true]);
    const sudo = await testDestination({ ...place(() => undefined), sudo: true, estimateBytes: 1 }, signal);
    expect(sudo.checks.find(({ check }) => check === 'rights')).toMatchObject({ state: 'ok', detail: 'sudo' });
  });

  it('stops when told to', async () => {
    const stopped = testDestination({ ...place(asRoot), estimateBytes: null }, AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'command-aborted' });
  });
});

describe('what zfs allow says', () => {
  it('is that of the account, its groups and everybody, sets resolved', () => {
    const has = allowedTo(ALLOW, { user: 'backup', groups: ['nas'] });
    expect(RECEIVING_RIGHTS.filter((right) => !has.has(right))).toEqual([]);
    expect(has.has('rollback')).toBe(false);
    expect(allowedTo(ALLOW, { user: 'x', groups: [] }).has('hold')).toBe(false);
    fc.assert(fc.property(fc.string(), (text) => void allowedTo(text, { user: 'a', groups: ['b'] })));
  });
});
