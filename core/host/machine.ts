/** What this machine knows of its power, its network and its sleep. */
import { readdir, readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Conditions } from '../api/conditions.ts';
import type { Host } from './types.ts';

export interface Machine {
  /** Never reject: what cannot be found out is unknown. */
  power(): Promise<Conditions['power']>;
  network(): Promise<Conditions['network']>;
  /** Milliseconds that it has been asleep since it was started; grows with every sleep. */
  asleepMs(): number;
}

/** One entry of /sys/class/power_supply, as text of its files; see the kernel's documentation of that class. */
export interface PowerSupply {
  readonly type: string;
  readonly online: string;
  readonly status: string;
  /** "Device" for the battery of a mouse. */
  readonly scope: string;
}

const SUPPLIES = '/sys/class/power_supply';
const SUPPLIES_MAX = 64;
const METERED_DEADLINE_MS = 5_000;
const PROPERTY = [
  'busctl',
  '--system',
  '--json=short',
  'get-property',
  'org.freedesktop.NetworkManager',
  '/org/freedesktop/NetworkManager',
  'org.freedesktop.NetworkManager',
  'Metered',
] as const;

/** A machine without a battery of its own is on the mains. Pure. */
export function powerOf(supplies: readonly PowerSupply[]): Conditions['power'] {
  const batteries = supplies.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device');
  if (batteries.length === 0) return 'mains';
  const fed = supplies.some(({ type, online }) => type !== 'Battery' && online === '1');
  if (fed || batteries.every(({ status }) => status === 'Charging' || status === 'Full')) return 'mains';
  return batteries.some(({ status }) => status === 'Discharging') ? 'battery' : 'unknown';
}

/** Reads what busctl prints of NetworkManager's property: 1 yes, 2 no, 3 perhaps yes, 4 perhaps no, 0 unknown. Pure. */
export function meteredOf(stdout: string): Conditions['network'] {
  try {
    const { data } = z.object({ type: z.literal('u'), data: z.number() }).parse(JSON.parse(stdout));
    if (data === 1 || data === 3) return 'metered';
    return data === 2 || data === 4 ? 'unmetered' : 'unknown';
  } catch {
    return 'unknown';
  }
}

export function thisMachine(host: Host): Machine {
  return {
    power: async () => {
      try {
        const names = (await readdir(SUPPLIES)).slice(0, SUPPLIES_MAX);
        return powerOf(await Promise.all(names.map((name) => readSupply(join(SUPPLIES, name)))));
      } catch {
        return 'unknown';
      }
    },
    network: async () => {
      try {
        const { exit, stdout } = await host.run(PROPERTY, { deadlineMs: METERED_DEADLINE_MS, stdoutLimitBytes: 4096 });
        return exit.code === 0 ? meteredOf(stdout) : 'unknown';
      } catch {
        return 'unknown';
      }
    },
    // The time since boot counts sleep, the clock behind performance.now() does not.
    asleepMs: () => uptime() * 1000 - performance.now(),
  };
}

async function readSupply(folder: string): Promise<PowerSupply> {
  const read = (name: string) =>
    readFile(join(folder, name), 'utf8').then(
      (text) => text.trim(),
      () => '',
    );
  const [type, online, status, scope] = await Promise.all(['type', 'online', 'status', 'scope'].map(read));
  return { type: type ?? '', online: online ?? '', status: status ?? '', scope: scope ?? '' };
}
