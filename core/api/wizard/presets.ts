/** Three ways to choose how often and how long, from which one may go on. */
import type { GridInterval, Keep } from '../keep.ts';

export interface Preset {
  readonly name: 'light' | 'balanced' | 'long-memory';
  readonly intervalS: number;
  readonly keepSender: Keep;
  readonly keepReceiver: Keep;
}

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const MONTH_S = 30 * DAY_S;

const interval = (count: number, lengthS: number, keep: GridInterval['keep'] = 1): GridInterval => ({
  count,
  lengthS,
  keep,
});
const keep = (...grid: GridInterval[]): Keep => ({ grid, lastN: null });

/** The destination keeps no less than this machine, so that nothing is lost with it. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'light',
    intervalS: HOUR_S,
    keepSender: keep(interval(24, HOUR_S), interval(7, DAY_S)),
    keepReceiver: keep(interval(24, HOUR_S), interval(14, DAY_S), interval(3, MONTH_S)),
  },
  {
    name: 'balanced',
    intervalS: HOUR_S / 4,
    keepSender: keep(interval(1, HOUR_S, 'all'), interval(24, HOUR_S), interval(14, DAY_S)),
    keepReceiver: keep(interval(1, HOUR_S, 'all'), interval(24, HOUR_S), interval(35, DAY_S), interval(12, MONTH_S)),
  },
  {
    name: 'long-memory',
    intervalS: HOUR_S / 4,
    keepSender: keep(interval(1, HOUR_S, 'all'), interval(48, HOUR_S), interval(30, DAY_S)),
    keepReceiver: keep(interval(1, HOUR_S, 'all'), interval(48, HOUR_S), interval(90, DAY_S), interval(120, MONTH_S)),
  },
];
