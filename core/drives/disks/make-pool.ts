/**
 * Makes a pool on disks that a person has confirmed. Everything is read again right before, and the kernel itself refuses what is
 * in use: `wipefs` and `zpool create` open disks for themselves alone.
 */
import type { Clock } from '../../api/clock.ts';
import type { MadePool, MakePoolParams } from '../../api/drive-making.ts';
import { asProblemError, ProblemError } from '../../api/problem.ts';
import { remark } from '../../api/remark.ts';
import type { Argv, CommandResult, RunOptions } from '../../host/types.ts';
import { listPools } from '../../zfs/pools.ts';
import { PoolCommands } from '../pool-commands.ts';
import { type ChosenDisk, changed, chosenDisks } from './confirmed.ts';
import { COMPATIBILITY, createArgs } from './create-args.ts';
import type { DriveKeys } from './drive-keys.ts';
import { type SurveyParts, surveyDisks } from './survey.ts';

export interface MakeParts extends SurveyParts {
  readonly keys: DriveKeys;
  /** A drive with a pool of that name is known, plugged in or not. */
  readonly isNameKnown: (pool: string) => boolean;
  readonly clock: Pick<Clock, 'sleep'>;
}

const LOOK: RunOptions = { deadlineMs: 60_000, stdoutLimitBytes: 1024 * 1024 };
/** A slow drive, of which every copy of the labels is written. */
const CREATE: RunOptions = { deadlineMs: 5 * 60_000, stdoutLimitBytes: 1024 * 1024 };
const SETTLE_S = 30;
const SEEN_TRIES = 40;
const SEEN_EVERY_MS = 250;
const LIST_FOLDERS = ['/etc/zfs/compatibility.d', '/usr/share/zfs/compatibility.d'];

/**
 * `signal` counts until something is changed; from then on it is done to its end. The pool is exported when it is done.
 * @throws ProblemError `disk-changed`, `disk-in-use`, `disk-not-confirmed`, `disks-differ`, `drive-name-taken`: nothing was touched;
 * `pool-not-made`, `pool-half-made`: they say what was left behind
 */
export async function makePool(parts: MakeParts, params: MakePoolParams, signal: AbortSignal): Promise<MadePool> {
  const { pool } = params;
  const survey = await surveyDisks(parts, signal);
  const disks = chosenDisks(params, survey);
  const bearer = survey.members.some(({ poolName }) => poolName === pool);
  if (bearer || parts.isNameKnown(pool) || (await parts.poolState(pool)) !== null) {
    throw new ProblemError('drive-name-taken', { drive: pool, pool });
  }
  for (const disk of disks) await lookClosely(parts, disk, signal);
  const isCompatibilityKnown = await hasList(parts, signal);
  signal.throwIfAborted();
  const { kind } = params.encryption;
  const keyFile = kind === 'key-file' ? await parts.keys.make(pool) : null;
  await create(parts, params, disks, { isCompatibilityKnown, keyFile });
  return finish(parts, params, keyFile);
}

/** What the disk itself says, whatever the database of udev has noticed. */
async function lookClosely(
  { host }: MakeParts,
  { id, devices, forms }: ChosenDisk,
  signal: AbortSignal,
): Promise<void> {
  for (const device of devices) {
    const argv = ['wipefs', '--no-act', '--noheadings', '--output', 'TYPE', device] as const;
    const found = ok(await host.run(argv, { ...LOOK, signal }), host.label).stdout;
    const types = found.split('\n').map((line) => line.trim().toLowerCase());
    const other = types.find((type) => type !== '' && !forms.has(type));
    if (other !== undefined) throw changed(id, `there is ${other.slice(0, 64)} on it`);
  }
}

async function hasList({ host }: MakeParts, signal: AbortSignal): Promise<boolean> {
  for (const folder of LIST_FOLDERS) {
    const { exit } = await host.run(['test', '-f', `${folder}/${COMPATIBILITY}`], { ...LOOK, signal });
    if (exit.code === 0) return true;
  }
  return false;
}

