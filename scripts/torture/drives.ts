/** Backups to drives that are pulled out, or whose machine loses its power. */
import { z } from 'zod';
import { openDriveHousehold } from '../../test/lab/drives/torture/household.ts';
import { DRIVE_DEEDS, DRIVE_PHASES, drivePointOf } from '../../test/lab/drives/torture/points.ts';
import { DriveStory } from '../../test/lab/drives/torture/story.ts';
import { strikeDrive } from '../../test/lab/drives/torture/strike.ts';
import type { Torment } from './campaign.ts';

const count = z.number().int().nonnegative();
const measuredSchema = z.strictObject({
  status: z.strictObject({
    count,
    p50Ms: z.number().nonnegative(),
    p95Ms: z.number().nonnegative(),
    maxMs: z.number().nonnegative(),
  }),
  nasRuns: count,
  nasFailures: count,
});

export const driveEntrySchema = z.strictObject({
  index: count,
  phase: z.enum(DRIVE_PHASES),
  deed: z.enum(DRIVE_DEEDS),
  failmode: z.enum(['wait', 'continue']),
  /** What the run had come to; null where it was over before. */
  held: z.string().nullable(),
  restarted: z.boolean(),
  resumedSteps: count,
  resumedBytes: z.number().nonnegative(),
  /** Of a yank: until the drive was back, or a restart was asked for. */
  episode: z
    .strictObject({
      seconds: z.number(),
      before: measuredSchema,
      during: measuredSchema,
      blocked: z.boolean(),
      longestGapSeconds: z.number(),
      waiting: count,
    })
    .nullable(),
  violations: z.array(z.string()).readonly(),
  durationMs: z.number().nonnegative(),
});

export type DriveEntry = Readonly<z.infer<typeof driveEntrySchema>>;

/** @param from the seed of the first point that has one */
export function pulledDrives(from: number): Torment<DriveEntry> {
  const about = (index: number) => {
    const { phase, deed, make } = drivePointOf(index, from);
    return { index, phase, deed, failmode: make.failmode };
  };
  return {
    setStage: async (lab, instance, report) => {
      const guests = await lab.up({ instance, fresh: true, endWithUs: true, report });
      const household = await openDriveHousehold(guests);
      const story = new DriveStory(household);
      return {
        strike: async (index) => ({
          ...about(index),
          ...(await strikeDrive(household, story, drivePointOf(index, from))),
        }),
        log: (lines) => household.daemon.log(lines),
        close: async () => {
          await household.close().catch(() => undefined);
          guests.close();
        },
      };
    },
    failed: (index, why, durationMs) => {
      const nothing = { held: 'unknown', restarted: false, resumedSteps: 0, resumedBytes: 0, episode: null };
      return { ...about(index), ...nothing, violations: [why], durationMs };
    },
    lineOf: ({ phase, deed, failmode, held, restarted, resumedSteps, violations, durationMs, episode }) => {
      const outcome =
        violations.length > 0 ? 'VIOLATED' : deed === 'eject' ? 'done' : held === null ? 'missed' : 'held';
      const notes = [
        ...(resumedSteps > 0 ? [', resumed'] : []),
        ...(restarted ? [episode?.blocked === true ? ', blocked and restarted' : ', restarted'] : []),
        ...(episode === null ? [] : [`, away ${episode.seconds} s`]),
      ];
      const seconds = (durationMs / 1000).toFixed(1);
      return `${outcome.padEnd(8)} ${phase}, ${deed}, ${failmode}${notes.join('')} (${seconds} s)`;
    },
  };
}
