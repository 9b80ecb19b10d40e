/** The hold that keeps the newest received snapshot, and how it moves on. */
import { ProblemError } from '../api/problem.ts';
import type { Ctx, Version, Zfs } from '../zfs/types.ts';
import type { ReceiverDataset } from './types.ts';

export interface HoldMove {
  readonly zfs: Zfs;
  readonly tag: string;
  readonly known: ReceiverDataset;
  /** Of the snapshot that is confirmed as the newest. */
  readonly guid: bigint;
  /** False: no hold is wanted, and those that are there go. */
  readonly keeps: boolean;
  /** Runs cleaning up that may fail. */
  readonly tolerate: (work: () => Promise<void>) => Promise<void>;
  readonly ctx: Ctx;
}

/**
 * Holds the newest snapshot, then releases the one held before: never none, and never more than two, however often a run was
 * interrupted in between. Returns the versions with their holds as they are afterwards. Throws `not-found` where the snapshot
 * is not there.
 */
export async function moveReceivedHold(move: HoldMove): Promise<readonly Version[]> {
  const { zfs, tag, known, guid, keeps, tolerate, ctx } = move;
  const newest = known.versions.find((entry) => entry.type === 'snapshot' && entry.guid === guid);
  if (newest === undefined) throw new ProblemError('not-found', { name: known.localName, host: zfs.label });
  const old = await heldBefore(move);
  const released = new Set<bigint>();
  const release = (some: readonly Version[]) =>
    tolerate(async () => {
      if (some.length === 0) return;
      const names = some.map(({ name }) => ({ dataset: known.localName, name }));
      await zfs.release(tag, names, ctx);
      // Only now: what could not be released is still held, and the next move must know of it.
      for (const { guid: done } of some) released.add(done);
    });
  await release(keeps ? old.slice(0, -1) : old);
  if (keeps) {
    await zfs.hold(tag, [{ dataset: known.localName, name: newest.name }], ctx);
    await release(old.slice(-1));
  }
  return known.versions.map((entry) => {
    if (entry.type !== 'snapshot') return entry;
    const userrefs = entry.userrefs ?? 0;
    if (released.has(entry.guid)) return { ...entry, userrefs: Math.max(0, userrefs - 1) };
    return keeps && entry.guid === guid ? { ...entry, userrefs: Math.max(1, userrefs) } : entry;
  });
}

/** Snapshots with a hold of ours, oldest first, but for the one that keeps it. Where several are held, it is asked by whom. */
async function heldBefore({ zfs, tag, known, guid, keeps, ctx }: HoldMove): Promise<readonly Version[]> {
  const held = known.versions.filter(
    (entry) => entry.type === 'snapshot' && (entry.userrefs ?? 0) > 0 && !(keeps && entry.guid === guid),
  );
  if (held.length < 2) return held;
  const rows = await zfs.holds(
    held.map(({ name }) => ({ dataset: known.localName, name })),
    ctx,
  );
  const ours = new Set(rows.filter((row) => row.tag === tag).map((row) => row.snapshot));
  return held.filter(({ name }) => ours.has(name));
}
