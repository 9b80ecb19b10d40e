import { readFileSync, statSync } from 'node:fs';
import { brokenLine, readyLine } from '../build/guest-files.ts';
import { isRunning } from './local-process.ts';
import type { GuestState } from './state.ts';
import { until } from './until.ts';

/** Length of the guest's serial log so far: where a boot that starts now will be logged. */
export function serialOffset(guest: GuestState): number {
  return statSync(guest.serialLog, { throwIfNoEntry: false })?.size ?? 0;
}

function readSince(guest: GuestState, offset: number): string {
  try {
    return readFileSync(guest.serialLog).subarray(offset).toString();
  } catch {
    return '';
  }
}

/**
 * Waits until the guest says on its serial port, past `offset`, that it is up. Throws with the end of the serial log when
 * QEMU ends, ZFS does not load, or the deadline passes.
 */
export async function untilReady(guest: GuestState, offset: number, timeoutMs: number): Promise<void> {
  const outcome = await until(
    () => {
      const text = readSince(guest, offset);
      if (text.includes(readyLine)) return 'ready';
      if (text.includes(brokenLine)) return 'broken: ZFS did not load';
      return isRunning(guest.process) ? undefined : 'gone: QEMU has ended';
    },
    { what: `boot of the guest behind ${guest.serialLog}`, timeoutMs, pollMs: 100 },
  ).catch((error: unknown) => `late: ${String(error)}`);
  if (outcome !== 'ready') throw new Error(`the guest is ${outcome}\n${readSince(guest, offset).slice(-2_000)}`);
}
