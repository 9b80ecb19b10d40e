/** The zfs processes of this machine, found as the kernel lists them. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface ZfsProcess {
  readonly pid: number;
  readonly verb: string;
}

function wordsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** Every `zfs send` and `zfs receive` of a dataset at or below the given one. */
export function transfersOf(dataset: string): readonly ZfsProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      const [program = '', verb = '', ...rest] = wordsOf(name);
      const ours = program.endsWith('/zfs') && rest.some((word) => word.startsWith(dataset));
      return ours && (verb === 'send' || verb === 'receive') ? [{ pid: Number(name), verb }] : [];
    });
}

/** Waits until there is such a process and resolves with its pid. */
export async function processOf(verb: 'send' | 'receive', dataset: string): Promise<number> {
  for (;;) {
    const found = transfersOf(dataset).find((one) => one.verb === verb);
    if (found !== undefined) return found.pid;
    await pause(2);
  }
}

/** State letter and CPU time of a process, see proc_pid_stat(5). */
function activityOf(pid: number): { readonly state: string; readonly ticks: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return { state: fields[0] ?? '', ticks: Number(fields[11]) + Number(fields[12]) };
}

/** Waits until a process sleeps and has not run for a while. */
export async function untilIdle(pid: number): Promise<void> {
  for (let idle = 0, lastTicks = -1; idle < 5; ) {
    const { state, ticks } = activityOf(pid);
    idle = /[SD]/.test(state) && ticks === lastTicks ? idle + 1 : 0;
    lastTicks = ticks;
    await pause(50);
  }
}
