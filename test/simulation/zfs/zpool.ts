/** `zpool` on a machine that drives are plugged into, as far as the engine uses it. See zpool(8). */
import type { Argv } from '../../../core/host/types.ts';
import { fail, type Output, succeed } from './output.ts';
import type { Disk, Held, Plugs } from './plugs.ts';

/** Commands of which the pool is not the same after them, or which wait until what was written is on the drive. */
const CHANGES = new Set(['hold', 'release', 'snapshot', 'create', 'set', 'bookmark', 'destroy', 'receive', 'sync']);

export interface PoolCommand {
  /** Empty where it names none. */
  readonly pool: string;
  readonly isChange: boolean;
  /** Hangs by itself where it does, and not for every pool whose drive has gone. */
  readonly isCure: boolean;
}

const CURES = new Set(['clear', 'reopen', 'export']);

/** Which pool a command is about; null for what is no command of ZFS, or asks no pool. */
export function poolCommandOf([program, command = '', ...rest]: Argv): PoolCommand | null {
  if (!/(?:^|\/)(?:zfs|zpool)$/.test(program) || command === 'version') return null;
  if (program.endsWith('zpool') && command === 'import') return { pool: '', isChange: false, isCure: false };
  const pool = (rest.at(-1) ?? '').split(/[/@#]/)[0] ?? '';
  return { pool, isChange: CHANGES.has(command), isCure: program.endsWith('zpool') && CURES.has(command) };
}

/** A moment in the middle of a command that takes a while. */
export type Middle = (argv: Argv) => Promise<void>;

/** Null for what is answered elsewhere. */
export function zpoolCommand(plugs: Plugs, argv: Argv, middle: Middle): Promise<Output> | Output | null {
  const [, command, ...rest] = argv;
  const last = rest.at(-1) ?? '';
  if (command === 'import') {
    return rest.includes('-N') ? importPool(plugs, argv, BigInt(last), middle) : importable(plugs, rest);
  }
  const held = plugs.held.get(last);
  const pool = held?.disk.pool ?? plugs.options.machine.pools.get(last);
  if (command === 'get') return null;
  if (pool === undefined) return fail(`cannot open '${last}': no such pool`);
  if (command === 'list') {
    const health = held?.state === 'suspended' ? 'SUSPENDED' : 'ONLINE';
    return succeed(`${last}\t${pool.guid}\t1000000000\t400000000\t${health}\toff\n`);
  }
  if (held === undefined) return fail(`cannot open '${last}': not a pool of a drive`);
  switch (command) {
    case 'status':
      return status(held);
    case 'sync':
      return plugs
        .changing(last, () => sync(plugs, held, argv, middle))
        .then(async (output) => {
          // It may be pulled out now, too, with nothing under way.
          await middle(argv);
          return output;
        });
    case 'export':
      return exportPool(plugs, held, argv, middle);
    case 'reopen':
      return reopen(plugs, held);
    case 'clear':
      return clear(plugs, held);
    default:
      return fail(`unrecognized command '${command ?? ''}'`, 2);
  }
}

export function pathOf({ serial }: Pick<Disk, 'serial'>): string {
  return `/dev/disk/by-id/usb-${serial}`;
}

function importable(plugs: Plugs, args: readonly string[]): Output {
  const idle = plugs.disks.filter((disk) => {
    return disk.device !== null && args.includes(pathOf(disk)) && plugs.heldBy(disk) === undefined;
  });
  const blocks = [...new Map(idle.map(({ pool }) => [pool.guid, pool])).values()].map(({ name, guid }) =>
    [
      `   pool: ${name}`,
      `     id: ${guid}`,
      '  state: ONLINE',
      ' action: The pool can be imported using its name or numeric identifier.',
      ' config:',
      '',
      `\t${name}  ONLINE`,
      '',
    ].join('\n'),
  );
  return blocks.length === 0 ? fail('no pools available to import') : succeed(blocks.join('\n'));
}

async function importPool(plugs: Plugs, argv: Argv, guid: bigint, middle: Middle): Promise<Output> {
  const disk = plugs.disks.find(({ pool, device }) => pool.guid === guid && device !== null);
  if (disk === undefined) return fail(`cannot import '${guid}': no such pool available`);
  const { device } = disk;
  const { name } = disk.pool;
  if (plugs.options.machine.pools.has(name)) {
    return fail(`cannot import '${name}': a pool with that name already exists`);
  }
  await middle(argv);
  if (disk.device !== device) {
    // Which of both depends on how far it had come.
    if (disk.pulledAtMs % 2 === 0) await plugs.forGood();
    return fail(`cannot import '${name}': one or more devices is currently unavailable`);
  }
  plugs.hold(disk);
  return succeed();
}

function status({ disk, state }: Held): Output {
  const { reads, writes, checksums } = disk.errors;
  const health = state === 'suspended' ? 'SUSPENDED' : 'ONLINE';
  const counts = `${reads}\t${writes}\t${checksums}`.replaceAll('\t', '  ');
  const { name } = disk.pool;
  return succeed(
    `  pool: ${name}\n state: ${health}\nconfig:\n\n\tNAME  STATE  READ WRITE CKSUM\n\t${name}  ${health}  0  0  0\n\t  usb-${disk.serial}  ${health}  ${counts}\n`,
  );
}

async function sync(plugs: Plugs, held: Held, argv: Argv, middle: Middle): Promise<Output> {
  await middle(argv);
  const again = plugs.admit(held.disk.pool.name, true);
  const answer = again === undefined ? null : await again;
  if (answer !== null) return answer;
  held.dirtyUntilMs = 0;
  return succeed();
}

async function exportPool(plugs: Plugs, held: Held, argv: Argv, middle: Middle): Promise<Output> {
  const { name, datasets } = held.disk.pool;
  if (!plugs.isThere(held)) {
    plugs.locked = true;
    plugs.options.onLocked();
    await plugs.forGood();
  }
  if ([...datasets.values()].some(({ partial }) => partial?.active === true)) {
    return fail(`cannot export '${name}': pool is busy`);
  }
  if (plugs.isRead(held)) return fail(`cannot export '${name}': pool is busy`);
  await middle(argv);
  if (!plugs.isThere(held)) {
    plugs.hangForGood(held);
    await plugs.forGood();
  }
  plugs.letGo(held.disk);
  return succeed();
}

async function reopen(plugs: Plugs, held: Held): Promise<Output> {
  if (held.disk.device === null) plugs.hangForGood(held);
  else if (held.state === 'gone') plugs.revive(held);
  else if (held.state === 'hung') {
    held.fate = { noticesAfterMs: null, clearHelps: false };
    plugs.suspend(held);
  }
  if (held.disk.device === null) await plugs.forGood();
  return succeed();
}

async function clear(plugs: Plugs, held: Held): Promise<Output> {
  const { name } = held.disk.pool;
  if (held.disk.device === null || held.state === 'hung') {
    plugs.hangForGood(held);
    await plugs.forGood();
  }
  if (held.state === 'suspended' && !held.fate.clearHelps) return fail(`cannot clear errors for ${name}: I/O error`);
  plugs.revive(held);
  return succeed();
}
