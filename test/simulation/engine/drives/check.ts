/**
 * What must be true of drives, whatever is pulled out when: nothing is begun on a pool without its drive, nobody is harmed but its
 * own job, absence is no failure, and what a person is told of it is so. Written apart from the engine.
 */
import type { RunOutcome } from '../../../../core/api/contract.ts';
import type { DriveDesk } from '../../../../core/drives/desk.ts';
import type { Argv } from '../../../../core/host/types.ts';
import type { RunEvent } from '../../../../core/job/run-record.ts';
import type { Job } from '../../../../core/job/types.ts';
import type { Effect, Phase } from '../../zfs/effects.ts';
import type { Disk, Held } from '../../zfs/plugs.ts';
import type { Machine } from '../../zfs/world.ts';
import { poolCommandOf } from '../../zfs/zpool.ts';
import type { Actor } from '../actor.ts';
import { expectedCodes, hasAll } from '../check/final.ts';
import { checkOutcome } from '../check/run.ts';
import { SNAP_JOB } from '../config-text.ts';
import type { Pair } from '../pairs.ts';
import type { Sim } from '../sim.ts';
import type { House } from './house.ts';
import type { OwnDisk } from './own-disk.ts';

/** Until a process that nobody tells anything has looked by itself, and begun nothing more. */
const BLIND_MS = 5 * 60_000;

/** A command is about to begin. */
export function checkCommand(sim: Sim, process: Actor, job: string, machine: Machine, argv: Argv): void {
  const house = sim.drives;
  const about = poolCommandOf(argv);
  if (house === null || machine !== sim.laptop || about === null) return;
  const command = argv.slice(0, 2).join(' ');
  if (argv[1] === 'import' && argv.includes('-N')) checkImport(sim, house, BigInt(argv.at(-1) ?? ''));
  const held = house.plugs.held.get(about.pool);
  if (about.isCure && argv[1] !== 'export' && held !== undefined && !house.plugs.isNamed(held.disk)) {
    sim.violate('the-cure-fits', `${command} of ${about.pool}, and there is no drive of its name`);
  }
  if (argv[1] === 'clear' && (held?.state === 'hung' || held?.disk.device === null)) {
    sim.violate(
      'the-cure-fits',
      `${command} of ${about.pool}, which ZFS has not noticed to be gone: it hangs for good`,
    );
  }
  if (argv[1] === 'reopen' && held?.state === 'hung') {
    sim.violate('the-cure-fits', `${command} of ${about.pool}, with writes under way on a device that is gone`);
  }
  if (held === undefined || !house.hasLearnt(process, held.disk)) return;
  // Back under its name: the one command that is to make ZFS go on with it.
  const isCure = about.isCure && argv[1] !== 'export' && held.disk.device !== null;
  if (!isCure)
    sim.violate('nothing-begun-on-a-gone-pool', `${job} begins ${command} on ${about.pool}, whose drive is gone`);
}

function checkImport(sim: Sim, { plugs, ofJobs }: House, guid: bigint): void {
  const plugged = plugs.disks.filter(({ pool, device }) => pool.guid === guid && device !== null);
  if (!ofJobs.some(({ pool }) => pool.guid === guid)) {
    sim.violate('only-own-drives', `the pool ${guid} is imported, which no job names`);
  }
  if (plugged.length > 1) sim.violate('only-own-drives', `the pool ${guid} is there twice, and is imported`);
}

/** Which checks an effect is for; `elsewhere`: none of those of pairs. */
export function checkPlace(sim: Sim, house: House, job: string, effect: Effect, phase: Phase): 'pair' | 'elsewhere' {
  if (job === SNAP_JOB) {
    if (phase === 'after') {
      house.snapEffects += 1;
      const dataset = effect.name.split('@')[0] ?? '';
      if (!dataset.startsWith('tank/scratch') || !['snapshot', 'destroy'].includes(effect.kind)) {
        sim.violate('inside-the-filter', `${effect.kind} of ${effect.name} by ${job}`);
      }
    }
    return 'elsewhere';
  }
  const own = house.diskOf(job);
  const held = house.plugs.held.get(effect.pool);
  if (held !== undefined && held.disk !== own) {
    sim.violate('only-own-drives', `${effect.kind} of ${effect.name} by ${job} on the drive ${held.disk.name}`);
    return 'elsewhere';
  }
  return 'pair';
}

