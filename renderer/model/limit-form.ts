/** How much a job may send, in a form. Pure. */
import type { ConfigEdit } from '../../core/api/config.ts';
import type { JobLimit } from '../../core/api/config-forms.ts';
import { LIMIT_MIN } from '../../core/api/limit.ts';

export const RATE_UNITS = { KiB: 1024, MiB: 1024 * 1024 } as const;
export type RateUnit = keyof typeof RATE_UNITS;
/** What a field begins with. */
export const DEFAULT_RATE = 10 * RATE_UNITS.MiB;
export const DEFAULT_QUIET = { from: '08:00', to: '18:00', bytesPerSecond: RATE_UNITS.MiB } as const;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const PLACE = ['send', 'bandwidth_limit'];

export function unitOf(bytesPerSecond: number): RateUnit {
  return bytesPerSecond >= RATE_UNITS.MiB && bytesPerSecond % RATE_UNITS.MiB === 0 ? 'MiB' : 'KiB';
}

/** So many of a unit, at least one. */
export function countIn(bytesPerSecond: number, unit: RateUnit): number {
  return Math.max(1, Math.round(bytesPerSecond / RATE_UNITS[unit]));
}

/** At least what the daemon takes for a limit. */
export function rateOf(count: number, unit: RateUnit): number {
  return Math.max(LIMIT_MIN, count * RATE_UNITS[unit]);
}

/** As the configuration writes it. */
export function rateText(bytesPerSecond: number): string {
  const unit = unitOf(bytesPerSecond);
  const count = bytesPerSecond / RATE_UNITS[unit];
  return Number.isInteger(count) ? `${count} ${unit}` : `${bytesPerSecond} B`;
}

/** Which field of quiet hours is wrong; null where none is. */
export function quietFault(quiet: NonNullable<JobLimit['quiet']>): 'from' | 'to' | 'same' | null {
  if (!TIME.test(quiet.from)) return 'from';
  if (!TIME.test(quiet.to)) return 'to';
  return quiet.from === quiet.to ? 'same' : null;
}

/** What is to be changed in the file; nothing where both are the same. */
export function limitEdits(job: string, was: JobLimit, now: JobLimit): readonly ConfigEdit[] {
  const path = (key: string): string[] => [...PLACE, key];
  const max = (): ConfigEdit =>
    now.bytesPerSecond === null
      ? { op: 'unset', job, path: path('max') }
      : { op: 'set', job, path: path('max'), value: rateText(now.bytesPerSecond) };
  const quiet = (): ConfigEdit =>
    now.quiet === null
      ? { op: 'unset', job, path: path('quiet_hours') }
      : {
          op: 'set',
          job,
          path: path('quiet_hours'),
          value: { from: now.quiet.from, to: now.quiet.to, max: rateText(now.quiet.bytesPerSecond) },
        };
  return [
    ...(now.bytesPerSecond === was.bytesPerSecond ? [] : [max()]),
    ...(JSON.stringify(now.quiet) === JSON.stringify(was.quiet) ? [] : [quiet()]),
  ];
}
