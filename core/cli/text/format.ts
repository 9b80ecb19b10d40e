/** Numbers and times as a person reads them. Pure. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "512 B", "1.2 GiB": binary, one decimal. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 1023.95 would be rounded to 1024.0: that is the next unit already.
  while (unit < UNITS.length - 1 && value >= (unit === 0 ? 1024 : 1023.95)) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** The two largest units that say something: "3 min 20 s", "2 h", "1 d 4 h". */
export function formatDuration(durationMs: number): string {
  const totalS = Math.max(0, Math.round(durationMs / SECOND_MS));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(totalS / 86_400), 'd'],
    [Math.floor((totalS % 86_400) / 3600), 'h'],
    [Math.floor((totalS % 3600) / 60), 'min'],
    [totalS % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** One unit is enough for what lies back: "12 min ago", "3 d ago", "just now". */
export function formatAgo(atMs: number, nowMs: number): string {
  const agoMs = nowMs - atMs;
  // A moment that lies ahead is a clock that was set; saying "just now" would hide it.
  if (agoMs < -MINUTE_MS) return `${oneUnit(-agoMs)} in the future`;
  return agoMs < 5 * SECOND_MS ? 'just now' : `${oneUnit(agoMs)} ago`;
}

/** "in 8 min", "now". */
export function formatIn(atMs: number, nowMs: number): string {
  return atMs - nowMs < SECOND_MS ? 'now' : `in ${oneUnit(atMs - nowMs)}`;
}

function oneUnit(durationMs: number): string {
  if (durationMs < MINUTE_MS) return `${Math.floor(durationMs / SECOND_MS)} s`;
  if (durationMs < 2 * HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)} min`;
  if (durationMs < 2 * DAY_MS) return `${Math.floor(durationMs / HOUR_MS)} h`;
  return `${Math.floor(durationMs / DAY_MS)} d`;
}

/** "2026-11-23 16:04", in the time zone of this machine. */
export function formatMoment(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** "1 dataset", "3 datasets". */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
