/** What the shell remembers of notices beyond its own life, so that nobody is told twice after a new start. */
import { z } from 'zod';

const key = z.string().max(1024);
const timeMs = z.number().int().nonnegative();

const toldSchema = z.strictObject({
  atMs: timeMs,
  level: z.number().int(),
  stands: z.boolean(),
  /** Not told again for so long after that, where it is no cause of the usual kind. */
  coolDownMs: timeMs.exactOptional(),
});

export const memorySchema = z.strictObject({
  /** By the key of the cause. */
  told: z.record(key, toldSchema),
  /** Until when nothing is said of a cause. */
  snoozed: z.record(key, timeMs),
  firstsDone: z.array(key).max(10_000),
  /** It was said that this desktop shows no icon. */
  trayMissed: z.boolean(),
  /** The version of the service that was seen last; null: none yet. */
  version: z.string().max(512).nullable().default(null),
});

export type Told = Readonly<z.infer<typeof toldSchema>>;
export interface NoticeMemory {
  readonly told: Readonly<Record<string, Told>>;
  readonly snoozed: Readonly<Record<string, number>>;
  readonly firstsDone: readonly string[];
  readonly trayMissed: boolean;
  readonly version: string | null;
}

export const NOTHING_TOLD: NoticeMemory = { told: {}, snoozed: {}, firstsDone: [], trayMissed: false, version: null };
