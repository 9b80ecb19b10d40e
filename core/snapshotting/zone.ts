/**
 * Time zones through `Intl`: which names are accepted, and what the clock on the wall says there at an instant.
 */
import { fieldFault } from '../api/field-fault.ts';
import { ProblemError } from '../api/problem.ts';

/** What a wall clock and a calendar in some zone show at one instant. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly dayOfYear: number;
  /** Seconds east of UTC. */
  readonly offsetS: number;
}

const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/;
const DAY_MS = 86_400_000;

/** The zone of this machine; UTC where the system does not say. */
export function systemZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isKnown(zone) ? zone : 'UTC';
}

function isKnown(zone: string): boolean {
  if (!ZONE_NAME.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * A zone as the configuration names it, as an IANA name: empty is UTC, `Local` is the zone of this machine.
 * Throws `config-invalid` when nobody knows it.
 */
export function resolveZone(name: string, localZone: string = systemZone()): string {
  if (name === '' || name === 'UTC') return 'UTC';
  if (name === 'Local') return resolveZone(localZone, 'UTC');
  if (!isKnown(name)) {
    throw new ProblemError('config-invalid', { reason: fieldFault('zone-unknown', { text: name }) });
  }
  return name;
}

/** A function that reads the wall clock of a zone; build it once, it is not cheap to build. */
export function wallClockOf(zone: string): (unixMs: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (unixMs) => {
    const parts = new Map<string, number>();
    for (const part of format.formatToParts(unixMs)) parts.set(part.type, Number(part.value));
    const read = (name: string): number => parts.get(name) ?? 0;
    const midnight = Date.UTC(read('year'), read('month') - 1, read('day'));
    const shown = midnight + ((read('hour') * 60 + read('minute')) * 60 + read('second')) * 1000;
    return {
      year: read('year'),
      month: read('month'),
      day: read('day'),
      hour: read('hour'),
      minute: read('minute'),
      second: read('second'),
      millisecond: ((unixMs % 1000) + 1000) % 1000,
      weekday: new Date(midnight).getUTCDay(),
      dayOfYear: (midnight - Date.UTC(read('year'), 0, 1)) / DAY_MS + 1,
      offsetS: shown / 1000 - Math.floor(unixMs / 1000),
    };
  };
}

/** Locales whose names for zones are tried in turn: each knows the abbreviations used around it. */
const ABBREVIATION_LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-CA', 'en-IN', 'en-ZA', 'en-KE', 'ja', 'id'];

/**
 * A function that abbreviates a zone (`CEST`). Where no abbreviation is in use the numeric offset stands in (`-03`), as the
 * time zone database itself does.
 */
export function abbreviationOf(zone: string): (unixMs: number, offsetS: number) => string {
  const formats = ABBREVIATION_LOCALES.map(
    (locale) => new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }),
  );
  return (unixMs, offsetS) => {
    for (const format of formats) {
      const name = format.formatToParts(unixMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
      if (/^[A-Z]{3,5}$/.test(name)) return name;
    }
    const minutes = Math.floor(Math.abs(offsetS) / 60);
    const hh = String(Math.floor(minutes / 60)).padStart(2, '0');
    const mm = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0');
    return `${offsetS < 0 ? '-' : '+'}${hh}${mm}`;
  };
}
