/**
 * A configuration from disk. What the daemon reads as root decides what it runs, so a file is opened once, judged by its
 * descriptor, and refused when somebody else could have written it.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configFault } from '../api/config-fault.ts';
import { Complaints } from './complaint.ts';
import type { IncludeFound } from './include.ts';
import { type ParsedConfig, parseConfig } from './parse-config.ts';
import { MAX_TEXT_LENGTH } from './yaml/parse.ts';

export interface Ownership {
  readonly uid: number;
  readonly mode: number;
}

/**
 * Why a file or folder must not be believed by a process of this user; null when it may. Root believes only what root alone
 * can write; others also what is their own.
 */
export function ownershipFault({ uid, mode }: Ownership, processUid: number): string | null {
  if (uid !== 0 && uid !== processUid) return configFault('file-of-user', { uid: `${uid}` });
  if ((mode & 0o002) !== 0) return configFault('file-of-all');
  if (processUid === 0 && (mode & 0o020) !== 0) return configFault('file-of-group');
  return null;
}

/** As above for the folder that a file is in. Where the sticky bit is set, others cannot put a file in the place of one. */
function folderFault(folder: Ownership, processUid: number): string | null {
  const sticky = (folder.mode & 0o1000) !== 0;
  return ownershipFault(sticky ? { uid: folder.uid, mode: folder.mode & ~0o022 } : folder, processUid);
}

function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT') return configFault('file-missing');
  if (code === 'EACCES') return configFault('file-denied');
  if (thrown instanceof TypeError) return configFault('file-no-text');
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function readDescriptor(descriptor: number, path: string, processUid: number): IncludeFound {
  const stat = fstatSync(descriptor);
  if (!stat.isFile() && !stat.isDirectory()) return { kind: 'fault', reason: configFault('file-neither') };
  const fault = ownershipFault(stat, processUid);
  if (fault !== null) return { kind: 'fault', reason: configFault('file-unsafe', { reason: fault }) };
  if (stat.isDirectory()) return { kind: 'directory', names: readdirSync(path) };
  for (const folder of new Set([dirname(path), dirname(realpathSync(path))])) {
    const unsafe = folderFault(statSync(folder), processUid);
    if (unsafe !== null) return { kind: 'fault', reason: configFault('file-folder-unsafe', { reason: unsafe }) };
  }
  if (stat.size > MAX_TEXT_LENGTH * 4) return { kind: 'fault', reason: configFault('file-too-large') };
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor));
  return { kind: 'file', text };
}

/** What stands at a path, for `include`. Never throws, and never waits for a pipe or a device. */
export function readFromDisk(path: string, processUid: number = process.geteuid?.() ?? 0): IncludeFound {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    return readDescriptor(descriptor, path, processUid);
  } catch (thrown) {
    return { kind: 'fault', reason: reasonOf(thrown) };
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** Reads and parses the configuration at a path. A file that cannot be read is a complaint like any other. */
export function loadConfig(path: string, processUid?: number): ParsedConfig {
  const fileName = resolve(path);
  const found = readFromDisk(fileName, processUid);
  if (found.kind === 'file') {
    return parseConfig(found.text, { fileName, readInclude: (file) => readFromDisk(file, processUid) });
  }
  const complaints = new Complaints();
  const reason = found.kind === 'fault' ? found.reason : configFault('file-folder');
  complaints.add({ file: fileName, line: 1, column: 1 }, '', configFault('file-unreadable', { reason }));
  return { config: null, problems: complaints.sorted(), texts: new Map() };
}
