/** Which program has made a snapshot, by its name. Pure: a table, the first that fits. */
import type { SnapshotTool } from '../api/surroundings.ts';

/** Every pattern is anchored and has no nested repetition, so that a long name costs no time. */
const PATTERNS: readonly (readonly [SnapshotTool, RegExp])[] = [
  ['snapferry', /^snapferry_\d{8}_\d{6}_000$/],
  ['zrepl', /^zrepl_\d{8}_\d{6}_000$/],
  ['sanoid', /^autosnap_\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d_(?:yearly|monthly|weekly|daily|hourly|frequently)$/],
  ['syncoid', /^syncoid_.+_\d{4}-\d\d-\d\d:\d\d:\d\d:\d\d(?:-GMT[+-]?\d\d:\d\d)?$/],
  ['zfs-auto-snapshot', /^zfs-auto-snap_[a-z]+-\d{4}-\d\d-\d\d-\d{4}$/],
  // TrueNAS of today, and FreeNAS before it.
  ['truenas', /^auto-\d{4}-\d\d-\d\d_\d\d-\d\d(?:-\d\d)?$/],
  ['truenas', /^auto-\d{8}\.\d{4}-\d{1,4}[hdwmy]$/],
  ['pyznap', /^pyznap_\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d_(?:yearly|monthly|weekly|daily|hourly|frequent)$/],
  ['zsys', /^autozsys_[a-z0-9]{6}$/],
  ['znapzend', /^\d{4}-\d\d-\d\d-\d{6}$/],
  ['zfs_autobackup', /^.+-20\d{12}$/],
];

/** @param name short name, behind the "@" */
export function toolOf(name: string): SnapshotTool {
  return PATTERNS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}
