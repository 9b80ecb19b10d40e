/** Numbers that do not twitch: a figure changes when it says something else, not whenever it is measured again. Pure. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A new end of a transfer this much nearer or farther, as part of what is left, is news. */
const END_NEWS = 0.15;
const END_NEWS_LEAST_MS = 5000;

/** Two digits that count: 84.1 -> 84, 123 -> 120, 0.517 -> 0.52. */
export function twoDigits(value: number): number {
  if (!(value > 0)) return 0;
  const scale = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / scale) * scale;
}

/**
 * When a transfer ends, as it is shown: the end shown before stands, and time runs towards it, until the measured end differs
 * by more than a little. Null while nothing worth showing is known.
 */
export function steadyEnd(shownEndMs: number | null, nowMs: number, remainingMs: number | null): number | null {
  if (remainingMs === null) return null;
  const endMs = nowMs + remainingMs;
  if (shownEndMs === null) return endMs;
  const news = Math.max(END_NEWS_LEAST_MS, remainingMs * END_NEWS);
  return Math.abs(endMs - shownEndMs) > news ? endMs : shownEndMs;
}

/** A rate as it is shown: the one before stands until the new one differs by a tenth. */
export function steadyRate(shown: number | null, measured: number | null): number | null {
  if (measured === null) return null;
  if (shown === null || shown <= 0) return measured;
  return Math.abs(measured - shown) / shown > 0.1 ? measured : shown;
}

/** Time left in steps that suit its length: 5 s below a minute, then minutes, then ten minutes, then hours. */
export function coarse(remainingMs: number): number {
  const left = Math.max(0, remainingMs);
  const grain = left < MINUTE_MS ? 5000 : left < HOUR_MS ? MINUTE_MS : left < 6 * HOUR_MS ? 10 * MINUTE_MS : HOUR_MS;
  return Math.ceil(left / grain) * grain;
}

/** A part of a whole never goes back while the same thing is at work. */
export function forward(shown: number | null, fraction: number | null): number | null {
  if (fraction === null) return shown;
  return shown === null ? fraction : Math.max(shown, fraction);
}
