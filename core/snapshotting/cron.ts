/**
 * When a cron specification fires. The dialect is read by `cron-fields.ts`; the calendar and the zone are croner's work.
 *
 * Where clocks change: a specification with one time of day runs once on every day, at the end of the gap when its time does
 * not exist and at the first of the two when it exists twice. All others follow the instants that really happen.
 */

import { Cron } from 'croner';
import { fieldFault } from '../api/field-fault.ts';
import { ProblemError } from '../api/problem.ts';
import { type CronField, parseCronFields } from './cron-fields.ts';
import { resolveZone, systemZone } from './zone.ts';

export interface CronSchedule {
  readonly text: string;
  /** IANA name of the zone in which the fields are read. */
  readonly zone: string;
  /** The first whole second after `unixMs` (strictly) that matches; Unix milliseconds. */
  nextAfter(unixMs: number): number;
}

const MAX_TEXT = 1024;
const ZONE_PREFIX = /^(?:CRON_)?TZ=(\S*)\s+/;

function render(field: CronField): string {
  return field.star ? '*' : field.values.join(',');
}

/**
 * Reads a cron specification: five fields, or six with a leading second, after an optional `TZ=Zone ` or `CRON_TZ=Zone `.
 * Without a prefix the zone of this machine counts. When either day field is a star both must match, otherwise one suffices.
 * Throws `config-invalid`, also for a day that no year has.
 */
export function parseCron(text: string, localZone: string = systemZone()): CronSchedule {
  if (text.length > MAX_TEXT)
    throw new ProblemError('config-invalid', { reason: fieldFault('cron', { reason: fieldFault('text-too-long') }) });
  const trimmed = text.trim();
  const prefix = ZONE_PREFIX.exec(trimmed);
  const zone = prefix === null ? resolveZone(localZone) : resolveZone(prefix[1] ?? '', localZone);
  const fields = parseCronFields(prefix === null ? trimmed : trimmed.slice(prefix[0].length));
  const pattern = [fields.second, fields.minute, fields.hour, fields.dayOfMonth, fields.month, fields.dayOfWeek].map(
    render,
  );
  // A star in a day field leaves the other one to decide, which is what "both must match" comes to.
  const calendar = new Cron(pattern.join(' '), { paused: true, timezone: zone, mode: '6-part', domAndDow: false });
  return {
    text,
    zone,
    nextAfter(unixMs) {
      const next = calendar.nextRun(new Date(unixMs));
      if (next === null)
        throw new ProblemError('config-invalid', {
          reason: fieldFault('cron', { reason: fieldFault('cron-never', { text }) }),
        });
      return next.getTime();
    },
  };
}
