/** What a run tells: every problem explained, and "done" only where it is true. */

import type { RunOutcome } from '../../../../core/api/contract.ts';
import { PROBLEMS, type Problem } from '../../../../core/api/problem.ts';
import { jobReportSchema, type ReplicationReport } from '../../../../core/api/status.ts';
import type { Snapshot } from '../../zfs/world.ts';
import type { Actor } from '../actor.ts';
import { hasVersion, markNameOf, type Pair, receivedTag } from '../pairs.ts';
import type { Sim } from '../sim.ts';
import { hasAll } from './final.ts';

/**
 * @param began `touched` of the pairs when the run began
 * @param lane whose marks the run was about: of a job to drives, that of the drive at hand
 */
export function checkOutcome(
  sim: Sim,
  process: Actor,
  job: string,
  outcome: RunOutcome,
  began: ReadonlyMap<Pair, number>,
  lane: string = job,
): void {
  const status = process.jobs.get(job)?.status();
  const parsed = jobReportSchema.safeParse(status);
  if (status === undefined || !parsed.success) {
    sim.violate('status-is-valid', `the status of ${job} is none: ${parsed.error?.message ?? ''}`);
    return;
  }
  const reports = status.replication?.attempts.flatMap(({ datasets, problem }) => [
    problem,
    ...datasets.map((dataset) => dataset.problem),
  ]);
  const pruning = status.pruning.flatMap(({ problem, datasets }) => [problem, ...datasets.map((one) => one.problem)]);
  for (const problem of [...outcome.problems, ...(reports ?? []), ...pruning]) {
    if (problem !== null) checkProblem(sim, problem);
  }
  for (const { problem, datasets } of status.replication?.attempts ?? []) {
    if (problem?.dataset !== undefined) {
      sim.violate('one-does-not-stop-others', `${problem.code} of ${problem.dataset} has ended the whole attempt`);
    }
    for (const one of datasets) {
      if (one.problem?.phase === 'cleanup' && one.problem.code !== 'command-aborted') {
        sim.violate('tidying-fails-no-step', `${one.dataset} failed by ${one.problem.code} when tidying up`);
      }
    }
  }
  checkTriedAgain(sim, job, status.replication, outcome);
  for (const { dataset, newestCommon, destination } of status.safety) {
    if (newestCommon === null || destination !== status.destination) continue;
    const pair = sim.pair(lane, dataset);
    const guid = BigInt(newestCommon.guid);
    // What was known before somebody changed it, or from a run before, may be told while nothing newer is known.
    if (pair.touched !== Math.min(pair.listedSource, pair.listedTarget)) continue;
    if (!pair.arrivals.has(guid))
      sim.violate('safe-means-arrived', `${dataset} is told safe up to ${newestCommon.name}`);
  }
  for (const name of process.mistaken) {
    const [dataset = '', short] = name.split('#');
    const stands = sim.sourcePool.datasets.get(dataset)?.bookmarks.some((bookmark) => bookmark.name === short);
    // Other jobs may be about to look what they have marked.
    if (stands === true && markNameOf(short ?? '')?.job === lane)
      sim.violate('mistaken-marks-go', `${name} marks another snapshot, and nobody will know it`);
  }
  if (status.replication === null) return;
  checkDone(sim, job, status.replication);
  if (!outcome.ok) return;
  for (const pair of sim.pairs.values()) {
    if (pair.job !== lane || pair.touched !== began.get(pair) || sim.settings !== process.settings) continue;
    if (sim.wanted().includes(pair.source) && !hasAll(sim, pair)) {
      sim.violate('done-means-done', `${job} is ok, and what ${pair.source} had at its begin has not all arrived`);
    }
  }
  const last = status.replication.attempts.at(-1);
  for (const { dataset, state } of last?.datasets ?? []) {
    if (state !== 'done') sim.violate('done-means-done', `${job} is ok, and ${dataset} is ${state}`);
    const pair = sim.pair(lane, dataset);
    const newest = sim.target(pair)?.snapshots.at(-1);
    if (pair.touched !== pair.listedTarget || newest === undefined) continue;
    if (pair.touched !== pair.listedSource) continue;
    if (!hasVersion(sim.source(pair), newest.guid)) {
      sim.violate('done-means-done', `${job} is ok, and the newest copy of ${dataset} is unknown to the sender`);
    }
    checkMarked(sim, process, pair, newest);
  }
}

/** In which a peer may be away before a run gives up. */
const PATIENCE_MS = 10 * 60_000;

/** A run that was over soon has not given up after the first thing that went wrong and could pass by itself. */
function checkTriedAgain(sim: Sim, job: string, report: ReplicationReport | null, { cancelled }: RunOutcome): void {
  if (report === null || cancelled || report.outcome !== 'failed' || report.attempts.length > 1) return;
  if (sim.scenario.faults.some(({ kind }) => kind === 'clock-jump')) return;
  const [only] = report.attempts;
  // Whoever asked the peer again was told that another attempt would not help.
  if (only?.problem != null && only.problem.retry !== 'soon') return;
  const problems = [only?.problem, ...(only?.datasets ?? []).map(({ problem }) => problem)];
  const passing = problems.find((problem) => problem?.retry === 'soon');
  const tookMs = (report.finishedAtMs ?? 0) - report.startedAtMs;
  if (passing !== undefined && passing !== null && tookMs < PATIENCE_MS) {
    sim.violate('tries-again', `${job} has given up at the first ${passing.code}`);
  }
}

/** A replication is done only where nothing is told to have failed. */
function checkDone(sim: Sim, job: string, { attempts, outcome }: ReplicationReport): void {
  if (outcome !== 'done') return;
  const last = new Map(attempts.flatMap(({ datasets }) => datasets).map((report) => [report.dataset, report]));
  const problems = [attempts.at(-1)?.problem, ...[...last.values()].map(({ problem }) => problem)];
  const failed = problems.find((problem) => problem !== null && problem?.code !== 'received-unprotected');
  if (failed !== undefined && failed !== null)
    sim.violate('done-means-done', `${job} is done, and ${failed.code} is told`);
}

/** Done includes the marks: the cursor, and the hold of what arrived. */
function checkMarked(sim: Sim, { settings }: Actor, pair: Pair, newest: Snapshot): void {
  const isPromised = settings.initial !== 'guarantee_nothing' && settings.incremental !== 'guarantee_nothing';
  if (!isPromised || pair.robbed || !pair.arrivals.has(newest.guid)) return;
  const cursor = sim.source(pair)?.bookmarks.some(({ name, guid }) => {
    const mark = markNameOf(name);
    return guid === newest.guid && mark?.kind === 'cursor' && mark.job === pair.job;
  });
  if (cursor !== true) sim.violate('done-means-marked', `${pair.source} has no cursor at what ${pair.target} has`);
  if (!newest.tags.has(receivedTag(pair.receiverJob))) {
    sim.violate('done-means-marked', `the newest copy in ${pair.target} is not held`);
  }
}

function checkProblem(sim: Sim, problem: Problem): void {
  sim.coverage.problem(problem.code);
  const { code, happened, meaning, remedy } = problem;
  if (!(code in PROBLEMS)) sim.violate('errors-are-explained', `unknown code ${code}`);
  if (code === 'internal') sim.violate('no-internal-error', `${happened} ${problem.detail}`);
  for (const text of [happened, meaning, remedy]) {
    if (text.length < 5 || /\{[a-zA-Z]+\}|undefined/.test(text)) {
      sim.violate('errors-are-explained', `${code}: "${text}"`);
    }
  }
}