/** Follows what a process tells of the drives. */
export function watchDrives(sim: Sim, house: House, process: Actor, desk: DriveDesk): void {
  const views = new Map<Disk, ReturnType<DriveDesk['drive']>>();
  for (const disk of house.ofJobs) {
    const drive = desk.drive({ name: disk.of.name, pool: disk.of.pool, poolGuid: disk.pool.guid });
    views.set(disk, drive);
    let before = drive.facts();
    const toldOf = new Set<Held>();
    drive.onChange(() => {
      if (process.dead) return;
      const now = drive.facts();
      if (now.state !== before.state || now.problem?.code !== before.problem?.code) {
        sim.tell(
          () => `${process.number}: ${disk.name} is ${now.state} ${now.problem?.code ?? ''} (${house.describe(disk)})`,
        );
        if (now.problem !== null) sim.coverage.problem(now.problem.code);
        sim.coverage.effect(`drive is ${now.state}`, house.plugs.heldBy(disk)?.state ?? 'not imported');
      }
      if (now.state === 'connected') house.connected(disk);
      const held = house.plugs.heldBy(disk);
      if (now.state === 'safe' && before.state !== 'safe' && held !== undefined) {
        sim.violate('safe-means-exported', `${disk.name} is told to be safe to unplug, and is imported`);
      }
      if (asksRestart(now.problem) && !asksRestart(before.problem)) {
        checkRestart(sim, disk, held, toldOf);
      }
      before = now;
    });
  }
  house.views.set(process, views);
  house.began(process);
}

/** A restart alone helps: for this drive, or for every command of ZFS. */
function asksRestart(problem: { readonly code: string } | null): boolean {
  return problem?.code === 'drive-restart-needed' || problem?.code === 'drive-blocks-zfs';
}

/** That only a restart helps is said where it is so, and once. */
function checkRestart(sim: Sim, { name }: Disk, held: Held | undefined, toldOf: Set<Held>): void {
  // A command that was at work when the drive went holds up all of them.
  if (held === undefined || sim.drives?.plugs.locked === true) return;
  const isCurable = held.state === 'suspended' && held.fate.clearHelps && held.disk.device !== null;
  if (held.state === 'ok' || held.state === 'gone' || isCurable) {
    sim.violate('restart-only-where-needed', `${name} is ${held.state}, and a restart is asked for`);
  }
  if (toldOf.has(held)) sim.violate('restart-is-said-once', `a restart is asked for once more, for ${name}`);
  toldOf.add(held);
}

interface Began {
  readonly awakeMs: number;
  readonly touched: ReadonlyMap<Pair, number>;
  readonly points: number;
  readonly errors: ReadonlyMap<Disk, number>;
  readonly pulls: string;
}

/** Follows the runs of a job, also those that nobody has asked for. */
export function watchRuns(sim: Sim, house: House, process: Actor, job: Job): void {
  const own = house.ofJobs.filter(({ of }) => of.job === job.name);
  let began: Began | null = null;
  let end: () => void = () => undefined;
  let restarts = 0;
  job.onRun((event) => {
    if (process.dead) return;
    if (event.kind === 'began') {
      end = house.beats.work(process, job.name);
      began = {
        awakeMs: sim.time.awakeMs(),
        touched: new Map([...sim.pairs.values()].map((pair) => [pair, pair.touched])),
        points: sim.faultsSeen,
        errors: new Map(own.map((disk) => [disk, errorsOf(disk)])),
        pulls: plugsOf(own),
      };
      return;
    }
    if (event.kind !== 'ended' || began === null) return;
    end();
    sim.tell(() => `RUN of ${job.name} (${event.cause}) ended: ${JSON.stringify(event.outcome)}`);
    if (own.length === 0) return;
    checkOutcome(sim, process, job.name, event.outcome, began.touched, house.laneNow(process, job.name));
    checkAbsence(sim, house, own, job.name, event, began);
    checkErrors(sim, house, process, own, event, began);
    checkBlame(sim, own, job.name, event, began);
    const isRestart = event.outcome.problems.some(asksRestart);
    if (isRestart && isAutomatic(event)) restarts += 1;
    if (restarts > own.length * (1 + sim.reboots)) {
      sim.violate('restart-is-said-once', `runs that nobody asked for have failed by it ${restarts} times`);
    }
  });
}

type Ended = Extract<RunEvent, { kind: 'ended' }>;

function isAutomatic({ cause }: Ended): boolean {
  return cause !== 'run' && cause !== 'wakeup';
}

function errorsOf({ errors: { reads, writes, checksums } }: Disk): number {
  return reads + writes + checksums;
}

function plugsOf(disks: readonly Disk[]): string {
  return disks.map(({ device }) => device).join(' ');
}

