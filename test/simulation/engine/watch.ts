/** Sees every call, command and effect of the engine: has them checked, and lets happen what the schedule says. */
import { ProblemError } from '../../../core/api/problem.ts';
import type { Argv } from '../../../core/host/types.ts';
import type { Effect, Interruption, Phase } from '../zfs/effects.ts';
import type { Machine } from '../zfs/world.ts';
import { type Actor, Dead } from './actor.ts';
import { checkAfter, checkBefore } from './check/effects.ts';
import { jobOf } from './config-text.ts';
import { checkCommand, checkPlace } from './drives/check.ts';
import { applies, happen } from './faults.ts';
import { GO, type Moment, type Turn } from './moment.ts';
import { fraction } from './random.ts';
import type { Fault } from './scenario.ts';
import type { Sim } from './sim.ts';

export class Watch {
  readonly #sim: Sim;
  /** What has not happened yet, in order. */
  #coming: Fault[];
  #quiet = false;

  constructor(sim: Sim) {
    this.#sim = sim;
    this.#coming = [...sim.scenario.faults].sort((a, b) => a.point - b.point);
  }

  /** Nothing goes wrong any more, and nothing takes long. */
  quiet(): void {
    this.#quiet = true;
    this.#coming = [];
  }

  effect(
    process: Actor,
    job: string,
    effect: Effect,
    phase: Phase,
  ): undefined | Interruption | Promise<Interruption | undefined> | Promise<undefined> {
    const sim = this.#sim;
    if (process.dead && !process.lingers) throw new Dead();
    sim.coverage.effect(effect.kind, phase);
    if (phase !== 'during' || sim.timeline !== null) {
      sim.tell(
        () => `${process.number}:${job} ${phase} ${effect.kind} ${effect.machine}:${effect.name} ${effect.blocks}`,
      );
    }
    if (sim.drives !== null && checkPlace(sim, sim.drives, job, effect, phase) === 'elsewhere') {
      // What belongs to no pair.
    } else if (phase === 'after') checkAfter(sim, process, job, effect);
    else if (phase === 'before') checkBefore(sim, process, job, effect);
    if (sim.failed) {
      process.die(false);
      throw new Dead();
    }
    const place = `${effect.kind}/${phase}`;
    const machine = effect.machine === sim.nas.name ? sim.nas : sim.laptop;
    return this.#turn(
      process,
      job,
      this.#moment({ process, job, machine, place, phase, about: effect.name, blocks: effect.blocks }),
    );
  }

  command(process: Actor, job: string, machine: Machine, argv: Argv): undefined | Promise<undefined> {
    if (process.dead) return new Promise(() => {});
    checkCommand(this.#sim, process, job, machine, argv);
    return this.#commandAt(process, job, machine, argv, `command ${argv[1] ?? ''}`);
  }

  /** A command that brings a pool in or out is in the middle of it. */
  middle(process: Actor, job: string, machine: Machine, argv: Argv): undefined | Promise<undefined> {
    if (process.dead) return new Promise(() => {});
    return this.#commandAt(process, job, machine, argv, `within ${argv[1] ?? ''}`);
  }

  #commandAt(process: Actor, job: string, machine: Machine, argv: Argv, place: string): undefined | Promise<undefined> {
    const about = this.#sim.drives?.poolAtHand(argv) ?? null;
    const moment = { process, job, machine, place, phase: null, about, blocks: 0 };
    const turn = this.#turn(process, job, this.#moment(moment));
    return turn instanceof Promise ? turn.then(() => undefined) : undefined;
  }

  call(process: Actor, job: string, machine: Machine, name: string): undefined | Promise<undefined> {
    const moment = { process, job, machine, place: `call ${name}`, phase: null, about: null, blocks: 0 };
    const turn = this.#turn(process, job, this.#moment(moment));
    return turn instanceof Promise ? turn.then(() => undefined) : undefined;
  }

  #moment(moment: Moment): Turn {
    const sim = this.#sim;
    const index = sim.points++;
    if (this.#isAway(moment.machine)) {
      const code = moment.phase === null ? 'host-unreachable' : 'connection-lost';
      return { kind: 'throw', error: new ProblemError(code, { host: moment.machine.name }) };
    }
    const at = this.#coming.findIndex((fault) => fault.point <= index && applies(sim, fault, moment));
    const fault = at < 0 ? undefined : this.#coming.splice(at, 1)[0];
    if (fault !== undefined) {
      sim.faultsSeen += 1;
      sim.coverage.fault(fault.kind, moment.place);
      sim.tell(() => `FAULT ${fault.kind} at ${moment.place} (point ${fault.point}, now ${index})`);
      return happen(sim, fault, moment);
    }
    return this.#quiet ? GO : this.#latency(moment, index);
  }

  #isAway(machine: Machine): boolean {
    const { nas, laptop, time, networkBackMs } = this.#sim;
    return machine === nas && nas !== laptop && time.elapsedMs() < networkBackMs;
  }

  /** Some things take long, so that others come between. */
  #latency(moment: Moment, index: number): Turn {
    const share = moment.phase === 'during' ? 0.15 : 0.3;
    const drawn = fraction(this.#sim.scenario.seed, index);
    if (drawn >= share) return GO;
    return { kind: 'wait', ms: 1 + Math.floor((drawn / share) * 3000), ending: null };
  }

  #turn(process: Actor, job: string, turn: Turn): undefined | Interruption | Promise<Interruption | undefined> {
    switch (turn.kind) {
      case 'go':
        return undefined;
      case 'interrupt':
        return turn.how;
      case 'throw':
        throw turn.error;
      case 'wait': {
        const done = this.#sim.drives?.beats.command(process, jobOf(job));
        return this.#sim.time.wait(turn.ms).then(() => {
          done?.();
          if (process.dead && !process.lingers) throw new Dead();
          if (turn.ending !== null) throw turn.ending;
          return undefined;
        });
      }
    }
  }
}
