/** Runs one scenario from its beginning to the end: acts with faults, then time to heal, then what must be true. */
import type { RunOutcome } from '../../../core/api/contract.ts';
import { setPoolState } from '../zfs/effects.ts';
import { checkFinal } from './check/final.ts';
import { checkOutcome } from './check/run.ts';
import { jobNames } from './config-text.ts';
import { Coverage } from './coverage.ts';
import { performDeed, performLastWork, performWork } from './deeds.ts';
import { checkEjected, checkReturned, checkUnasked, checkUsed } from './drives/check.ts';
import { performPlugs, performReplug } from './drives/faults.ts';
import type { House } from './drives/house.ts';
import { ELSEWHERE, markNameOf } from './pairs.ts';
import { Process } from './process.ts';
import type { Act, Scenario } from './scenario.ts';
import { Sim, type Violation } from './sim.ts';
import { performTold } from './told-deeds.ts';
import { Watch } from './watch.ts';

/** Virtual time in which a run ends, whatever happens. */
const RUN_LIMIT_MS = 30 * 24 * 3_600_000;
/** So long a machine is up between two runs, at most: a schedule of its own would run hundreds of times otherwise. */
const AWAKE_LIMIT_MS = 2 * 3_600_000;
/** Runs without faults in which everything settles. */
const SETTLING_RUNS = 3;
/** Until whatever follows from a plug has begun. */
const MOMENT_MS = 20_000;
/** Until ZFS has noticed what it notices at all, and the engine has done what it can. */
const NOTICED_MS = 5 * 60_000;

export interface Result {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly effects: number;
  readonly points: number;
  readonly timeline: readonly string[];
}

export interface RunOptions {
  readonly coverage?: Coverage;
  /** Keeps the timeline. */
  readonly trace?: boolean;
}

class Play {
  readonly sim: Sim;
  readonly watch: Watch;
  process: Process | null = null;
  #processes = 0;

  constructor(scenario: Scenario, options: RunOptions) {
    this.sim = new Sim(scenario, { coverage: options.coverage ?? new Coverage(), trace: options.trace ?? false });
    this.watch = new Watch(this.sim);
  }

