/** Properties set or left out when receiving. Pure. */
import type { PropertyValue } from '../zfs/types.ts';

export interface ReceiveProperties {
  /** Left out of the stream (-x). */
  readonly inherit: readonly string[];
  /** Set on the copy (-o), as configured. */
  readonly override: ReadonlyMap<string, string>;
  /** Adds what keeps a backup from being mounted over something, run or changed. */
  readonly protective: boolean;
}

/** What keeps a copy from being changed, mounted or run on the receiver. Volumes take only readonly. */
const PROTECTIVE: readonly (readonly [name: string, value: string])[] = [
  ['readonly', 'on'],
  ['canmount', 'noauto'],
  ['setuid', 'off'],
  ['exec', 'off'],
  ['devices', 'off'],
];
const FOR_VOLUMES = new Set(['readonly']);
/** Properties that a stream must never bring along to an agentless receiver. */
export const PROTECTIVE_INHERIT: readonly string[] = ['mountpoint', 'sharenfs', 'sharesmb'];

/** The -o list for a dataset of this kind; what is configured wins over what protects. */
export function overridesFor(
  properties: ReceiveProperties,
  kind: 'filesystem' | 'volume',
): readonly (readonly [name: string, value: string])[] {
  const protective = properties.protective
    ? PROTECTIVE.filter(
        ([name]) =>
          !properties.override.has(name) &&
          !properties.inherit.includes(name) &&
          (kind === 'filesystem' || FOR_VOLUMES.has(name)),
      )
    : [];
  return [...protective, ...properties.override];
}

/** Overrides that the copy does not show: the account may lack the right to set them, and zfs exits 0 all the same. */
export function unmetOverrides(
  override: readonly (readonly [name: string, value: string])[],
  found: ReadonlyMap<string, PropertyValue>,
): readonly string[] {
  return override.filter(([name, value]) => !isSameValue(value, found.get(name)?.value)).map(([name]) => name);
}

/** Exact output tells sizes as plain numbers, whatever way they were written when they were set. */
function isSameValue(asked: string, found: string | undefined): boolean {
  if (asked === found || found === undefined) return asked === found;
  return /^\d+$/.test(found) && sizeBytes(asked) === Number(found);
}

const SIZE = /^(\d+(?:\.\d+)?)([KMGTPEZ]?)(?:i?B)?$/i;

/** A size as zfs(8) takes it, or "none" for no limit; null when the text is neither. */
function sizeBytes(text: string): number | null {
  if (text === 'none') return 0;
  const [, digits, unit] = SIZE.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return null;
  const power = unit === '' ? 0 : 'KMGTPEZ'.indexOf(unit.toUpperCase()) + 1;
  return Math.floor(Number(digits) * 1024 ** power);
}
