/** The commands that bring the pool of a drive in and out. Each has a deadline; none goes through the fence. See zpool(8). */
import { ProblemError } from '../api/problem.ts';
import type { Argv, CommandResult, Host } from '../host/types.ts';
import { parentOf } from '../zfs/names.ts';
import { listPools, type PoolFacts } from '../zfs/pools.ts';
import { type ImportablePool, parseImportable } from './importable.ts';
import type { DriveTarget } from './judge.ts';
import type { PoolMember } from './members.ts';
import { type PoolHealth, parsePoolHealth } from './pool-health.ts';

const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
const LOOK_MS = 60_000;
/** A pool that has to replay its log, or has thousands of datasets. */
const IMPORT_MS = 5 * 60_000;
/** Everything written and not yet on a slow disk. */
const SYNC_MS = 10 * 60_000;
const EXPORT_MS = 5 * 60_000;
/** It came back within seconds where it came back at all. */
const CLEAR_MS = 60_000;
const KEY_MS = 60_000;

const NO_SCRUB = /no active scrub/;
const NONE = /no pools available to import/;
const MISSING = /dataset does not exist/;

/** How a dataset is encrypted. */
export interface Lock {
  /** The dataset whose key it has. */
  readonly root: string;
  /** The key is not loaded. */
  readonly isLocked: boolean;
}

/** What opens it. */
export type Key = { readonly file: string } | { readonly passphrase: string };

