/** Processes that a test has started, as the kernel sees them. */
import { readFileSync } from 'node:fs';

/** Whether a process runs (a zombie does not). */
export function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
