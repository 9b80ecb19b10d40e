/** What the settings and the page of a job ask for besides the status. */
import { REQUESTS, type Reply } from '../../../../core/api/contract.ts';
import { ProblemError } from '../../../../core/api/problem.ts';
import { NOW_MS } from '../../../unit/cli/support/example-status.ts';
import type { FakeDaemon } from './fake-daemon.ts';

/** Answers about the bandwidth as the daemon does: what is set is told again. */
export function answerLimits(daemon: FakeDaemon): void {
  let set: number | null = null;
  const told = (): Reply<'limit/get'> => ({ bytesPerSecond: set, jobs: [{ job: 'nas', bytesPerSecond: set }] });
  daemon.answers.set('limit/get', told);
  daemon.answers.set('limit/set', (params) => {
    set = REQUESTS['limit/set'].params.parse(params).bytesPerSecond;
    return told();
  });
}

export function someMachine(): Reply<'discover'> {
  const tool = (name: 'snapferry' | 'sanoid', count: number) => ({
    tool: name,
    count,
    oldestMs: NOW_MS - 90 * 86_400_000,
    newestMs: NOW_MS - 600_000,
  });
  const dataset = (name: string, usedBytes: number) => ({
    name,
    kind: 'filesystem' as const,
    usedBytes,
    referencedBytes: usedBytes,
    mountpoint: null,
    encrypted: name.endsWith('home'),
    keyLoaded: name.endsWith('home') ? true : null,
    snapshots: [tool('snapferry', 40), tool('sanoid', 3)],
  });
  return REQUESTS.discover.reply.parse({
    zfs: { userland: 'zfs-2.3.2', kernel: 'zfs-2.3.2' },
    problem: null,
    pools: [
      {
        name: 'rpool',
        guid: '5',
        sizeBytes: 1_000_000_000_000,
        freeBytes: 400_000_000_000,
        health: 'ONLINE',
        readonly: false,
      },
    ],
    datasets: [dataset('rpool', 600_000_000_000), dataset('rpool/home', 400_000_000_000)],
    leftOut: 0,
  });
}

export function someChecks(): Reply<'destination/test'> {
  const ok = (check: 'reachable' | 'host-key' | 'login' | 'zfs' | 'rights', detail = '') => ({
    ...{ check, state: 'ok' as const, problem: null, detail },
  });
  const problem = new ProblemError('permission-denied', { name: 'tank/backup', host: 'nas' }).toProblem();
  return {
    checks: [
      ok('reachable'),
      ok('host-key'),
      ok('login'),
      ok('zfs', 'zfs-2.3.2'),
      ok('rights', 'root'),
      { check: 'target', state: 'failed', problem, detail: '' },
      { check: 'space', state: 'skipped', problem: null, detail: '' },
    ],
    usable: false,
  };
}
