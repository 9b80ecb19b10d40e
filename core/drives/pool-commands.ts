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

  /**
   * Loads the key of a dataset from a file, where it is encrypted and the key is not there yet; as long as there is no such
   * dataset, that of the one above it.
   */
  async loadKey(dataset: string, keyFile: string, signal: AbortSignal): Promise<void> {
    const asked = ['zfs', 'get', '-H', '-o', 'value', 'encryptionroot,keystatus', dataset] as const;
    const answer = await this.#run(asked, KEY_MS, signal);
    const above = parentOf(dataset);
    if (above !== null && /dataset does not exist/.test(answer.stderr)) return this.loadKey(above, keyFile, signal);
    if (answer.exit.code !== 0) throw this.#failed(answer);
    const [root = '-', status = '-'] = answer.stdout.split('\n');
    if (root === '-' || status !== 'unavailable') return;
    await this.#ok(['zfs', 'load-key', '-L', `file://${keyFile}`, root], KEY_MS, signal);
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

  #run(argv: Argv, deadlineMs: number, signal: AbortSignal): Promise<CommandResult> {
    return this.#host.run(argv, { deadlineMs, stdoutLimitBytes: OUTPUT_BYTES_MAX, signal });
  }

  #failed({ stderr, stdout }: CommandResult): ProblemError {
    return new ProblemError('command-failed', { host: this.#host.label }, { detail: stderr || stdout });
  }
}
