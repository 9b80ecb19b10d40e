/** The engine's way to OpenZFS with everything between that can go wrong: a network, and the death of the process itself. */
import type { Zfs } from '../../../core/zfs/types.ts';
import type { Machine, Pool } from '../zfs/world.ts';
import type { Actor } from './actor.ts';
import { jobOf } from './config-text.ts';
import { isUndisturbed, type Pair } from './pairs.ts';
import type { Sim } from './sim.ts';
import type { Watch } from './watch.ts';

export interface GuardParts {
  readonly sim: Sim;
  readonly process: Actor;
  /** Whose marks are at stake. Of a job with several drives it changes. */
  readonly job: () => string;
  readonly machine: Machine;
  readonly watch: Watch;
}

/** What a dead process waits for. */
function never<T>(): Promise<T> {
  return new Promise(() => {});
}

export function guardZfs(zfs: Zfs, parts: GuardParts): Zfs {
  const { sim, process, machine, watch } = parts;
  const around =
    <A extends readonly unknown[], R>(name: string, work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (process.dead) return never();
      const done = sim.drives?.beats.work(process, jobOf(parts.job()));
      try {
        const asked = watch.call(process, parts.job(), machine, name);
        if (asked !== undefined) await asked;
        if (process.dead) return await never();
        return await work(...args);
      } finally {
        done?.();
        if (process.dead) await never();
      }
    };
  const isTargetOf = (pair: Pair) => machine === (sim.drives?.diskOf(pair.job) === undefined ? sim.nas : sim.laptop);
  const noteListing = (roots: readonly string[], recursive: boolean): void => {
    if (!recursive) return;
    const job = parts.job();
    const covers = (pool: Pool) => roots.length === 0 || roots.some((root) => root.split('/')[0] === pool.name);
    for (const pair of sim.pairs.values()) {
      if (pair.job !== job) continue;
      pair.listedAtWallMs = sim.time.wallMs();
      pair.listedWallErrorMs = sim.time.wallErrorMs;
      if (machine === sim.laptop && covers(sim.sourcePool)) pair.listedSource = pair.touched;
      if (isTargetOf(pair) && covers(pair.targetPool)) pair.listedTarget = pair.touched;
    }
  };
  const noteListed = (roots: readonly string[], recursive: boolean, isListed: boolean): void => {
    const job = parts.job();
    for (const pair of sim.pairs.values()) {
      const isTarget = isTargetOf(pair) && roots.some((root) => root.split('/')[0] === pair.targetPool.name);
      if (pair.job === job && isTarget && (recursive || roots.includes(pair.target))) pair.unlisted = !isListed;
    }
  };
  const noteSeen = (names: readonly string[]): void => {
    for (const name of names) {
      const pair = sim.pairOfTarget(parts.job(), name);
      pair?.unseen.clear();
    }
  };
  return {
    label: zfs.label,
    capabilities: around('capabilities', zfs.capabilities),
    poolResumable: around('poolResumable', zfs.poolResumable),
    listVersions: around('listVersions', async (roots, options, ctx) => {
      const listed = await zfs.listVersions(roots, options, ctx).catch((error: unknown) => {
        noteListed(roots, options.recursive, false);
        throw error;
      });
      noteSeen(listed.map(({ dataset }) => dataset));
      return listed;
    }),
    listDatasets: around('listDatasets', async (roots, options, ctx) => {
      noteListing(roots, options.recursive);
      const listed = await zfs.listDatasets(roots, options, ctx).catch((error: unknown) => {
        noteListed(roots, options.recursive, false);
        throw error;
      });
      noteListed(roots, options.recursive, true);
      return listed;
    }),
    snapshotDetails: around('snapshotDetails', zfs.snapshotDetails),
    getProperties: around('getProperties', zfs.getProperties),
    readBack: around('readBack', async (names, properties, ctx) => {
      for (const name of names)
        if (name.includes('@')) process.readAt.set(`${parts.job()} ${name.split('@')[0]}`, sim.deeds);
      const found = await zfs.readBack(names, properties, ctx);
      noteSeen([...found.keys()].map((name) => name.split('@')[0] ?? name));
      return found;
    }),
    setProperties: around('setProperties', zfs.setProperties),
    snapshot: around('snapshot', zfs.snapshot),
    createPlaceholder: around('createPlaceholder', zfs.createPlaceholder),
    hold: around('hold', zfs.hold),
    release: around('release', zfs.release),
    holds: around('holds', zfs.holds),
    bookmark: around('bookmark', zfs.bookmark),
    destroyBookmark: around('destroyBookmark', zfs.destroyBookmark),
    destroySnapshots: around('destroySnapshots', async (refs, ctx) => {
      const undisturbed = new Map([...sim.pairs.values()].filter(isUndisturbed).map((pair) => [pair, pair.touched]));
      process.destroys.add({ refs, deeds: sim.deeds, undisturbed });
      return zfs.destroySnapshots(refs, ctx);
    }),
    estimate: around('estimate', zfs.estimate),
    prepareSend: (request) => zfs.prepareSend(request),
    receive: around('receive', async (request, stream, options) => {
      const job = parts.job();
      const key = `${job} ${request.dataset}`;
      if (process.receives.has(key)) sim.violate('one-receive-at-a-time', `two receives into ${request.dataset}`);
      const pair = sim.pairOfTarget(job, request.dataset);
      const deeds = process.readAt.get(`${job} ${stream.request.dataset}`) ?? sim.deeds;
      if (!request.savePartial) sim.violate('progress-is-kept', `a receive into ${request.dataset} could not go on`);
      process.receives.set(key, { request, send: stream.request, touched: pair?.touched ?? 0, deeds });
      try {
        return await zfs.receive(request, stream, options);
      } finally {
        process.receives.delete(key);
      }
    }),
    abortReceive: around('abortReceive', zfs.abortReceive),
  };
}
