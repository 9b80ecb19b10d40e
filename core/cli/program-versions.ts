/** Versions of what this program works with on this machine, found out without starting anything. */
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';

const ZFS_MODULE = '/sys/module/zfs/version';
const VERSION_CHARS_MAX = 64;

export async function programVersions(snapferry: string): Promise<Readonly<Record<string, string | null>>> {
  const zfs = await readFile(ZFS_MODULE, 'utf8').catch(() => null);
  return {
    snapferry,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    zfsKernelModule: zfs === null ? null : zfs.trim().slice(0, VERSION_CHARS_MAX),
  };
}
