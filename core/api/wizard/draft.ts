/** The answers that a person gives to set up a backup. */
import { z } from 'zod';
import { newDriveFields } from '../drive-making.ts';
import { keepSchema } from '../keep.ts';
import { snapshotIntervalS } from '../retention.ts';
import { sshReach } from '../ssh-reach.ts';
import { clientIdentity, datasetName } from '../zfs-names.ts';

const CHOICES_MAX = 2000;
const JOB_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/;
/** This stands between the parts of a mark on disk. */
const MARK_PART = /_G_[0-9a-f]{16}_J_/;

/** The name of a new job: it becomes part of marks on disk, so it is plainer than the configuration demands. */
export const newJobName = z
  .string()
  .regex(JOB_NAME)
  .refine((name) => !MARK_PART.test(name));

/** One dataset, and with `below` everything below it, also what is made there later. */
export const choiceSchema = z.strictObject({ dataset: datasetName, below: z.boolean() });

const placeFields = {
  rootFs: datasetName,
  /** Everything arrives below `rootFs/<clientIdentity>`; null: below `rootFs`. */
  clientIdentity: clientIdentity.nullable(),
  /** The same for what is not encrypted, where that becomes a job of its own; null: one that is made from `clientIdentity`. */
  plainIdentity: clientIdentity.nullable(),
} as const;

export const draftSchema = z.strictObject({
  name: newJobName,
  chosen: z.array(choiceSchema).min(1).max(CHOICES_MAX),
  /** Taken out of what is chosen. The longer name decides, as in the configuration; of one name, this does. */
  leftOut: z.array(choiceSchema).max(CHOICES_MAX),
  destination: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('ssh'),
      ...sshReach.shape,
      /** Where the key lies, as `destination/key` says. */
      identityFile: z.string().regex(/^\/[A-Za-z0-9_./-]{1,1000}$/),
      ...placeFields,
    }),
    z.strictObject({
      type: z.literal('drive'),
      ...newDriveFields,
      onPlug: z.enum(['start', 'ask', 'never']),
      ...placeFields,
    }),
  ]),
  /** How encrypted datasets are sent: as they are on disk, so that nobody there can read them, or decrypted. */
  encryptedAs: z.enum(['raw', 'plain']),
  intervalS: snapshotIntervalS,
  keepSender: keepSchema,
  keepReceiver: keepSchema,
});
/** The same while it is being filled in. */
export const unfinishedDraftSchema = draftSchema.partial();

export type Choice = z.infer<typeof choiceSchema>;
export type Draft = z.infer<typeof draftSchema>;
