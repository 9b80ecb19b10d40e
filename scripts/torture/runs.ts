/** Runs that are interrupted: the daemon, its programs, the link and the machines themselves. */
import { z } from 'zod';
import { openHousehold } from '../../test/lab/torture/household.ts';
import { DEEDS, PHASES, pointOf } from '../../test/lab/torture/points.ts';
import { Story } from '../../test/lab/torture/story.ts';
import { settle, strike } from '../../test/lab/torture/strike.ts';
import type { Torment } from './campaign.ts';

export const entrySchema = z.strictObject({
  index: z.number().int().nonnegative(),
  phase: z.enum(PHASES),
  deed: z.enum(DEEDS),
  /** The command that was held; null where the run was over before. */
  held: z.string().nullable(),
  resumedSteps: z.number().int().nonnegative(),
  resumedBytes: z.number().nonnegative(),
  discardedBytes: z.number().nonnegative(),
  violations: z.array(z.string()).readonly(),
  durationMs: z.number().nonnegative(),
});

export type Entry = Readonly<z.infer<typeof entrySchema>>;

/** @param from the first seed of those points that are not chosen by hand */
export function interruptedRuns(from: number): Torment<Entry> {
  return {
    setStage: async (lab, instance, report) => {
      const guests = await lab.up({ instance, fresh: true, endWithUs: true, report });
      const household = await openHousehold(guests);
      const story = new Story(household);
      // A tree that is there already, so that any phase may come first.
      await story.begin();
      await settle(household);
      // Every copy is compared before pruning takes its original.
      const found = await story.violations();
      if (found.length > 0) throw new Error(`before anything was interrupted: ${found.join('; ')}`);
      return {
        strike: async (index) => ({ index, ...(await strike(household, story, pointOf(index, from))) }),
        log: (lines) => household.daemon.log(lines),
        close: async () => {
          await household.close().catch(() => undefined);
          guests.close();
        },
      };
    },
    failed: (index, why, durationMs) => {
      const { phase, deed, trigger } = pointOf(index, from);
      const nothing = { resumedSteps: 0, resumedBytes: 0, discardedBytes: 0 };
      return { index, phase, deed, held: JSON.stringify(trigger), ...nothing, violations: [why], durationMs };
    },
    lineOf: ({ phase, deed, held, resumedSteps, violations, durationMs }) => {
      const outcome = violations.length > 0 ? 'VIOLATED' : held === null ? 'missed' : 'held';
      const notes = resumedSteps > 0 ? ', resumed' : '';
      return `${outcome.padEnd(8)} ${phase}, ${deed}${notes} (${(durationMs / 1000).toFixed(1)} s)`;
    },
  };
}
