/**
 * OpenZFS of this machine, beside the pools that must not be asked for anything: what names one of those is refused before a
 * command is started, and what asks all pools asks the others.
 */
import { poolOf } from '../zfs/names.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import type { PoolGuard } from './guard.ts';

export function besideSilent(zfs: Zfs, guard: Pick<PoolGuard, 'check' | 'overAll'>): Zfs {
  /** Nothing is started for a pool that is silent. */
  const on = async <T>(names: readonly string[], work: () => Promise<T>): Promise<T> => {
    await guard.check(names.map(poolOf));
    return work();
  };
  const listing = <T>(
    roots: readonly string[],
    list: (roots: readonly string[]) => Promise<readonly T[]>,
    ctx: Ctx | undefined,
  ): Promise<readonly T[]> => (roots.length === 0 ? guard.overAll(list, ctx?.signal) : on(roots, () => list(roots)));
  const datasetsOf = (of: readonly { readonly dataset: string }[]) => of.map(({ dataset }) => dataset);
  return {
    label: zfs.label,
    capabilities: (ctx) => zfs.capabilities(ctx),
    poolResumable: (pool, ctx) => on([pool], () => zfs.poolResumable(pool, ctx)),
    listVersions: (roots, options, ctx) => listing(roots, (asked) => zfs.listVersions(asked, options, ctx), ctx),
    listDatasets: (roots, options, ctx) => listing(roots, (asked) => zfs.listDatasets(asked, options, ctx), ctx),
    snapshotDetails: (snapshots, ctx) => on(datasetsOf(snapshots), () => zfs.snapshotDetails(snapshots, ctx)),
    getProperties: (name, properties, ctx) => on([name], () => zfs.getProperties(name, properties, ctx)),
    readBack: (names, properties, ctx) => on(names, () => zfs.readBack(names, properties, ctx)),
    setProperties: (dataset, properties, ctx) => on([dataset], () => zfs.setProperties(dataset, properties, ctx)),
    snapshot: (targets, ctx) => on(datasetsOf(targets), () => zfs.snapshot(targets, ctx)),
    createPlaceholder: (dataset, options, ctx) => on([dataset], () => zfs.createPlaceholder(dataset, options, ctx)),
    hold: (tag, snapshots, ctx) => on(datasetsOf(snapshots), () => zfs.hold(tag, snapshots, ctx)),
    release: (tag, snapshots, ctx) => on(datasetsOf(snapshots), () => zfs.release(tag, snapshots, ctx)),
    holds: (snapshots, ctx) => on(datasetsOf(snapshots), () => zfs.holds(snapshots, ctx)),
    bookmark: (dataset, source, name, ctx) => on([dataset], () => zfs.bookmark(dataset, source, name, ctx)),
    destroyBookmark: (dataset, name, ctx) => on([dataset], () => zfs.destroyBookmark(dataset, name, ctx)),
    destroySnapshots: (snapshots, ctx) => on(datasetsOf(snapshots), () => zfs.destroySnapshots(snapshots, ctx)),
    estimate: (request, ctx) => on([request.dataset], () => zfs.estimate(request, ctx)),
    prepareSend: (request) => zfs.prepareSend(request),
    receive: (request, stream, options) => on([request.dataset], () => zfs.receive(request, stream, options)),
    abortReceive: (dataset, ctx) => on([dataset], () => zfs.abortReceive(dataset, ctx)),
  };
}