export class PoolCommands {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The pool of that name, where one is imported. No other pool is asked: it may be without its disk, and then not answer. */
  async imported(name: string, signal: AbortSignal): Promise<PoolFacts | null> {
    return (await listPools(this.#host, signal, [name])).find((pool) => pool.name === name) ?? null;
  }

  /** What could be imported from these devices; imports nothing. */
  async importable(members: readonly PoolMember[], signal: AbortSignal): Promise<readonly ImportablePool[]> {
    const paths = [...new Set(members.map(({ byId, device }) => byId ?? device))];
    const result = await this.#run(['zpool', 'import', ...paths.flatMap((path) => ['-d', path])], LOOK_MS, signal);
    // Without any pool it ends with 1 or, in newer versions, with 0.
    if (result.exit.code !== 0 && !NONE.test(result.stderr)) throw this.#failed(result);
    return parseImportable(result.stdout);
  }

  /**
   * Imports the pool by its guid: nothing is mounted, nothing is remembered for the next boot, and its devices get names that
   * stay. What would be mounted later is below `altroot`.
   */
  async import({ poolGuid }: DriveTarget, altroot: string, signal: AbortSignal): Promise<void> {
    const where = ['-d', '/dev/disk/by-id', '-R', altroot, '-o', 'cachefile=none'];
    await this.#ok(['zpool', 'import', '-N', ...where, String(poolGuid)], IMPORT_MS, signal);
  }

  /** Brings what was written to the disk. */
  async sync({ pool }: DriveTarget, signal: AbortSignal): Promise<void> {
    await this.#ok(['zpool', 'sync', pool], SYNC_MS, signal);
  }

  /** Never with force: what is in use is not torn away. @throws ProblemError `drive-in-use` */
  async export({ pool, name }: DriveTarget, signal: AbortSignal): Promise<void> {
    const result = await this.#run(['zpool', 'export', pool], EXPORT_MS, signal);
    if (result.exit.code === 0) return;
    if (/busy|in use/i.test(result.stderr)) {
      throw new ProblemError('drive-in-use', { drive: name, pool }, { detail: result.stderr });
    }
    throw this.#failed(result);
  }

  /** Opens the devices anew by their names, of which some may be other devices now. */
  async reopen({ pool }: DriveTarget, signal: AbortSignal): Promise<void> {
    await this.#ok(['zpool', 'reopen', pool], CLEAR_MS, signal);
  }

  /** What `zpool status` tells of the pool; null where it is not understood. */
  async health({ pool }: DriveTarget, signal: AbortSignal): Promise<PoolHealth | null> {
    return parsePoolHealth((await this.#ok(['zpool', 'status', '-p', pool], LOOK_MS, signal)).stdout);
  }

  /** Begins to read everything on it. One that is paused goes on. */
  async scrub({ pool }: DriveTarget, signal: AbortSignal): Promise<void> {
    await this.#ok(['zpool', 'scrub', pool], LOOK_MS, signal);
  }

  /** Ends that; none under way is as good as ended. */
  async stopScrub({ pool }: DriveTarget, signal: AbortSignal): Promise<void> {
    const result = await this.#run(['zpool', 'scrub', '-s', pool], LOOK_MS, signal);
    if (result.exit.code !== 0 && !NO_SCRUB.test(result.stderr)) throw this.#failed(result);
  }

  /** Tells ZFS that the disk is back. */
  async clear({ pool }: DriveTarget, signal: AbortSignal): Promise<void> {
    await this.#ok(['zpool', 'clear', pool], CLEAR_MS, signal);
  }

  /** How a dataset is encrypted; as long as there is none of that name, the one above it. Null: not at all. */
  async lockOf(dataset: string, signal: AbortSignal): Promise<Lock | null> {
    const asked = ['zfs', 'get', '-H', '-o', 'value', 'encryptionroot,keystatus', dataset] as const;
    const answer = await this.#run(asked, KEY_MS, signal);
    const above = parentOf(dataset);
    if (above !== null && MISSING.test(answer.stderr)) return this.lockOf(above, signal);
    if (answer.exit.code !== 0) throw this.#failed(answer);
    const [root = '-', status = '-'] = answer.stdout.trimEnd().split('\n');
    return root === '-' || root === '' ? null : { root, isLocked: status === 'unavailable' };
  }

  /** Loads the key of an encryption root. @throws ProblemError `passphrase-wrong` */
  async loadKey({ root }: Lock, key: Key, target: DriveTarget, signal: AbortSignal): Promise<void> {
    if ('file' in key) {
      await this.#ok(['zfs', 'load-key', '-L', `file://${key.file}`, root], KEY_MS, signal);
      return;
    }
    // Through its standard input: arguments can be read by everybody.
    const stdin = Buffer.from(`${key.passphrase}\n`);
    const result = await this.#run(['zfs', 'load-key', '-L', 'prompt', root], KEY_MS, signal, stdin);
    if (result.exit.code === 0) return;
    if (/incorrect key/i.test(result.stderr)) throw new ProblemError('passphrase-wrong', { drive: target.name });
    throw this.#failed(result);
  }

  /** Makes a dataset and those above it, where they are missing; none of them is mounted. True where it was missing. */
  async createPath(dataset: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#run(['zfs', 'list', '-H', '-o', 'name', dataset], LOOK_MS, signal);
    if (answer.exit.code === 0) return false;
    const above = parentOf(dataset);
    if (above === null || !MISSING.test(answer.stderr)) throw this.#failed(answer);
    await this.createPath(above, signal);
    await this.#ok(['zfs', 'create', '-o', 'mountpoint=none', dataset], LOOK_MS, signal);
    return true;
  }

  /** What is free for a dataset, quotas counted; null where that is not said. */
  async availableBytes(dataset: string, signal: AbortSignal): Promise<number | null> {
    const asked = ['zfs', 'get', '-Hp', '-o', 'value', 'available', dataset] as const;
    const text = (await this.#ok(asked, LOOK_MS, signal)).stdout.trim();
    return /^\d{1,18}$/.test(text) ? Number(text) : null;
  }

  /** Whether there is a block device of that path. */
  async hasDevice(path: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#run(['test', '-b', path], LOOK_MS, signal)).exit.code === 0;
  }

  async #ok(argv: Argv, deadlineMs: number, signal: AbortSignal): Promise<CommandResult> {
    const result = await this.#run(argv, deadlineMs, signal);
    if (result.exit.code !== 0) throw this.#failed(result);
    return result;
  }

  #run(argv: Argv, deadlineMs: number, signal: AbortSignal, stdin?: Uint8Array): Promise<CommandResult> {
    const given = stdin === undefined ? {} : { stdin };
    return this.#host.run(argv, { deadlineMs, stdoutLimitBytes: OUTPUT_BYTES_MAX, signal, ...given });
  }

  #failed({ stderr, stdout }: CommandResult): ProblemError {
    return new ProblemError('command-failed', { host: this.#host.label }, { detail: stderr || stdout });
  }
}