/** What ends with an error because the drive was pulled is told as that: the drive goes on when it is back, and nobody has to read on. */
function checkBlame(sim: Sim, own: readonly OwnDisk[], job: string, { outcome }: Ended, began: Began): void {
  if (plugsOf(own) === began.pulls) return;
  const raw = outcome.problems.find(({ code, detail }) => code === 'command-failed' && detail.includes('I/O error'));
  if (raw !== undefined)
    sim.violate('the-drive-is-blamed', `a run of ${job} says "${raw.detail}", and its drive was pulled`);
}

/** A run that nobody has asked for does not fail because the drives are in a drawer. */
function checkAbsence(sim: Sim, house: House, own: readonly OwnDisk[], job: string, event: Ended, began: Began): void {
  const sinceMs = began.awakeMs - BLIND_MS;
  const isAway = own.every((disk) => disk.device === null && house.pulledAwakeMs(disk) < sinceMs);
  if (!isAutomatic(event) || !isAway) return;
  const hasFaults = began.points !== sim.faultsSeen;
  const failed = event.outcome.problems.find(
    // Another job has thinned out what both send: that is said of the sender, drives or not.
    ({ code }) => code.startsWith('drive-') || (!hasFaults && code !== 'listing-shrank'),
  );
  if (failed !== undefined) {
    sim.violate('absence-is-no-failure', `a run of ${job} has failed by ${failed.code}, and no drive was there`);
  }
}

/** A drive that reports errors is told of by the run that went there. */
function checkErrors(
  sim: Sim,
  house: House,
  process: Actor,
  own: readonly OwnDisk[],
  event: Ended,
  began: Began,
): void {
  const { outcome } = event;
  if (outcome.cancelled || began.points !== sim.faultsSeen || began.pulls !== plugsOf(own)) return;
  const lane = house.laneNow(process, event.kind === 'ended' ? (own[0]?.of.job ?? '') : '');
  const disk = house.diskOf(lane);
  if (disk === undefined || disk.device === null || (began.errors.get(disk) ?? 0) === 0) return;
  const facts = house.views.get(process)?.get(disk)?.facts();
  const isThere = outcome.problems.every(({ code }) => !code.startsWith('drive-') || code === 'drive-failing');
  const replication = process.jobs.get(disk.of.job)?.status().replication ?? null;
  if (!isThere || replication === null || facts === undefined) return;
  if (!outcome.problems.some(({ code }) => code === 'drive-failing')) {
    sim.violate('failing-is-told', `${disk.name} has errors, and its run ended without a word of them`);
  }
}

/** With every drive plugged in and time to notice: what can come back is back, and of the rest a person is told. */
export function checkReturned(sim: Sim, house: House, process: Actor): void {
  for (const disk of house.ofJobs) {
    const held = house.plugs.heldBy(disk);
    if (held === undefined || held.state === 'ok' || !house.hasLearnt(process, disk)) continue;
    const facts = house.views.get(process)?.get(disk)?.facts();
    // One that ZFS has noticed late was given up by then.
    if (asksRestart(facts?.problem ?? null) && held.state !== 'gone') continue;
    const told = `${facts?.state} ${facts?.problem?.code ?? ''}`;
    sim.violate('drives-come-back', `${disk.name} is plugged in and ${held.state}; told: ${told}`);
  }
}

/** What is plugged in, and answers, is used: nobody is told that it is away. */
export function checkUsed(sim: Sim, house: House, outcomes: ReadonlyMap<string, RunOutcome>): void {
  if (house.ofJobs.some((disk) => (house.plugs.held.get(disk.pool.name)?.state ?? 'ok') !== 'ok')) return;
  for (const [job, { problems }] of outcomes) {
    const told = problems.find(({ code }) => code === 'drive-pulled' || code === 'drive-away');
    if (told !== undefined)
      sim.violate('drives-come-back', `a run of ${job} ended with ${told.code}, and all are there`);
  }
}

/** All has arrived, and nothing is at work any more. */
export function checkEjected(sim: Sim, { ofJobs, plugs }: House): void {
  for (const disk of ofJobs) {
    if (plugs.heldBy(disk) !== undefined) sim.violate('ejected-when-done', `${disk.name} is imported after its run`);
  }
}

/** The drives were plugged in an hour ago. */
export function checkUnasked(sim: Sim, house: House): void {
  for (const pair of sim.pairs.values()) {
    if (house.diskOf(pair.job) === undefined || !sim.wanted().includes(pair.source) || hasAll(sim, pair)) continue;
    // What a person has to change is told.
    if (expectedCodes(sim, pair)?.length !== 0) continue;
    sim.violate('plugged-means-backed-up', `${pair.source} has not arrived at ${pair.target}, and nobody had to ask`);
  }
}
