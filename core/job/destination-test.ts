/** Whether another machine will do as a destination, one check after the other. Changes nothing there. */
import { asProblemError, type ProblemCode, ProblemError } from '../api/problem.ts';
import { RECEIVING_RIGHTS } from '../api/receiving-rights.ts';
import type { DestinationCheck, DestinationChecks } from '../api/surroundings.ts';
import { isRoomFor } from '../api/wizard/space.ts';
import type { CommandResult, Host } from '../host/types.ts';
import { allowedTo } from '../zfs/allowed.ts';
import { ZFS_PATHS } from '../zfs/cli-runner.ts';
import type { Zfs } from '../zfs/types.ts';

export interface TestedDestination {
  readonly host: Host;
  readonly zfs: Zfs;
  readonly user: string;
  readonly rootFs: string;
  readonly estimateBytes: number | null;
  /** Every command runs through sudo. */
  readonly sudo: boolean;
}

type Check = DestinationChecks['checks'][number];

const ORDER: readonly DestinationCheck[] = ['reachable', 'host-key', 'login', 'zfs', 'rights', 'target', 'space'];
const PING_MS = 20_000;
const RUN = { deadlineMs: 20_000, stdoutLimitBytes: 256 * 1024 };

/** The check that a failed connection failed at; what comes before it was passed. */
const FAILED_AT: Partial<Record<ProblemCode, DestinationCheck>> = {
  'host-key-mismatch': 'host-key',
  'host-key-unpinned': 'host-key',
  'login-refused': 'login',
  'identity-unreadable': 'login',
};

/** Rejects with `command-aborted` only: all else is a result. */
export async function testDestination(target: TestedDestination, signal: AbortSignal): Promise<DestinationChecks> {
  const done: Check[] = [];
  const pass = (check: DestinationCheck, detail = ''): void => void done.push(ok(check, detail));
  try {
    try {
      await target.host.ping({ signal, deadlineMs: PING_MS });
    } catch (thrown) {
      const problem = asProblemError(thrown);
      const at = FAILED_AT[problem.code] ?? 'reachable';
      for (const check of ORDER.slice(0, ORDER.indexOf(at))) pass(check);
      throw failedAt(at, problem);
    }
    for (const check of ['reachable', 'host-key', 'login'] as const) pass(check);
    await step('zfs', async () => {
      const { userlandVersion, kernelVersion } = await target.zfs.capabilities({ signal });
      pass('zfs', userlandVersion === kernelVersion ? userlandVersion : `${userlandVersion}, kernel ${kernelVersion}`);
    });
    done.push(await rightsOf(target, signal));
    const availableBytes = await step('target', async () => {
      const [facts] = await target.zfs.listDatasets(
        [target.rootFs],
        { recursive: false, properties: ['available'] },
        { signal },
      );
      const text = facts?.properties.get('available')?.value ?? '';
      return /^\d{1,20}$/.test(text) ? Number(text) : null;
    });
    pass('target', target.rootFs);
    done.push(spaceOf(availableBytes, target));
  } catch (thrown) {
    const { code } = asProblemError(thrown);
    if (code === 'command-aborted' || !(thrown instanceof CheckFailed)) throw thrown;
    const { check, problem } = thrown;
    done.push({ check, state: 'failed', problem: problem.toProblem(), detail: '' });
  }
  const seen = new Set(done.map(({ check }) => check));
  const skipped = ORDER.filter((check) => !seen.has(check));
  const checks = [...done, ...skipped.map((check): Check => ({ check, state: 'skipped', problem: null, detail: '' }))];
  return { checks, usable: checks.every(({ state }) => state === 'ok' || state === 'unknown') };
}

class CheckFailed extends Error {
  readonly check: DestinationCheck;
  readonly problem: ProblemError;
  constructor(check: DestinationCheck, problem: ProblemError) {
    super(problem.message);
    this.check = check;
    this.problem = problem;
  }
}

function failedAt(check: DestinationCheck, problem: ProblemError): Error {
  return problem.code === 'command-aborted' ? problem : new CheckFailed(check, problem);
}

async function step<T>(check: DestinationCheck, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw failedAt(check, asProblemError(thrown));
  }
}

function ok(check: DestinationCheck, detail: string): Check {
  return { check, state: 'ok', problem: null, detail };
}

/** Root needs none; others have those that `zfs allow` lists. What cannot be asked does not count against it. */
async function rightsOf({ host, user, rootFs, sudo }: TestedDestination, signal: AbortSignal): Promise<Check> {
  // That sudo lets zfs through was seen when its version was asked for.
  if (sudo) return ok('rights', 'sudo');
  const unknown = (detail: string): Check => ({ check: 'rights', state: 'unknown', problem: null, detail });
  try {
    const id = await host.run(['id', '-u'], { ...RUN, signal });
    if (id.exit.code !== 0) return unknown(id.stderr.slice(0, 500));
    if (id.stdout.trim() === '0') return ok('rights', 'root');
    const groups = await host.run(['id', '-Gn'], { ...RUN, signal });
    const allowed = await runZfs(host, ['allow', rootFs], signal);
    if (allowed.exit.code !== 0) return unknown(allowed.stderr.slice(0, 500));
    const has = allowedTo(allowed.stdout, { user, groups: groups.stdout.trim().split(/\s+/) });
    const missing = RECEIVING_RIGHTS.filter((right) => !has.has(right));
    if (missing.length === 0) return ok('rights', '');
    const problem = new ProblemError('permission-denied', { name: rootFs, host: host.label }).toProblem();
    return { check: 'rights', state: 'failed', problem, detail: missing.join(',') };
  } catch (thrown) {
    const problem = asProblemError(thrown);
    if (problem.code === 'command-aborted') throw problem;
    return unknown(problem.message.slice(0, 500));
  }
}

/** Not every login has the folders of administration in its path. */
async function runZfs(host: Host, args: readonly string[], signal: AbortSignal): Promise<CommandResult> {
  for (const place of ZFS_PATHS) {
    try {
      return await host.run([place, ...args], { ...RUN, signal });
    } catch (thrown) {
      if (asProblemError(thrown).code !== 'command-missing') throw thrown;
    }
  }
  throw new ProblemError('command-missing', { program: 'zfs', host: host.label });
}

function spaceOf(availableBytes: number | null, { estimateBytes, rootFs, host }: TestedDestination): Check {
  if (availableBytes === null || estimateBytes === null) {
    return { check: 'space', state: 'unknown', problem: null, detail: String(availableBytes ?? '') };
  }
  const detail = `${availableBytes}`;
  if (isRoomFor(estimateBytes, availableBytes)) return ok('space', detail);
  const problem = new ProblemError('no-space', { name: rootFs, host: host.label }).toProblem();
  return { check: 'space', state: 'failed', problem, detail };
}
