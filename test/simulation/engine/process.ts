/** One process of the engine: its jobs, its view of the clock, and its commands. When it dies nothing of it goes on. */

import type { Clock } from '../../../core/api/clock.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { DriveDesk } from '../../../core/drives/desk.ts';
import type { JobDeps, Reach } from '../../../core/job/deps.ts';
import { createJob } from '../../../core/job/factory.ts';
import { Transfers } from '../../../core/job/transfers.ts';
import type { Job } from '../../../core/job/types.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { DEFAULT_RETRY_POLICY } from '../../../core/replication/retry.ts';
import { createSimZfs } from '../zfs/sim-zfs.ts';
import type { Machine } from '../zfs/world.ts';
import type { Actor, RunningDestroy, RunningReceive } from './actor.ts';
import { allNames, configOf } from './config-text.ts';
import { watchDrives, watchRuns } from './drives/check.ts';
import { drivePorts } from './drives/ports.ts';
import { guardZfs } from './guard-zfs.ts';
import { fraction } from './random.ts';
import type { Settings } from './scenario.ts';
import type { Sim } from './sim.ts';
import { clockOf } from './time.ts';
import type { Watch } from './watch.ts';

export class Process implements Actor {
  readonly number: number;
  readonly settings: Settings;
  readonly startedWallErrorMs: number;
  dead = false;
  /** Commands that had begun when it died go on without it. */
  lingers = false;
  readonly jobs = new Map<string, Job>();
  /** By job and dataset of the receiver. */
  readonly receives = new Map<string, RunningReceive>();
  /** Deeds of people when versions of a dataset were last read by name, by job and dataset of the sender. */
  readonly readAt = new Map<string, number>();
  /** Bookmarks, by full name, that it set on another snapshot than their names say. */
  readonly mistaken = new Set<string>();
  /** Never forgotten: one that was given up on may go on when its pool is back. */
  readonly destroys = new Set<RunningDestroy>();
  readonly #abort = new AbortController();
  readonly #desk: DriveDesk | null;
  #randoms = 0;

  constructor(sim: Sim, watch: Watch, number: number) {
    this.number = number;
    this.settings = sim.settings;
    this.startedWallErrorMs = sim.time.wallErrorMs;
    const config = configOf(sim.scenario, this.settings);
    const { drives: house } = sim;
    const plain = clockOf(sim.time, () => this.dead);
    const clockOfJob = (job: string): Clock =>
      house === null
        ? plain
        : {
            ...plain,
            sleep: (ms, signal) => plain.sleep(ms, signal).finally(house.beats.wait(this, job, ms)),
          };
    const desk =
      house === null
        ? null
        : new DriveDesk(drivePorts({ sim, house, watch, process: this, clock: plain, clockOf: clockOfJob }));
    this.#desk = desk;
    if (house !== null && desk !== null) watchDrives(sim, house, this, desk);
    const transfers = new Transfers();
    for (const name of allNames(sim.scenario)) {
      const clock = clockOfJob(name);
      const lane = () => house?.laneNow(this, name) ?? name;
      const reach = (machine: Machine): Reach => {
        const zfs = createSimZfs({
          world: sim.world,
          machine,
          clock,
          onEffect: (effect, phase) => watch.effect(this, lane(), effect, phase),
          onComplaint: (stderr) => sim.coverage.text(stderr),
          onCommand: (argv) => watch.command(this, lane(), machine, argv),
          ...(house === null || machine !== sim.laptop ? {} : { plugs: house.plugs }),
        });
        return {
          zfs: guardZfs(zfs, { sim, process: this, job: lane, machine, watch }),
          ping: async () => {
            if (machine !== sim.laptop && sim.time.elapsedMs() < sim.networkBackMs)
              throw new ProblemError('host-unreachable', { host: machine.name });
          },
        };
      };
      const deps: JobDeps = {
        transfers,
        config,
        local: reach(sim.laptop),
        remote: () => reach(sim.nas),
        ...(desk === null ? {} : { drives: desk }),
        clock,
        random: () => fraction(sim.scenario.seed, 1_000_000 + this.#randoms++),
        retry: DEFAULT_RETRY_POLICY,
        log: SILENT_LOG,
      };
      const own = config.jobs.find((job) => job.name === name);
      if (own === undefined) throw new Error(`no job ${name}`);
      const job = createJob(own, deps);
      this.jobs.set(name, job);
      if (house !== null) watchRuns(sim, house, this, job);
      job.run(this.#abort.signal).catch((error: unknown) => {
        if (!this.dead) sim.violate('job-never-rejects', String(error));
      });
    }
  }

  /** As by SIGKILL, or a power cut. */
  die(lingers: boolean): void {
    this.dead = true;
    this.lingers = lingers;
  }

  /** As asked to end. */
  end(): void {
    this.#abort.abort();
    this.#desk?.close();
  }
}
