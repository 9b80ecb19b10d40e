/** Where snapshots stand on a timeline. Pure. */

export interface TimelineMark {
  readonly key: string;
  /** From 0, the oldest, to 1, the newest. */
  readonly at: number;
  readonly verdict: 'keep' | 'destroy';
}

interface Planned {
  readonly name: string;
  readonly verdict: 'keep' | 'destroy';
}

/** Room at both ends, so that no mark is cut in half. */
const MARGIN = 0.005;

/** Names of snapshots as Snapferry and zrepl make them end in a time: "…20261001_115000_000". */
const STAMP = /(?<year>\d{4})-?(?<month>\d\d)-?(?<day>\d\d)[_T-](?<hour>\d\d):?(?<minute>\d\d):?(?<second>\d\d)/;

function stampMs(name: string): number | null {
  const parts = STAMP.exec(name)?.groups;
  if (parts === undefined) return null;
  const { year, month, day, hour, minute, second } = parts;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return Number.isFinite(ms) ? ms : null;
}

/** By the times in their names where all of them have one that grows; one after the other where not. */
export function timelineMarks(snapshots: readonly Planned[]): readonly TimelineMark[] {
  const times = snapshots.map(({ name }) => stampMs(name));
  const known = times.filter((ms) => ms !== null);
  const [first, last] = [known[0] ?? 0, known.at(-1) ?? 0];
  const byTime =
    known.length === snapshots.length &&
    last > first &&
    known.every((ms, index) => index === 0 || ms >= (known[index - 1] ?? 0));
  return snapshots.map(({ name, verdict }, index) => {
    const part = byTime ? ((known[index] ?? 0) - first) / (last - first) : index / Math.max(1, snapshots.length - 1);
    return { key: name, verdict, at: MARGIN + part * (1 - 2 * MARGIN) };
  });
}
