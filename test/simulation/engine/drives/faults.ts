/** What happens to drives: misfortune, and what people do with them. */
import type { Disk, Fate } from '../../zfs/plugs.ts';
import type { Actor } from '../actor.ts';
import { type Chooser, chooser } from '../random.ts';
import type { Sim } from '../sim.ts';
import type { House } from './house.ts';

const MINUTE_MS = 60_000;

function fateOf(choose: Chooser): Fate {
  const noticesAfterMs = choose.chance(40) ? null : choose.below(2 * MINUTE_MS);
  return { noticesAfterMs, clearHelps: noticesAfterMs !== null && choose.chance(70) };
}

/** The one at hand, or else one of those that are in use, or else plugged in. */
function victim({ plugs, ofJobs }: House, choose: Chooser, about: string | null): Disk | undefined {
  const plugged = ofJobs.filter(({ device }) => device !== null);
  const atHand = plugged.find(({ pool }) => pool.name === about?.split(/[/@#]/)[0]);
  if (atHand !== undefined && choose.chance(80)) return atHand;
  const held = plugged.filter((disk) => plugs.heldBy(disk) !== undefined);
  return choose.any(held.length > 0 ? held : plugged);
}

export function happenToDrives(
  sim: Sim,
  kind: 'yank-drive' | 'drive-errors' | 'deaf-udev',
  choose: Chooser,
  about: string | null,
): void {
  const house = sim.drives;
  if (house === null) return;
  const disk = victim(house, choose, about);
  switch (kind) {
    case 'deaf-udev':
      house.deafUntilMs = sim.time.elapsedMs() + choose.below(10 * MINUTE_MS);
      return;
    case 'drive-errors':
      if (disk !== undefined)
        disk.errors[choose.pick(['reads', 'writes', 'checksums'] as const)] += 1 + choose.below(20);
      return;
    case 'yank-drive': {
      if (disk === undefined) return;
      house.pull(disk, fateOf(choose));
      const backAfterMs = choose.pick([300, MINUTE_MS, 20 * MINUTE_MS, null]);
      if (backAfterMs !== null) sim.time.at(1 + choose.below(backAfterMs), () => house.plug(disk));
    }
  }
}

/** As people do: when it says so, or when it looks idle; some do not look. */
function takeOut(house: House, process: Actor | null, disk: Disk, choose: Chooser): void {
  if (disk.device === null) return;
  const fate = fateOf(choose);
  if (house.plugs.heldBy(disk) === undefined || choose.chance(25)) {
    house.pull(disk, fate);
    return;
  }
  const own = house.ofJobs.find((one) => one === disk);
  const job = own === undefined ? undefined : process?.jobs.get(own.of.job);
  if (job === undefined || process?.dead !== false) return;
  job.ejectDrive?.(String(disk.pool.guid), new AbortController().signal).then(
    () => {
      if (!process.dead && house.plugs.heldBy(disk) === undefined) house.pull(disk, fate);
    },
    () => undefined,
  );
}

/** Of `whatOf`: all drives are plugged in. */
export const PLUGS_ALL = 7;

/** Which of the things that a person does with drives. */
export function whatOf(choose: Chooser): number {
  return choose.below(12);
}

/** What a person does with the drives between two runs. */
export function performPlugs(sim: Sim, process: Actor | null, draw: number): void {
  const house = sim.drives;
  if (house === null) return;
  const choose = chooser(draw);
  const what = whatOf(choose);
  const { ofJobs, plugs, stranger, clone } = house;
  const views = process === null || process.dead ? undefined : house.views.get(process);
  const isTold = ofJobs.some((disk) =>
    ['drive-restart-needed', 'drive-blocks-zfs'].includes(views?.get(disk)?.facts().problem?.code ?? ''),
  );
  if (plugs.locked || (isTold && choose.chance(70))) {
    house.reboot();
    sim.reboots += 1;
  }
  sim.coverage.fault('drives', `draw ${what}`);
  if (what <= 5) {
    // One after the other.
    const next = choose.any(ofJobs);
    for (const disk of ofJobs) if (disk !== next) takeOut(house, process, disk, choose);
    if (next !== undefined) house.plug(next);
  } else if (what <= PLUGS_ALL) for (const disk of ofJobs) house.plug(disk);
  else if (what === 8) for (const disk of ofJobs) takeOut(house, process, disk, choose);
  else if (what === 9 && (ofJobs[0]?.device ?? null) !== null) toggle(house, clone);
  else if (what === 10) {
    toggle(house, stranger);
    // Somebody else's drive, for a film.
    const isFree = !sim.laptop.pools.has(stranger.pool.name);
    if (stranger.device !== null && isFree && choose.chance(60)) plugs.hold(stranger);
  }
}

/** Pulls out what is connected, and plugs it in again, in another order perhaps. */
export async function performReplug(sim: Sim, draw: number): Promise<void> {
  const house = sim.drives;
  if (house === null) return;
  const choose = chooser(draw);
  const pulled = house.ofJobs.filter((disk) => house.plugs.heldBy(disk) !== undefined);
  for (const disk of pulled) house.pull(disk, fateOf(choose));
  await sim.time.drive(() => sim.failed, 1 + choose.below(MINUTE_MS));
  for (const disk of choose.chance(50) ? pulled : pulled.toReversed()) if (choose.chance(90)) house.plug(disk);
  await sim.time.drive(() => sim.failed, 1 + choose.below(MINUTE_MS));
}

function toggle(house: House, disk: Disk): void {
  if (disk.device === null) house.plug(disk);
  else {
    if (house.plugs.heldBy(disk) !== undefined) house.plugs.letGo(disk);
    house.pull(disk, { noticesAfterMs: null, clearHelps: false });
  }
}
