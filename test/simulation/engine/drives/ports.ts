/** What the engine's drives are given: udev, the kernel's statistics, and commands on pools that come and go. */
import { PassThrough } from 'node:stream';
import type { Clock } from '../../../../core/api/clock.ts';
import { type Fence, fencedHost, fencedPipe } from '../../../../core/drives/fence.ts';
import type { DrivePorts } from '../../../../core/drives/ports.ts';
import type { Argv, CommandResult, Host, RunningCommand } from '../../../../core/host/types.ts';
import { createCliZfs } from '../../../../core/zfs/cli-zfs.ts';
import type { Zfs } from '../../../../core/zfs/types.ts';
import { createSimHost, type SimHostOptions, simPipe } from '../../zfs/host.ts';
import { pathOf } from '../../zfs/zpool.ts';
import type { Actor } from '../actor.ts';
import { guardZfs } from '../guard-zfs.ts';
import type { Sim } from '../sim.ts';
import type { Watch } from '../watch.ts';
import { DESK } from './beats.ts';
import type { House } from './house.ts';

export interface PortsParts {
  readonly sim: Sim;
  readonly house: House;
  readonly watch: Watch;
  readonly process: Actor;
  readonly clock: Clock;
  /** The clock of one job. */
  readonly clockOf: (job: string) => Clock;
}

export function drivePorts(parts: PortsParts): DrivePorts {
  const { sim, house, watch, process, clock } = parts;
  const commands = createSimHost(hostOptions(parts, DESK, clock));
  const { ended, host } = machineHost(parts, commands);
  ended.catch(() => undefined);
  return {
    host,
    clock,
    poolState: async (pool) => (process.dead ? ended : house.plugs.poolState(pool)),
    isAtRest: async (pool) => (process.dead ? ended : house.plugs.isAtRest(pool)),
    opened: {
      recall: (poolGuid) => house.opened.get(poolGuid) ?? [],
      remember: (poolGuid, parts) => {
        if (!process.dead) house.opened.set(poolGuid, parts);
      },
    },
    warn: (problem) => sim.tell(() => `WARN ${problem.code} ${problem.detail}`),
    openZfs: (fence, { poolGuid }) => {
      const disk = house.ofJobs.find(({ pool }) => pool.guid === poolGuid);
      if (disk === undefined) throw new Error(`no drive ${poolGuid}`);
      const lane = house.laneOf(disk);
      const zfs = zfsOf(parts, fence, lane, parts.clockOf(disk.of.job));
      return guardZfs(zfs, { sim, process, job: () => lane, machine: sim.laptop, watch });
    },
  };
}

function zfsOf(parts: PortsParts, fence: Fence, lane: string, clock: Clock): Zfs {
  const { house } = parts;
  const options = hostOptions(parts, lane, clock);
  const host = createSimHost({
    ...options,
    onEffect: (effect, phase) => {
      if (phase !== 'before') house.plugs.noteChange(effect.pool);
      return parts.watch.effect(parts.process, lane, effect, phase);
    },
  });
  const paths = { zfsPath: '/sbin/zfs', zpoolPath: '/sbin/zpool' };
  return createCliZfs({ host: fencedHost(host, fence), clock, ...paths, pipe: fencedPipe(host, fence, simPipe) });
}

function hostOptions({ sim, house, watch, process }: PortsParts, job: string, clock: Clock): SimHostOptions {
  return {
    world: sim.world,
    machine: sim.laptop,
    clock,
    plugs: house.plugs,
    onComplaint: (stderr) => sim.coverage.text(stderr),
    onCommand: (argv) => watch.command(process, job, sim.laptop, argv),
    onMiddle: async (argv) => watch.middle(process, job, sim.laptop, argv),
  };
}

function machineHost(
  { sim, house, process }: PortsParts,
  commands: Host,
): { readonly host: Host; readonly ended: Promise<never> } {
  const ended = new Promise<never>(() => undefined);
  const answer = (stdout: string, code = 0): CommandResult => ({
    exit: { code, signal: null },
    stdout,
    stderr: '',
    durationMs: 0,
  });
  const run: Host['run'] = async (argv, options) => {
    if (process.dead) return ended;
    const [program, , path = ''] = argv;
    if (program === 'udevadm') {
      house.looked(process);
      return answer(database(house));
    }
    if (program === 'test') {
      const isThere = house.plugs.disks.some((disk) => house.plugs.isNamed(disk) && pathOf(disk) === path);
      return answer('', isThere ? 0 : 1);
    }
    const result = await commands.run(argv, options);
    if (process.dead) return ended;
    sim.tell(() => `${process.number}:${DESK} ${argv.join(' ')}: ${result.exit.code} ${result.stderr.trim()}`);
    return result;
  };
  const host: Host = { ...commands, run, start: (argv) => monitor(house, process, argv) };
  return { host, ended };
}

async function monitor(house: House, process: Actor, argv: Argv): Promise<RunningCommand> {
  if (argv[1] !== 'monitor') throw new Error(`${argv.join(' ')} cannot be started`);
  const stdout = new PassThrough();
  const { promise, resolve } = Promise.withResolvers<Awaited<RunningCommand['ended']>>();
  house.listeners.set(process, (line) => stdout.write(line));
  const kill = async () => {
    house.listeners.delete(process);
    stdout.end();
    resolve({ exit: { code: null, signal: 'SIGKILL' }, stderr: '' });
  };
  return { stdin: new PassThrough(), stdout, ended: promise, kill };
}

/** `udevadm info --export-db`, as far as it is about drives. */
function database({ plugs }: House): string {
  return plugs
    .listed()
    .map(([disk, device]) =>
      [
        `P: ${device.replace('/dev/', '/devices/pci0000:00/block/')}`,
        `S: ${pathOf(disk).slice('/dev/'.length)}`,
        `E: DEVNAME=${device}`,
        'E: SUBSYSTEM=block',
        `E: ID_FS_LABEL=${disk.pool.name}`,
        `E: ID_FS_UUID=${disk.pool.guid}`,
        `E: ID_FS_UUID_SUB=${disk.vdevGuid}`,
        'E: ID_FS_TYPE=zfs_member',
        '',
        '',
      ].join('\n'),
    )
    .join('');
}