  alive(): Process {
    if (this.process !== null && !this.process.dead) return this.process;
    this.process = new Process(this.sim, this.watch, ++this.#processes);
    this.sim.tell(() => `PROCESS ${this.#processes} starts: ${JSON.stringify(this.sim.settings)}`);
    return this.process;
  }

  /** Ends the process as a service manager does: it is asked, and has a little time. */
  async restart(): Promise<void> {
    const { process, sim } = this;
    if (process === null) return;
    process.end();
    await sim.time.drive(() => process.dead, 30_000);
    process.die(false);
    this.process = null;
  }

  async act(act: Act): Promise<void> {
    const { sim } = this;
    if (act.settings !== null || act.restart) await this.restart();
    if (act.settings !== null) sim.settings = act.settings;
    for (const draw of act.work) performWork(sim, draw);
    for (const draw of act.deeds) performDeed(sim, draw);
    for (const told of act.told ?? []) performTold(sim, told);
    if (act.replugs !== undefined) await performReplug(sim, act.replugs);
    for (const draw of act.drives ?? []) {
      performPlugs(sim, this.process, draw);
      await sim.time.drive(() => sim.failed, MOMENT_MS);
    }
    await this.runAll(act.asked);
    const awakeMs = Math.min(act.passMs, AWAKE_LIMIT_MS);
    sim.time.sleepThrough(act.passMs - awakeMs);
    await sim.time.drive(() => sim.failed || this.process === null || this.process.dead, awakeMs);
  }

  /** One run of every job. Outcomes of those that lived to tell. */
  async runAll(asked = true): Promise<ReadonlyMap<string, RunOutcome>> {
    const { sim } = this;
    const process = this.alive();
    const jobs = [...process.jobs].filter(([name]) => asked || !isOfDrives(sim, name));
    const outcomes = new Map<string, RunOutcome>();
    const never = new AbortController().signal;
    const began = new Map([...sim.pairs.values()].map((pair) => [pair, pair.touched]));
    for (const [name, job] of jobs) {
      const { runId } = job.wake('run', { snapshot: sim.settings.periodic });
      job.waitFor(runId, never).then(
        (outcome) => {
          if (process.dead) return;
          outcomes.set(name, outcome);
          sim.tell(() => `RUN of ${name} ended: ${JSON.stringify(outcome)}`);
          if (!isOfDrives(sim, name)) checkOutcome(sim, process, name, outcome, began);
        },
        (error: unknown) => sim.violate('job-never-rejects', String(error)),
      );
    }
    const ended = await sim.time.drive(() => sim.failed || process.dead || outcomes.size === jobs.length, RUN_LIMIT_MS);
    if (!ended) sim.violate('runs-end', `a run has not ended after a month: ${this.stages()}`);
    return outcomes;
  }

  stages(): string {
    return [...(this.process?.jobs ?? [])].map(([name, job]) => `${name} is ${job.status().stage}`).join(', ');
  }

  /** Everything works again, and clocks are set. */
  async heal(): Promise<void> {
    const { sim, watch } = this;
    watch.quiet();
    if (sim.drives !== null) await this.#returnDrives(sim.drives);
    await this.restart();
    for (const machine of [sim.laptop, sim.nas]) machine.denied.clear();
    for (const pool of [sim.sourcePool, sim.targetPool]) {
      setPoolState(pool, 'ok');
      pool.capacityBlocks = null;
      for (const { properties } of pool.datasets.values()) properties.delete('quota');
    }
    this.#endOtherProgram();
    sim.networkBackMs = 0;
    if (sim.drives !== null) await this.#healDrives(sim.drives);
    await sim.time.drive(() => sim.failed, 3 * 3_600_000);
    const latestS = Math.max(
      0,
      ...sim.pools.flatMap((pool) =>
        [...pool.datasets.values()].flatMap(({ snapshots }) => snapshots.map(({ creationS }) => creationS)),
      ),
    );
    sim.time.jump(-sim.time.wallErrorMs);
    sim.time.jump(Math.max(0, latestS * 1000 + 60_000 - sim.time.wallMs()));
    sim.tell(() => 'HEALED: nothing goes wrong from here on');
  }

  /** Every drive is plugged in, and stays: whoever has seen them go brings back what can come back. */
  async #returnDrives(house: House): Promise<void> {
    const { sim, process } = this;
    house.deafUntilMs = 0;
    for (const disk of [house.stranger, house.clone]) {
      if (house.plugs.heldBy(disk) !== undefined) house.plugs.letGo(disk);
      house.pull(disk, { noticesAfterMs: null, clearHelps: false });
    }
    for (const disk of house.ofJobs) {
      Object.assign(disk.errors, { reads: 0, writes: 0, checksums: 0 });
      house.plug(disk);
    }
    await sim.time.drive(() => sim.failed, NOTICED_MS);
    if (process === null || process.dead || house.plugs.locked) return;
    checkReturned(sim, house, process);
    checkUsed(sim, house, await this.runAll());
  }

