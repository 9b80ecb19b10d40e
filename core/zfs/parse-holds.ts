/** Output of `zfs holds -H`: name, tag, time. Pure. The time is text for people and is not read. See zfs-hold(8). */
import { splitVersionName } from './names.ts';
import { readable, wholeLines } from './parse-common.ts';
import type { HoldRow } from './types.ts';

/**
 * @param requested full names that were asked for; rows of others are refused
 * @throws ProblemError `output-unreadable`
 */
export function parseHolds(stdout: string, requested: ReadonlySet<string>): readonly HoldRow[] {
  return wholeLines(stdout).map((line) => {
    const fields = line.split('\t');
    readable(fields.length >= 3, 'a row has too few fields', line);
    const fullName = fields[0] ?? '';
    readable(requested.has(fullName), 'a row belongs to another snapshot', line);
    const { dataset, name } = splitVersionName(fullName);
    return { dataset, snapshot: name, tag: fields.slice(1, -1).join('\t') };
  });
}
