import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { guestFiles } from './guest-files.ts';

/** Which OpenZFS the guests run: the release's own (2.1) or the one from its backports (2.3). Both on the same kernel. */
export type ZfsFlavour = 'stable' | 'backports';

export const zfsFlavours: readonly ZfsFlavour[] = ['stable', 'backports'];

/** The names of the two guests. */
export type GuestName = 'workstation' | 'nas';

export const guestNames: readonly GuestName[] = ['workstation', 'nas'];

/** Root image as the guest sees it. Sparse: on the host only what is written takes room. */
export const rootImageBytes = 8 * 1024 ** 3;

/** What debootstrap puts in. Changing it rebuilds everything but the kernel modules. */
export const basePackages: readonly string[] = [
  'iproute2',
  'kmod',
  'libatomic1',
  'libstdc++6',
  'openssh-server',
  'procps',
  'python3',
  'udev',
];

/** What is installed on top, with dependencies. `sanoid` brings syncoid, a rival in the benchmarks. */
export const extraPackages: readonly string[] = [
  'dmsetup',
  'lzop',
  'mbuffer',
  'psmisc',
  'pv',
  'sanoid',
  'sudo',
  'zstd',
];

/** What comes from the ZFS flavour's own suite, always in one version. */
export const zfsPackages: readonly string[] = ['zfsutils-linux'];

/** Kernel modules that the tiny initramfs needs to find the root image. What they depend on comes along. */
export const initramfsModules: readonly string[] = ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4'];

// Raised by hand when the code of a stage changes what comes out of it; texts and lists above count by themselves.
const kernelRevision = 1;
const modulesRevision = 1;
const baseRevision = 1;
const imageRevision = 1;

/** The Debian release that everything is built from: the machine's own where it is the one we know, that one otherwise. */
export function labRelease(): string {
  const known = 'bookworm';
  const osRelease = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const own = /^VERSION_CODENAME="?([a-z]+)/m.exec(osRelease)?.[1];
  return own === known ? own : known;
}

const hash = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);

/** Names of the stages that lead to a lab. A name changes exactly when what comes out of the stage may change. */
export interface StageNames {
  readonly kernel: string;
  readonly modules: string;
  readonly base: string;
  readonly image: string;
}

/** Computes the stage names. Pure but for the release: needs neither network nor package lists. */
export function stageNames(zfs: ZfsFlavour, release = labRelease()): StageNames {
  const kernel = hash(release, kernelRevision);
  const modules = hash(kernel, zfs, modulesRevision);
  const base = hash(release, basePackages, baseRevision);
  const image = hash(
    modules,
    base,
    zfs,
    extraPackages,
    zfsPackages,
    initramfsModules,
    rootImageBytes,
    guestFiles,
    imageRevision,
  );
  return {
    kernel: `kernel-${release}-${kernel}`,
    modules: `zfs-modules-${release}-${zfs}-${modules}`,
    base: `base-${release}-${base}`,
    image: `image-${release}-${zfs}-${image}`,
  };
}
