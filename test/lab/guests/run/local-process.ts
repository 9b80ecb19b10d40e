import { readFileSync } from 'node:fs';
import { until } from './until.ts';

/** A process that cannot be confused with a later one of the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot, from /proc. */
  readonly startTicks: string;
  readonly bootId: string;
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** State letter and start time out of /proc/PID/stat; undefined where there is no such process. */
function statOf(pid: number): { state: string; startTicks: string } | undefined {
  try {
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** Identifies a process that runs right now. Throws when there is none with this pid. */
export function identify(pid: number): ProcessIdentity {
  const stat = statOf(pid);
  if (stat === undefined) throw new Error(`no process ${pid}`);
  return { pid, startTicks: stat.startTicks, bootId: bootId() };
}

/** Whether exactly this process is still running. A zombie is not. */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = statOf(identity.pid);
  return (
    stat !== undefined && stat.state !== 'Z' && stat.startTicks === identity.startTicks && identity.bootId === bootId()
  );
}

/** Kills (SIGKILL) a process on this machine and waits until it is gone. Does nothing to a later process of the same pid. */
export async function killLocal(target: ProcessIdentity | number): Promise<void> {
  const identity = typeof target === 'number' ? identifyOrNone(target) : target;
  if (identity === undefined || !isRunning(identity)) return;
  process.kill(identity.pid, 'SIGKILL');
  await until(() => !isRunning(identity), { what: `end of process ${identity.pid}`, timeoutMs: 10_000 });
}

function identifyOrNone(pid: number): ProcessIdentity | undefined {
  return statOf(pid) === undefined ? undefined : identify(pid);
}
