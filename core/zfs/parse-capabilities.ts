/**
 * What an installation can do, from `zfs version` and from usage texts. Pure. Behaviour follows the kernel module, flags follow
 * the userland; the two differ between an upgrade and the next boot.
 */
import { readable } from './parse-common.ts';
import type { Capabilities } from './types.ts';

export interface ZfsVersion {
  readonly text: string;
  readonly numbers: readonly [major: number, minor: number, patch: number];
}

export interface ZfsVersions {
  readonly userland: ZfsVersion;
  readonly kernel: ZfsVersion;
}

export interface UsageTexts {
  readonly send: string;
  readonly receive: string;
  readonly destroy: string;
  readonly loadKey: string;
}

/** Before 0.8.0 there was no `zfs version`. */
const UNTOLD: ZfsVersion = { text: 'older than 0.8', numbers: [0, 7, 0] };

function parseVersion(text: string): ZfsVersion | null {
  const match = /([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?/.exec(text);
  if (match === null || text.length > 200) return null;
  return { text, numbers: [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] };
}

/** Reads `zfs version`: "zfs-2.3.2-1" and "zfs-kmod-2.1.11-1", one a line. @throws ProblemError `output-unreadable` */
export function parseZfsVersions(stdout: string): ZfsVersions {
  const lines = stdout.split('\n').map((line) => line.trim());
  const kernelLine = lines.find((line) => line.startsWith('zfs-kmod-'));
  const userlandLine = lines.find((line) => line.startsWith('zfs-') && !line.startsWith('zfs-kmod-'));
  const userland = userlandLine === undefined ? null : parseVersion(userlandLine.slice('zfs-'.length));
  const kernel = kernelLine === undefined ? null : parseVersion(kernelLine.slice('zfs-kmod-'.length));
  readable(userland !== null && kernel !== null, '"zfs version" does not name two versions', stdout);
  return { userland, kernel };
}

/** Whether the text is the complaint of a zfs that has no `version` command yet. */
export function hasNoVersionCommand(stderr: string): boolean {
  return stderr.includes("unrecognized command 'version'");
}

export const OLD_VERSIONS: ZfsVersions = { userland: UNTOLD, kernel: UNTOLD };

export function isAtLeast(version: ZfsVersion, major: number, minor: number): boolean {
  const [ownMajor, ownMinor] = version.numbers;
  return ownMajor !== major ? ownMajor > major : ownMinor >= minor;
}

/** @param usage what zfs prints for `send`, `receive`, `destroy` and `load-key` without arguments */
export function readCapabilities(versions: ZfsVersions, usage: UsageTexts): Capabilities {
  const { userland, kernel } = versions;
  const userlandSince = (major: number, minor: number): boolean => isAtLeast(userland, major, minor);
  const since = (major: number, minor: number): boolean =>
    userlandSince(major, minor) && isAtLeast(kernel, major, minor);
  return {
    userlandVersion: userland.text,
    kernelVersion: kernel.text,
    resumableReceive: usage.send.includes('receive_resume_token') && usage.receive.includes('-A <filesystem|volume>'),
    commaDestroy: usage.destroy.includes('<filesystem|volume>@<snap>[%<snap>][,...]'),
    nativeEncryption: usage.loadKey.includes('load-key') && usage.loadKey.includes('keylocation'),
    bookmarkCopy: since(2, 0),
    estimateFromBookmark: since(2, 0),
    jsonOutput: userlandSince(2, 3),
    fastListing: since(2, 2),
    snapshotsChanged: since(2, 2),
    createUnmounted: userlandSince(2, 1),
  };
}

/** Whether the value of a pool feature means that it can be used. */
export function featureUsable(stdout: string): boolean {
  const value = stdout.trim();
  readable(/^[a-z-]{1,20}$/.test(value), 'a pool feature has an unknown state', stdout);
  return value === 'active' || value === 'enabled';
}
