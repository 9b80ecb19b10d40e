/** One point: a run is brought to it, interrupted there, and the next run has to make everything good. */
import type { RunOutcome } from '../../../core/api/contract.ts';
import type { JobStatus } from '../../../core/api/status.ts';
import { arm, disarm, doTo, killTransfers, untilReached } from './deeds.ts';
import { type Household, JOB } from './household.ts';
import type { Deed, Phase, Point, Trigger } from './points.ts';
import type { Story } from './story.ts';

/** Where a transfer is broken off so that the next attempt has something to resume. */
const FIRST_BREAK: Trigger = {
  guest: 'workstation',
  pattern: '^send -v -P ',
  nth: 1,
  moment: { afterBytes: 150_000 },
};
/** More is no chance but a job that does not come to its end. */
const RUNS_MAX = 4;

export interface StrikeResult {
  readonly phase: Phase;
  readonly deed: Deed;
  /** The command that was held; null where the run was over before. */
  readonly held: string | null;
  /** Steps that went on from what had arrived before, and bytes that did not have to travel again. */
  readonly resumedSteps: number;
  readonly resumedBytes: number;
  /** Bytes of partial states that were thrown away. */
  readonly discardedBytes: number;
  /** In words; empty when all is well. */
  readonly violations: readonly string[];
  readonly durationMs: number;
}

interface Tally {
  resumedSteps: number;
  resumedBytes: number;
  discardedBytes: number;
}

function count(tally: Tally, { replication }: JobStatus): void {
  const datasets = (replication?.attempts ?? []).flatMap((attempt) => attempt.datasets);
  for (const { resumedFromBytes, startedAtMs } of datasets.flatMap(({ steps }) => steps)) {
    if (resumedFromBytes === null || startedAtMs === null) continue;
    tally.resumedSteps += 1;
    tally.resumedBytes += resumedFromBytes;
  }
  for (const { discardedBytes } of datasets) tally.discardedBytes += discardedBytes;
}

/** Brings a run to the point. Gives what is held there and the promise of the run's end. */
async function approach(household: Household, story: Story, { phase, trigger }: Point) {
  await (phase === 'full' ? story.begin() : story.goOn({ prune: phase === 'pruning' }));
  const holder = household.guests[trigger.guest];
  const { workstation } = household.guests;
  await arm(phase === 'resumed' ? workstation : holder, phase === 'resumed' ? FIRST_BREAK : trigger);
  const { ended } = await household.daemon.begin(JOB);
  // Whoever waits for the moment is told when the run is over without it.
  const over = (guest: typeof holder) => ended.then(() => disarm(guest)).catch(() => undefined);
  if (phase === 'resumed') {
    const early = ended.then(() => disarm(workstation)).catch(() => undefined);
    if ((await untilReached(workstation)) === null) {
      await early;
      return { holder, ended, held: null };
    }
    await arm(holder, trigger);
    await killTransfers(workstation);
    if (holder !== workstation) await disarm(workstation);
  }
  void over(holder);
  return { holder, ended, held: await untilReached(holder) };
}

/** A run that nothing interrupts. Throws where it does not end well. */
export async function settle({ daemon }: Household): Promise<void> {
  const outcome = await (await daemon.begin(JOB)).ended;
  if (!outcome.ok) throw new Error(`a run that nothing interrupted did not end well: ${told(outcome)}`);
}

async function finish(household: Household, tally: Tally): Promise<readonly string[]> {
  const found: string[] = [];
  for (let run = 1; run <= RUNS_MAX; run++) {
    const { ended } = await household.daemon.begin(JOB);
    const outcome = await ended;
    count(tally, await household.daemon.statusOf(JOB));
    if (outcome.ok) return found;
    found.push(`run ${run} after it did not end well: ${told(outcome)}`);
  }
  return [...found, `not done after ${RUNS_MAX} runs`];
}

function told({ cancelled, problems }: RunOutcome): string {
  return cancelled ? 'cancelled' : problems.map(({ code, detail }) => `${code} (${detail})`).join('; ');
}

/** Does all of it. Throws only where the household itself is broken. */
export async function strike(household: Household, story: Story, point: Point): Promise<StrikeResult> {
  const startedMs = performance.now();
  const tally: Tally = { resumedSteps: 0, resumedBytes: 0, discardedBytes: 0 };
  const { holder, ended, held } = await approach(household, story, point);
  let hadPartial = false;
  if (held !== null) {
    const outcome = await doTo(household, point.deed, holder, ended);
    if (outcome !== null) count(tally, await household.daemon.statusOf(JOB));
    else hadPartial = await story.hasPartial();
  }
  const found = [...(await finish(household, tally))];
  if (hadPartial && tally.resumedSteps === 0 && tally.discardedBytes === 0) {
    found.push('what had arrived was neither gone on with nor told of');
  }
  found.push(...(await story.violations()));
  return {
    phase: point.phase,
    deed: point.deed,
    held,
    ...tally,
    violations: found,
    durationMs: Math.round(performance.now() - startedMs),
  };
}
