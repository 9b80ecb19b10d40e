/** What can go wrong, and what it does to the world and to the command at hand. */
import { ProblemError } from '../../../core/api/problem.ts';
import { poolOf } from '../../../core/zfs/names.ts';
import { setPoolState } from '../zfs/effects.ts';
import { usedBlocks } from '../zfs/space.ts';
import { reboot } from '../zfs/transfer.ts';
import { BLOCK_BYTES, type Pool } from '../zfs/world.ts';
import { Dead } from './actor.ts';
import { jobOf } from './config-text.ts';
import { type AtHand, performDeed, tryDeed } from './deeds.ts';
import { happenToDrives } from './drives/faults.ts';
import { GO, type Moment, type Turn } from './moment.ts';
import { chooser } from './random.ts';
import type { Fault } from './scenario.ts';
import type { Sim } from './sim.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A change of the world in the middle of an effect: the command has to look at it anew. */
const LOOK_AGAIN: Turn = { kind: 'wait', ms: 1, ending: null };

export function applies(sim: Sim, { kind, at, blocks = 0 }: Fault, moment: Moment): boolean {
  const { phase, machine, process, place } = moment;
  if (moment.blocks < blocks || (at !== undefined && at !== place)) return false;
  const isRemote = machine === sim.nas && sim.nas !== sim.laptop;
  switch (kind) {
    case 'cut-stream':
    case 'kill-receive':
      return phase === 'during';
    case 'pretend':
      return place === 'receive-end/before';
    case 'outage':
    case 'reboot-target':
      return isRemote;
    case 'half-open':
      // On this machine a cure hangs in the kernel or it does not: which of the two the fate of the drive says.
      return isRemote || !/^command (?:clear|reopen)$/.test(place);
    case 'crash':
    case 'crash-lingering':
    case 'reset-job':
    case 'reboot-source':
    case 'power-loss':
      return !process.dead;
    default:
      return true;
  }
}

const FAILING: readonly Fault['kind'][] = [
  'lose-reply',
  'outage',
  'half-open',
  'reboot-target',
  'yank-target',
  'yank-source',
];

/** Whoever cannot take a mark away has one more for a while. */
function noteRefusal(sim: Sim, { kind }: Fault, { place, job, machine }: Moment): void {
  if (!FAILING.includes(kind) || !/release|destroy/.test(place)) return;
  for (const pair of sim.pairs.values()) {
    if (pair.job !== job) continue;
    if (machine === sim.laptop) pair.refusedSource += 1;
    if (machine === sim.nas) pair.refusedTarget += 1;
  }
}

/** Lets it happen. */
export function happen(sim: Sim, fault: Fault, moment: Moment): Turn {
  noteRefusal(sim, fault, moment);
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
    case 'pretend':
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
    case 'vanish-target':
      yank(sim, sim.targetPool, 'vanished', choose.pick([1, 10_000, HOUR_MS]));
      return goOn;
    case 'yank-source':
      yank(sim, sim.sourcePool, choose.pick(['stalled', 'suspended']), choose.below(HOUR_MS));
      return goOn;
    case 'reset-job':
      process.jobs.get(jobOf(moment.job))?.reset();
      return goOn;
    case 'clock-jump':
      sim.time.jump((choose.chance(50) ? 1 : -1) * choose.below(choose.chance(50) ? HOUR_MS : 500 * DAY_MS));
      return goOn;
    case 'sleep-a-day':
      sim.time.sleepThrough(8 * HOUR_MS + choose.below(DAY_MS));
      return goOn;
    case 'full-target':
      if (choose.chance(50)) fill(sim, usedBlocks(sim.targetPool) + choose.below(3), choose.below(2 * HOUR_MS));
      else limit(sim, 1 + choose.below(12), choose.below(2 * HOUR_MS));
      return goOn;
    case 'deny': {
      const right = choose.pick(['destroy', 'hold', 'release', 'bookmark', 'receive', 'set', 'create', 'snapshot']);
      machine.denied.add(right);
      sim.time.at(choose.below(HOUR_MS), () => machine.denied.delete(right));
      return goOn;
    }
    case 'deed':
      performDeed(sim, fault.draw, fault.at === undefined ? null : atHand(sim, moment), fault.deed ?? null);
      return goOn;
    case 'reboot-target':
      reboot(sim.nas);
      sim.networkBackMs = sim.time.elapsedMs() + MINUTE_MS + choose.below(10 * MINUTE_MS);
      return { kind: 'throw', error: lost };
    case 'reboot-source':
      process.die(false);
      setPoolState(sim.sourcePool, 'ok');
      // Nobody has typed the passphrase yet.
      if (sim.scenario.encrypted) tryDeed(() => sim.atLaptop.unloadKey('tank/data'));
      return { kind: 'throw', error: new Dead() };
    case 'power-loss':
      sim.drives?.reboot();
      return { kind: 'throw', error: new Dead() };
    case 'yank-drive':
    case 'drive-errors':
    case 'deaf-udev':
      happenToDrives(sim, fault.kind, choose, moment.about);
      return fault.kind === 'drive-errors' && moment.phase === 'during'
        ? { kind: 'interrupt', how: 'kill-receive' }
        : goOn;
  }
}

function fill({ targetPool, time }: Sim, capacityBlocks: number, forMs: number): void {
  targetPool.capacityBlocks = capacityBlocks;
  time.at(forMs, () => {
    targetPool.capacityBlocks = null;
  });
}

/** A quota on everything that the first job receives. */
function limit({ targetPool, atNas, time }: Sim, blocks: number, forMs: number): void {
  const root = `${targetPool.name}/first`;
  tryDeed(() => atNas.set(root, 'quota', String(blocks * BLOCK_BYTES)));
  time.at(forMs, () => targetPool.datasets.get(root)?.properties.delete('quota'));
}

function atHand(sim: Sim, { machine, about }: Moment): AtHand | null {
  if (about === null) return null;
  const inSource = sim.laptop === machine && poolOf(about) === sim.sourcePool.name;
  return { pool: inSource ? sim.sourcePool : sim.targetPool, name: about };
}

function yank(sim: Sim, pool: Pool, state: Pool['state'], forMs: number): void {
  setPoolState(pool, state);
  sim.time.at(forMs, () => setPoolState(pool, 'ok'));
}
