/** What can go wrong, and what it does to the world and to the command at hand. */
import { ProblemError } from '../../../core/api/problem.ts';
import { setPoolState } from '../zfs/effects.ts';
import { usedBlocks } from '../zfs/space.ts';
import type { Pool } from '../zfs/world.ts';
import { Dead } from './actor.ts';
import { performDeed } from './deeds.ts';
import { GO, type Moment, type Turn } from './moment.ts';
import { chooser } from './random.ts';
import type { Fault } from './scenario.ts';
import type { Sim } from './sim.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A change of the world in the middle of an effect: the command has to look at it anew. */
const LOOK_AGAIN: Turn = { kind: 'wait', ms: 1, ending: null };

export function applies(sim: Sim, { kind }: Fault, { phase, machine, process }: Moment): boolean {
  const isRemote = machine === sim.nas && sim.nas !== sim.laptop;
  switch (kind) {
    case 'cut-stream':
    case 'kill-receive':
      return phase === 'during';
    case 'outage':
      return isRemote;
    case 'crash':
    case 'crash-lingering':
    case 'reset-job':
      return !process.dead;
    default:
      return true;
  }
}

/** Lets it happen. */
export function happen(sim: Sim, fault: Fault, moment: Moment): Turn {
  const { process, machine } = moment;
  const choose = chooser(fault.draw);
  const isRemote = machine === sim.nas && sim.nas !== sim.laptop;
  const lost = new ProblemError(isRemote ? 'connection-lost' : 'spawner-lost', { host: machine.name });
  const goOn = moment.phase === 'before' ? LOOK_AGAIN : GO;
  switch (fault.kind) {
    case 'crash':
      process.die(false);
      return { kind: 'throw', error: new Dead() };
    case 'crash-lingering':
      process.die(true);
      return { kind: 'wait', ms: choose.below(2) * choose.below(5 * MINUTE_MS), ending: null };
    case 'lose-reply':
      return { kind: 'throw', error: lost };
    case 'cut-stream':
    case 'kill-receive':
      return { kind: 'interrupt', how: fault.kind };
    case 'outage':
      sim.networkBackMs = sim.time.elapsedMs() + choose.below(25 * MINUTE_MS);
      return { kind: 'throw', error: lost };
    case 'half-open':
      return {
        kind: 'wait',
        ms: choose.below(10 * MINUTE_MS),
        ending: new ProblemError('command-timeout', { host: machine.name }),
      };
    case 'yank-target':
      yank(sim, sim.targetPool, choose.pick(['stalled', 'suspended', 'vanished']), choose.below(HOUR_MS));
      return goOn;
    case 'yank-source':
      yank(sim, sim.sourcePool, choose.pick(['stalled', 'suspended']), choose.below(HOUR_MS));
      return goOn;
    case 'reset-job':
      process.jobs.get(moment.job)?.reset();
      return goOn;
    case 'clock-jump':
      sim.time.jump((choose.chance(50) ? 1 : -1) * choose.below(choose.chance(50) ? HOUR_MS : 500 * DAY_MS));
      return goOn;
    case 'sleep-a-day':
      sim.time.sleepThrough(8 * HOUR_MS + choose.below(DAY_MS));
      return goOn;
    case 'full-target':
      sim.targetPool.capacityBlocks = usedBlocks(sim.targetPool) + choose.below(3);
      sim.time.at(choose.below(2 * HOUR_MS), () => {
        sim.targetPool.capacityBlocks = null;
      });
      return goOn;
    case 'deny': {
      const right = choose.pick(['destroy', 'hold', 'release', 'bookmark', 'receive', 'set', 'create', 'snapshot']);
      machine.denied.add(right);
      sim.time.at(choose.below(HOUR_MS), () => machine.denied.delete(right));
      return goOn;
    }
    case 'deed':
      performDeed(sim, fault.draw);
      return goOn;
  }
}

function yank(sim: Sim, pool: Pool, state: Pool['state'], forMs: number): void {
  setPoolState(pool, state);
  sim.time.at(forMs, () => setPoolState(pool, 'ok'));
}
