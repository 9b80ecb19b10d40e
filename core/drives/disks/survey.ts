/** Looks at all disks of this machine. Reads the database of udev and what the kernel says; wakes no disk and imports nothing. */
import type { Disk } from '../../api/disk.ts';
import { ProblemError } from '../../api/problem.ts';
import type { Argv, Host } from '../../host/types.ts';
import { type PoolMember, parseMembers } from '../members.ts';
import { parseDeviceNames } from './device-names.ts';
import { judgeDisk } from './judge-disk.ts';
import { LSBLK, parseDisks, type SeenDisk } from './parse-disks.ts';

const DATABASE = ['udevadm', 'info', '--export-db'] as const;
const LIMITS = { deadlineMs: 30_000, stdoutLimitBytes: 64 * 1024 * 1024 };

export interface SurveyParts {
  readonly host: Host;
  /** As of `DrivePorts`. */
  readonly poolState: (pool: string) => Promise<string | null>;
}

export interface SurveyedDisk {
  readonly seen: SeenDisk;
  readonly told: Disk;
}

export interface DiskSurvey {
  readonly disks: readonly SurveyedDisk[];
  readonly members: readonly PoolMember[];
  /** Names of a device below /dev/disk/by-id, best first. */
  readonly namesOf: (device: string) => readonly string[];
}

/** Throws `command-missing`, `command-failed` and `output-unreadable`: a part of the truth would be dangerous. */
export async function surveyDisks({ host, poolState }: SurveyParts, signal: AbortSignal): Promise<DiskSurvey> {
  const ask = async (argv: Argv): Promise<string> => {
    const { exit, stdout, stderr } = await host.run(argv, { ...LIMITS, signal });
    if (exit.code !== 0) throw new ProblemError('command-failed', { host: host.label }, { detail: stderr });
    return stdout;
  };
  // What has come meanwhile is not yet in the older of the two, and is told the next time.
  const database = await ask(DATABASE);
  const seen = parseDisks(await ask(LSBLK));
  const members = parseMembers(database);
  const names = parseDeviceNames(database);
  const namesOf = (device: string): readonly string[] => names.get(device) ?? [];
  const labels = seen.flatMap(({ parts }) =>
    parts.filter(({ form }) => form === 'zfs_member').map(({ label }) => label),
  );
  const imported = new Set<string>();
  for (const pool of new Set([...members.map(({ poolName }) => poolName), ...labels])) {
    if (pool !== '' && (await poolState(pool)) !== null) imported.add(pool);
  }
  const idOf = (device: string): string => namesOf(device)[0] ?? '';
  const around = { disks: seen, members, imported, idOf };
  return {
    members,
    namesOf,
    disks: seen.map((disk) => ({
      seen: disk,
      told: {
        id: idOf(disk.device),
        device: disk.device,
        model: disk.model,
        serial: disk.serial,
        sizeBytes: disk.sizeBytes,
        media: disk.rotates ? 'disk' : 'ssd',
        transport: disk.transport,
        hotplug: disk.hotplug,
        verdict: judgeDisk(disk, around),
      },
    })),
  };
}