/** Erases what was confirmed to be erased, and makes the pool. */
async function create(
  { host, keys, poolState }: MakeParts,
  params: MakePoolParams,
  disks: readonly ChosenDisk[],
  options: { readonly isCompatibilityKnown: boolean; readonly keyFile: string | null },
): Promise<void> {
  const run = async (argv: Argv, more: RunOptions = LOOK) => ok(await host.run(argv, more), host.label);
  const erased: string[] = [];
  try {
    for (const disk of disks.filter(({ hasContent }) => hasContent)) {
      for (const device of disk.devices) {
        if (!erased.includes(disk.id)) erased.push(disk.id);
        await run(['wipefs', '--all', '--quiet', device]);
      }
    }
    // Partitions that are gone must not be found any more.
    if (erased.length > 0) await run(['udevadm', 'settle', `--timeout=${SETTLE_S}`]);
    const { encryption } = params;
    const stdin = encryption.kind === 'passphrase' ? { stdin: Buffer.from(`${encryption.passphrase}\n`) } : {};
    await run(createArgs(params, disks, options), { ...CREATE, ...stdin });
  } catch (thrown) {
    const { pool } = params;
    const problem = asProblemError(thrown);
    if ((await poolState(pool)) !== null) throw halfMade(pool, 'imported', problem, options.keyFile);
    // What did not answer may still be at work, with this key.
    const isOver = problem.code === 'command-failed' || problem.code === 'command-missing';
    if (options.keyFile !== null && isOver) await keys.discard(options.keyFile);
    const left = erased.length === 0 ? remark('disks-untouched') : remark('disks-erased', { disks: erased.join(', ') });
    throw new ProblemError('pool-not-made', { pool, left }, { detail: saidBy(problem) });
  }
}

/** The place for the backups; then the drive is as if it had just been plugged in. */
async function finish(parts: MakeParts, { pool, rootFs }: MakePoolParams, keyFile: string | null): Promise<MadePool> {
  const { host } = parts;
  const { signal } = new AbortController();
  const commands = new PoolCommands(host);
  const run = async (argv: Argv) => ok(await host.run(argv, LOOK), host.label).stdout.trim();
  const target = { name: pool, pool, poolGuid: 0n };
  const leave = async (): Promise<void> => {
    await commands.sync(target, signal);
    await commands.export(target, signal);
  };
  let isOut = false;
  try {
    await run(['zfs', 'create', '-p', rootFs]);
    const facts = (await listPools(host, signal, [pool])).find(({ name }) => name === pool);
    const available = await run(['zfs', 'get', '-Hp', '-o', 'value', 'available', rootFs]);
    if (facts === undefined || !/^\d{1,18}$/.test(available)) throw new ProblemError('output-unreadable');
    await leave();
    isOut = true;
    const { guid, sizeBytes } = facts;
    await untilSeen(parts, guid);
    return { pool, poolGuid: guid, rootFs, keyFile, sizeBytes, availableBytes: Number(available) };
  } catch (thrown) {
    const problem = asProblemError(thrown);
    // After a command that hangs, one more would hang, too.
    const answers = problem.code !== 'command-timeout' && problem.code !== 'command-stuck';
    if (!isOut && answers)
      isOut = await leave().then(
        () => true,
        () => false,
      );
    throw halfMade(pool, isOut ? 'exported' : 'imported', problem, keyFile);
  }
}

/**
 * Udev hears of it a moment after the kernel has let it go, and meanwhile the partitions are read anew: until it was seen twice in a
 * row, a look might find a disk with something on it.
 */
async function untilSeen({ host, poolState, clock }: MakeParts, poolGuid: string): Promise<void> {
  const { signal } = new AbortController();
  let seen = 0;
  for (let tries = 0; tries < SEEN_TRIES && seen < 2; tries += 1) {
    if (tries > 0) await clock.sleep(SEEN_EVERY_MS);
    const disks = await surveyDisks({ host, poolState }, signal).then(
      (survey) => survey.disks,
      () => [],
    );
    const isThere = disks.some(({ told: { verdict } }) => verdict.kind === 'pool' && verdict.poolGuid === poolGuid);
    seen = isThere ? seen + 1 : 0;
  }
}

function halfMade(
  pool: string,
  left: 'imported' | 'exported',
  problem: ProblemError,
  keyFile: string | null,
): ProblemError {
  const key = keyFile === null ? '' : `Its key is in ${keyFile}.\n`;
  return new ProblemError(
    'pool-half-made',
    { pool, left: remark(`pool-left-${left}`) },
    { detail: `${key}${saidBy(problem)}` },
  );
}

function saidBy({ detail, message }: ProblemError): string {
  return detail === '' ? message : detail;
}

function ok(result: CommandResult, host: string): CommandResult {
  if (result.exit.code === 0) return result;
  throw new ProblemError('command-failed', { host }, { detail: result.stderr || result.stdout });
}