  /** What the kernel does not let go of is there again after a restart. */
  async #healDrives(house: House): Promise<void> {
    const isHeld = [...house.plugs.held.values()].some(({ state }) => state !== 'ok');
    if (isHeld || house.plugs.locked) house.reboot();
    await this.sim.time.drive(() => this.sim.failed, MOMENT_MS);
  }

  /** Drives that were put away are plugged in, and nobody asks for anything: what is new arrives there. */
  async #plugAndWait(house: House): Promise<void> {
    const { sim } = this;
    const process = this.alive();
    for (const disk of house.ofJobs) {
      let isOver = false;
      const over = (): void => {
        isOver = true;
      };
      const job = process.jobs.get(disk.of.job);
      const eject = job?.ejectDrive?.(String(disk.pool.guid), new AbortController().signal) ?? Promise.resolve();
      eject.then(over, over);
      await sim.time.drive(() => isOver, RUN_LIMIT_MS);
      house.pull(disk, { noticesAfterMs: null, clearHelps: false });
    }
    await sim.time.drive(() => sim.failed, NOTICED_MS);
    performLastWork(sim, 'auto_unasked');
    for (const disk of house.ofJobs) house.plug(disk);
    await sim.time.drive(() => sim.failed, 3_600_000);
    checkUnasked(sim, house);
  }

  /** The other program has sent what it wanted to send. */
  #endOtherProgram(): void {
    const { sim } = this;
    for (const { name, bookmarks } of [...sim.sourcePool.datasets.values()]) {
      for (const bookmark of bookmarks) {
        if (markNameOf(bookmark.name)?.job === ELSEWHERE) sim.atLaptop.destroyBookmark(`${name}#${bookmark.name}`);
      }
    }
    sim.refreshAll();
  }

  async settlingRuns(): Promise<ReadonlyMap<string, RunOutcome>> {
    const { sim } = this;
    let outcomes: ReadonlyMap<string, RunOutcome> = new Map();
    for (let run = 0; run < SETTLING_RUNS && !sim.failed; run++) {
      outcomes = await this.runAll();
      await sim.time.drive(() => sim.failed, 61_000);
    }
    return outcomes;
  }

  async settle(): Promise<void> {
    const { sim } = this;
    // Own snapshots would go on for ever: what is there is what has to arrive.
    sim.settings = { ...sim.settings, periodic: false };
    if (sim.drives !== null) await this.restart();
    checkFinal(sim, await this.settlingRuns(), 'arrived');
    if (sim.failed) return;
    // Whatever was left behind goes with the next step that succeeds.
    performLastWork(sim);
    const outcomes = await this.settlingRuns();
    checkFinal(sim, outcomes, 'tidy');
    if (sim.failed) return;
    if ([...outcomes.values()].some(({ ok }) => !ok) || isContended(sim)) return;
    const effects = sim.ownEffects;
    await this.runAll();
    if (sim.ownEffects !== effects) {
      sim.violate('settled-means-idle', `a further run made ${sim.ownEffects - effects} changes`);
    }
    if (sim.drives !== null && sim.scenario.drives?.ejectWhenDone === true) checkEjected(sim, sim.drives);
    if (sim.drives !== null && sim.scenario.drives?.onPlug === 'start' && !sim.failed)
      await this.#plugAndWait(sim.drives);
  }
}

/** Runs of such a job are followed from their begin, as many begin by themselves. */
function isOfDrives({ drives }: Sim, job: string): boolean {
  return drives?.ofJobs.some(({ of }) => of.job === job) === true;
}

/** Two jobs, one of which would prune what it cannot: it goes on making bookmarks that the other one takes away. */
function isContended({ scenario, sourcePool }: Sim): boolean {
  const hasClones = [...sourcePool.datasets.values()].some(({ snapshots }) =>
    snapshots.some(({ clones }) => clones.size > 0),
  );
  return scenario.jobs === 2 && hasClones;
}

/** Runs a scenario. Never rejects for what the engine does. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<Result> {
  const play = new Play(scenario, options);
  const { sim } = play;
  sim.refreshAll();
  for (const job of jobNames(scenario)) for (const dataset of scenario.datasets) sim.pair(job, dataset);
  for (const act of scenario.acts) {
    if (sim.failed) break;
    await play.act(act);
  }
  if (!sim.failed) await play.heal();
  if (!sim.failed) await play.settle();
  play.process?.end();
  play.process?.die(false);
  return {
    seed: scenario.seed,
    violations: sim.violations,
    effects: sim.world.effects,
    points: sim.points,
    timeline: sim.timeline ?? [],
  };
}
