/** Point after point in one household, which is made anew where a point left it broken. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureLab, type Guests, type Lab, type Reporter, type ZfsFlavour } from '../../test/lab/guests/index.ts';
import { type Household, openHousehold } from '../../test/lab/torture/household.ts';
import { pointOf } from '../../test/lab/torture/points.ts';
import { Story } from '../../test/lab/torture/story.ts';
import { settle, strike } from '../../test/lab/torture/strike.ts';
import type { CampaignHead, Entry } from './journal.ts';

export interface CampaignOptions {
  readonly head: CampaignHead;
  readonly done: ReadonlySet<number>;
  /** No point begins after that; null for no end. */
  readonly limitMs: number | null;
  readonly asked: () => boolean;
  readonly report: Reporter;
  readonly print: (line: string) => void;
  /** Where to put what the daemon said, should a point fail. */
  readonly logFile: (index: number) => string;
  readonly note: (entry: Entry) => void;
}

interface Stage {
  readonly guests: Guests;
  readonly household: Household;
  readonly story: Story;
}

const LOG_LINES = 400;

function instanceOf(zfs: ZfsFlavour): string {
  return `torture-${zfs}`;
}

async function setStage(lab: Lab, zfs: ZfsFlavour, report: Reporter): Promise<Stage> {
  const guests = await lab.up({ instance: instanceOf(zfs), fresh: true, endWithUs: true, report });
  const household = await openHousehold(guests);
  const story = new Story(household);
  // A tree that is there already, so that any phase may come first.
  await story.begin();
  await settle(household);
  // Every copy is compared before pruning takes its original.
  const found = await story.violations();
  if (found.length > 0) throw new Error(`before anything was interrupted: ${found.join('; ')}`);
  return { guests, household, story };
}

async function strikeStage(lab: Lab, zfs: ZfsFlavour, stage: Stage): Promise<void> {
  await stage.household.close().catch(() => undefined);
  stage.guests.close();
  await lab.down(instanceOf(zfs));
}

/** Resolves when all points are done, or the time is over. */
export async function runCampaign(options: CampaignOptions): Promise<void> {
  const { head, done, limitMs, print } = options;
  const lab = await ensureLab({ zfs: head.zfs, report: options.report });
  const startedMs = performance.now();
  let stage: Stage | null = null;
  try {
    for (let index = 0; index < head.points; index++) {
      if (done.has(index)) continue;
      if (options.asked() || (limitMs !== null && performance.now() - startedMs > limitMs)) break;
      stage ??= await setStage(lab, head.zfs, options.report);
      const entry = await strikeOnce(stage, index, head.from);
      options.note(entry);
      print(lineOf(entry, head.points));
      if (entry.violations.length === 0) continue;
      const file = options.logFile(index);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(entry, null, 2)}\n${stage.household.daemon.log(LOG_LINES)}\n`);
      for (const violation of entry.violations) print(`       ${violation}`);
      print(`       what the daemon said: ${file}`);
      await strikeStage(lab, head.zfs, stage);
      stage = null;
    }
  } finally {
    if (stage !== null) await strikeStage(lab, head.zfs, stage);
  }
}

async function strikeOnce({ household, story }: Stage, index: number, from: number): Promise<Entry> {
  const point = pointOf(index, from);
  const startedMs = performance.now();
  try {
    return { index, ...(await strike(household, story, point)) };
  } catch (thrown) {
    return {
      index,
      phase: point.phase,
      deed: point.deed,
      held: JSON.stringify(point.trigger),
      resumedSteps: 0,
      resumedBytes: 0,
      discardedBytes: 0,
      violations: [`it did not come to an end: ${thrown instanceof Error ? thrown.message : String(thrown)}`],
      durationMs: Math.round(performance.now() - startedMs),
    };
  }
}

function lineOf({ index, phase, deed, held, resumedSteps, violations, durationMs }: Entry, points: number): string {
  const outcome = violations.length > 0 ? 'VIOLATED' : held === null ? 'missed' : 'held';
  const notes = resumedSteps > 0 ? ', resumed' : '';
  const number = String(index + 1).padStart(String(points).length);
  return `${number}/${points} ${outcome.padEnd(8)} ${phase}, ${deed}${notes} (${(durationMs / 1000).toFixed(1)} s)`;
}
