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
