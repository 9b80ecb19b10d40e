/** Requests that look around: what there is on this machine, and whether another one will do as a destination. */
import { z } from 'zod';
import { bytes, count, name, timeMs } from './primitives.ts';
import { hostKeyFingerprint, hostName, keyName, sshPort, sshReach } from './ssh-reach.ts';
import { problemSchema } from './status.ts';

const DATASETS_MAX = 20_000;

/** Programs whose snapshots are known by their names. */
export const snapshotToolSchema = z.enum([
  'snapferry',
  'zrepl',
  'sanoid',
  'syncoid',
  'zfs-auto-snapshot',
  'truenas',
  'pyznap',
  'zfs_autobackup',
  'znapzend',
  'zsys',
  /** No name that is known; a person, perhaps. */
  'other',
]);

export const discoverReply = z.object({
  /** Null where there is no ZFS, or it does not answer; see `problem`. */
  zfs: z.object({ userland: name, kernel: name }).nullable(),
  problem: problemSchema.nullable(),
  pools: z
    .array(
      z.object({
        name,
        guid: z.string().max(20),
        sizeBytes: bytes,
        freeBytes: bytes,
        health: name,
        readonly: z.boolean(),
      }),
    )
    .max(1000),
  /** Imported, and not asked for anything, because their disks are gone; only where there are such. */
  silentPools: z.array(name).max(1000).exactOptional(),
  datasets: z
    .array(
      z.object({
        name,
        kind: z.enum(['filesystem', 'volume']),
        /** Everything below it and its snapshots included. */
        usedBytes: bytes.nullable(),
        /** What a full copy of its newest state would hold. */
        referencedBytes: bytes.nullable(),
        encrypted: z.boolean(),
        keyLoaded: z.boolean().nullable(),
        mountpoint: z.string().max(4096).nullable(),
        snapshots: z
          .array(
            z.object({ tool: snapshotToolSchema, count, oldestMs: timeMs.nullable(), newestMs: timeMs.nullable() }),
          )
          .max(snapshotToolSchema.options.length),
      }),
    )
    .max(DATASETS_MAX),
  /** Datasets that did not fit. */
  leftOut: count,
});

export const hostKeysParams = z.strictObject({ host: hostName, port: sshPort });
/** What the machine shows. Nothing is trusted by being shown: a person compares it with what that machine's console says. */
export const hostKeysReply = z.object({
  keys: z.array(z.object({ type: z.string().max(64), fingerprint: hostKeyFingerprint })).max(16),
});

export const keyParams = z.strictObject({ key: keyName });
export const keyReply = z.object({
  /** One line for authorized_keys. */
  publicLine: z.string().max(1024),
  fingerprint: hostKeyFingerprint,
  /** What `identity_file` has to say. */
  identityFile: z.string().max(4096),
  /** It was there already. */
  existed: z.boolean(),
});

export const destinationTestParams = z.strictObject({
  ...sshReach.shape,
  rootFs: z.string().min(1).max(255),
  /** What is to be sent; null where it is not known. */
  estimateBytes: bytes.nullable(),
});

export const destinationCheckSchema = z.enum(['reachable', 'host-key', 'login', 'zfs', 'rights', 'target', 'space']);
export const destinationTestReply = z.object({
  checks: z
    .array(
      z.object({
        check: destinationCheckSchema,
        /** Skipped where one before it failed; unknown where it cannot be told from outside. */
        state: z.enum(['ok', 'failed', 'unknown', 'skipped']),
        problem: problemSchema.nullable(),
        /** E.g. the version of ZFS, or the rights that are missing. */
        detail: z.string().max(4096),
      }),
    )
    .max(destinationCheckSchema.options.length),
  /** Every check is ok or unknown. */
  usable: z.boolean(),
});

export type SnapshotTool = z.infer<typeof snapshotToolSchema>;
export type Discovered = z.infer<typeof discoverReply>;
export type DestinationChecks = z.infer<typeof destinationTestReply>;
export type DestinationCheck = z.infer<typeof destinationCheckSchema>;
