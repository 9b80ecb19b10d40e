/**
 * Whether what lies in node_modules is what package-lock.json asks for. Pure.
 */
import { createHash } from 'node:crypto';

/**
 * What an installation depends on: the lock file and the machine.
 *
 * @param {string} lockText @param {string} platform @param {string} arch
 */
export const stampOf = (lockText, platform, arch) =>
  createHash('sha256').update(`${platform} ${arch}\n${lockText}`).digest('hex');

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: unknown, cpu?: unknown, libc?: unknown }} LockEntry
 */

/**
 * Whether npm's own record of what it installed (node_modules/.package-lock.json, which it writes last) has the packages
 * of the lock file, no other and no other version. Packages for other machines may be absent. Anything unreadable: no.
 *
 * @param {string} lockText @param {string} installedText @param {string} platform @param {string} arch
 * @returns {boolean}
 */
export function installedFits(lockText, installedText, platform, arch) {
  const wanted = packagesOf(lockText);
  const installed = packagesOf(installedText);
  if (wanted === null || installed === null) return false;
  for (const [path, entry] of wanted) {
    const there = installed.get(path);
    if (there === undefined) {
      if (entry.optional === true && !isBuiltFor(entry, platform, arch)) continue;
      return false;
    }
    if (there.version !== entry.version || there.integrity !== entry.integrity) return false;
  }
  return [...installed.keys()].every((path) => wanted.has(path));
}

/** @param {string} text @returns {Map<string, LockEntry> | null} */
function packagesOf(text) {
  try {
    const packages = JSON.parse(text).packages;
    if (typeof packages !== 'object' || packages === null) return null;
    return new Map(Object.entries(packages).filter(([path]) => path !== ''));
  } catch {
    return null;
  }
}

/** The C library for which the pinned Node is built. */
const LIBC = 'glibc';

/**
 * Whether an optional package is this machine's build of something. What names no machine at all only serves builds for other
 * machines.
 *
 * @param {LockEntry} entry @param {string} platform @param {string} arch
 */
function isBuiltFor(entry, platform, arch) {
  if (entry.os === undefined && entry.cpu === undefined) return false;
  return matches(entry.os, platform) && matches(entry.cpu, arch) && matches(entry.libc, LIBC);
}

/** @param {unknown} list @param {string} value */
const matches = (list, value) => list === undefined || [list].flat().includes(value);
