/** Names of snapshots: a prefix and a time. */
import { ProblemError } from '../api/problem.ts';
import { componentFault, showName } from '../zfs/names.ts';
import type { TimestampFormat } from './timestamp.ts';

/** One instant in each half of the year, so that summer and winter time are both tried. */
const SAMPLES_MS = [Date.UTC(2020, 5, 1), Date.UTC(2020, 11, 1)];

/** The name of the snapshots of one run, without the `@`. Throws `name-invalid` when ZFS would refuse it. */
export function snapshotName(prefix: string, format: TimestampFormat, unixMs: number): string {
  const name = prefix + format(unixMs);
  const fault = componentFault(name);
  if (fault !== null) throw new ProblemError('name-invalid', { name: showName(name), reason: fault });
  return name;
}

/** Throws `config-invalid` when prefix and format make names that ZFS would refuse, in summer or in winter. */
export function checkSnapshotNames(prefix: string, format: TimestampFormat): void {
  for (const sample of SAMPLES_MS) {
    const name = prefix + format(sample);
    const fault = componentFault(name);
    if (fault !== null) {
      throw new ProblemError('config-invalid', {
        reason: `prefix and timestamp_format make the name "${showName(name)}", which ZFS does not allow: ${fault}`,
      });
    }
  }
}
