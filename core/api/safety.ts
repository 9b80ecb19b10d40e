/** What a person wants to know of one dataset and one destination: what is there, what is not, and what keeps it that way. */
import { z } from 'zod';
import { bytes, count, guaranteeSchema, guid, name, timeMs } from './primitives.ts';

const versionSchema = z.object({ name, guid, creationMs: timeMs.nullable() });

/** A mark on disk that keeps the next transfer incremental. `evidenceCommand` says how a person sees it for themselves. */
export const evidenceSchema = z.object({
  kind: z.enum(['cursor', 'tentative-cursor', 'step-hold', 'received-hold']),
  side: z.enum(['sender', 'receiver']),
  /** Where it is: "this machine", "root@nas". */
  host: name,
  /** "fs@snapshot" for a hold, "fs#bookmark" for a cursor. */
  fullName: name,
  /** Tag of a hold; null for a bookmark. */
  tag: name.nullable(),
  /**
   * How it is known: the bookmark itself was listed; or the snapshot has holds, and that this is one of them is what the job
   * left there.
   */
  proof: z.enum(['listed', 'counted']),
});

export const datasetSafetySchema = z.object({
  dataset: name,
  destination: name,
  /** The newest snapshot on both sides, by guid. */
  newestCommon: versionSchema.nullable(),
  newestLocal: versionSchema.nullable(),
  /** What the job promises for the next increment. */
  guarantee: guaranteeSchema,
  /**
   * How `newestCommon` is known: both sides were listed; the destination could not be listed, and an earlier listing said so;
   * or only the job's own cursor says so.
   */
  basis: z.enum(['compared', 'remembered', 'cursor']),
  /** When this machine's side was listed for what stands here. */
  seenAtMs: timeMs,
  /** When the destination itself was last listed; null: not by this daemon. */
  receiverSeenAtMs: timeMs.nullable(),
  /** What would be lost if this machine died now. */
  atRisk: z.object({
    /** There is no copy: all of it would be. */
    everything: z.boolean(),
    /** What was written after this moment would be; null where it is not known, or everything would be. */
    sinceMs: timeMs.nullable(),
    /** Snapshots that are only here, as of `seenAtMs`; null where it is not known. */
    snapshots: count.nullable(),
    /** What ZFS estimates for sending them; null where it was not asked. */
    bytes: bytes.nullable(),
  }),
  /** Whether an increment stays possible: what was promised stands on disk, or does not, or was not promised. */
  standing: z.enum(['kept', 'not-kept', 'not-promised', 'nothing-there']),
  /** What keeps it so. */
  keptBy: z.array(evidenceSchema).max(16),
});

/**
 * The command that shows a mark, to be given on its host: the guid of the bookmark, which is that of the snapshot it marks,
 * or the tags that hold the snapshot.
 */
export function evidenceCommand({ fullName, tag }: Evidence): string {
  // Single quotes take everything literally but themselves: POSIX, 2.2.2.
  const quoted = /^[\w/.:@#-]+$/.test(fullName) ? fullName : `'${fullName.replaceAll("'", `'\\''`)}'`;
  return tag === null ? `zfs get -H -o value guid ${quoted}` : `zfs holds ${quoted}`;
}

export type Evidence = z.infer<typeof evidenceSchema>;
export type DatasetSafety = z.infer<typeof datasetSafetySchema>;
