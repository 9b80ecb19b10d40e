/** Conformance on real ZFS: two pools in one guest, and two datasets in them for every case. */
import { systemClock } from '../../../../core/host/system-clock.ts';
import type { CommandResult } from '../../../../core/host/types.ts';
import { createCliZfs } from '../../../../core/zfs/cli-zfs.ts';
import type { Zfs } from '../../../../core/zfs/types.ts';
import type { Fixture, Place, Release } from '../../../conformance/fixture.ts';
import { createPool, type Guest, type LabPool, poolName } from '../../guests/index.ts';
import { hostOf } from '../../platform/support/hosts.ts';
import { startAgent } from './agent.ts';
import { agentHost, agentPipe } from './host.ts';
import { keepLedger } from './ledger.ts';
import { Observer } from './observe.ts';
import { type ConsoleMemory, guestOperator, ZFS } from './operator.ts';

/** Sparse; room for the data of all cases, because none is destroyed before the end. */
const POOL_MIB = 4096;

/**
 * No mount points: the folder of one would be made in the filesystem above it and change that one. No access times, because
 * reading is no change. Snapshots of volumes are devices, to be read.
 */
const PROPERTIES = { mountpoint: 'legacy', atime: 'off', snapdev: 'visible' };

/** One guest that runs one case after another. */
export interface Lane {
  fixture(): Promise<Fixture>;
  /** After the case: what it used is not mounted any more, so that thousands of mounts do not slow the next ones down. */
  leave(fixture: Fixture): Promise<void>;
}

/** Does one case there. */
export async function inLane<T>(lane: Lane, work: (fixture: Fixture) => Promise<T>): Promise<T> {
  const fixture = await lane.fixture();
  return work(fixture).finally(() => lane.leave(fixture));
}

/** Makes the pools; `endings` gets what ends it, to be called from the last to the first. */
export async function openLane(tag: string, guest: Guest, endings: (() => Promise<void>)[]): Promise<Lane> {
  const ssh = hostOf(guest);
  endings.push(() => ssh.close());
  const pools: LabPool[] = [];
  for (const end of ['source', 'target']) {
    const name = `${poolName(`${tag}-${end}`)} p`;
    const pool = await createPool(guest, { name, sizeMiB: POOL_MIB, properties: PROPERTIES });
    endings.push(() => pool.destroy());
    pools.push(pool);
  }
  const agent = keepLedger(await startAgent(guest, ssh));
  endings.push(() => agent.end());
  const probes = new Map<string, Promise<CommandResult>>();
  const memory: ConsoleMemory = { written: new Set(), volumes: new Set() };
  const operator = guestOperator(agent, memory);
  const observer = new Observer(agent, memory);
  const zfs = (cutAfterBlocks: number | null = null): Zfs =>
    createCliZfs({
      host: agentHost(guest.name, agent, probes, cutAfterBlocks),
      clock: systemClock,
      zfsPath: ZFS,
      pipe: agentPipe,
    });
  const whole = zfs();
  const { userlandVersion } = await whole.capabilities();
  const release: Release = /\b2\.1\./.test(userlandVersion) ? '2.1' : '2.3';
  let cases = 0;
  const unused = new Map<string, string>();
  // One that a case did not use is there for the next.
  const rootIn = async (pool: string): Promise<string> => {
    const last = unused.get(pool);
    if (last !== undefined && !agent.isTouched(last)) return last;
    const root = `${pool}/a case ${cases}`;
    await operator.create(root);
    agent.clean(root);
    unused.set(pool, root);
    return root;
  };
  const placeIn = async (pool: string): Promise<Place> => {
    const root = await rootIn(pool);
    return {
      release,
      root,
      zfs: whole,
      operator,
      cutting: zfs,
      observe: () => observer.observe(root),
      glance: () => observer.glance(root),
      paths: () => observer.paths(root),
    };
  };
  const fixture = async (): Promise<Fixture> => {
    cases += 1;
    const [source, target] = await Promise.all(pools.map(({ name }) => placeIn(name)));
    if (source === undefined || target === undefined) throw new Error('there are two pools');
    return { source, target };
  };
  const leave = async ({ source, target }: Fixture): Promise<void> => {
    for (const { root } of [source, target]) if (agent.isTouched(root)) await agent.ask('unmount', root);
  };
  return { fixture, leave };
}
