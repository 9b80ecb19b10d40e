/** Where and how a run is interrupted: points chosen by hand, and points from a seed. Pure. */
import type { GuestName } from '../guests/index.ts';
import { numbersFrom } from './numbers.ts';

export const PHASES = ['listing', 'marking', 'full', 'incremental', 'resumed', 'completion', 'pruning'] as const;
export type Phase = (typeof PHASES)[number];

export const DEEDS = [
  'kill-daemon',
  'kill-daemon-and-spawner',
  'kill-zfs',
  'cut-link',
  'reset-workstation',
  'reset-nas',
] as const;
export type Deed = (typeof DEEDS)[number];

/** A command of zfs in a guest, and the moment in it at which everything stands still until the deed is done. */
export interface Trigger {
  readonly guest: GuestName;
  /** An extended regular expression; the arguments, joined by single spaces, must match it. */
  readonly pattern: string;
  /** The first matching command is 1. */
  readonly nth: number;
  readonly moment: 'before' | 'after' | { readonly afterBytes: number };
}

export interface Point {
  readonly phase: Phase;
  readonly trigger: Trigger;
  readonly deed: Deed;
}

interface Place {
  readonly guest: GuestName;
  readonly pattern: string;
  readonly isStream: boolean;
  /** Matching commands that a run of the scenario is sure to have. */
  readonly most: number;
}

const stream = (guest: GuestName, pattern: string, most = 1): Place => ({ guest, pattern, isStream: true, most });
const command = (guest: GuestName, pattern: string): Place => ({ guest, pattern, isStream: false, most: 1 });
const SEND = '^send -v -P ';
const RECEIVE = '^receive -u ';
const STEP_HOLD = command('workstation', '^hold zrepl_STEP_');
const RECEIVED_HOLD = command('nas', '^hold zrepl_last_received_');
const CURSOR = command('workstation', '^bookmark .*#zrepl_CURSOR_');

export const PLACES: Readonly<Record<Phase, readonly Place[]>> = {
  listing: [command('workstation', '^list '), command('nas', '^list ')],
  marking: [STEP_HOLD],
  // Two datasets, and an increment behind one of them; marks of a first copy are set here as well.
  full: [stream('workstation', SEND, 3), stream('nas', RECEIVE, 3), STEP_HOLD, RECEIVED_HOLD, CURSOR],
  incremental: [stream('workstation', SEND), stream('nas', RECEIVE)],
  resumed: [stream('workstation', `${SEND}-t `), stream('nas', RECEIVE)],
  completion: [RECEIVED_HOLD, CURSOR, command('workstation', '^release zrepl_STEP_')],
  pruning: [command('workstation', '^destroy .*@'), command('nas', '^destroy .*@')],
};

/** A process can only be killed while it runs: a command that is over or has not begun offers none. */
export function isPossible({ deed, trigger }: Point): boolean {
  return deed !== 'kill-zfs' || typeof trigger.moment === 'object';
}

/** Few that cover every phase and every deed, with no more resets than that takes. */
const COVERING: Readonly<Record<Phase, readonly Deed[]>> = {
  listing: ['kill-daemon-and-spawner'],
  marking: ['kill-daemon', 'cut-link'],
  full: ['kill-daemon', 'kill-zfs', 'cut-link'],
  incremental: ['kill-daemon-and-spawner', 'kill-zfs', 'reset-workstation'],
  resumed: ['kill-daemon', 'cut-link', 'reset-nas'],
  completion: ['kill-daemon'],
  pruning: ['kill-daemon-and-spawner', 'cut-link'],
};

/** Every phase with every deed that is possible there, once; those that cover most with least come first. */
export function chosenPoints(): readonly Point[] {
  const points = PHASES.flatMap((phase) =>
    DEEDS.flatMap((deed, index): readonly Point[] => {
      const places = PLACES[phase];
      // A process can be killed only within a stream.
      const place = deed === 'kill-zfs' ? places.find(({ isStream }) => isStream) : places[index % places.length];
      if (place === undefined) return [];
      const { guest, pattern, isStream } = place;
      const moment = isStream ? { afterBytes: 150_000 } : index % 2 === 0 ? 'after' : 'before';
      return [{ phase, deed, trigger: { guest, pattern, nth: 1, moment } }];
    }),
  );
  const isCovering = ({ phase, deed }: Point): boolean => COVERING[phase].includes(deed);
  const possible = points.filter(isPossible);
  return [...possible.filter(isCovering), ...possible.filter((point) => !isCovering(point))];
}

/** How many of the chosen points, from the first on, cover every phase and every deed. */
export const COVERING_COUNT = Object.values(COVERING).flat().length;

/** Beyond the end of the shorter streams: there, all bytes have passed and the command has not ended. */
const MAX_BYTES = 450_000;

/** The point of a seed: the same seed and the same phases give the same point. */
export function randomPoint(seed: number, phases: readonly Phase[] = PHASES): Point {
  const next = numbersFrom(seed);
  const pick = <T>(from: readonly T[]): T => {
    const one = from[next(from.length)];
    if (one === undefined) throw new RangeError('there is nothing to pick from');
    return one;
  };
  const phase = pick(phases);
  const { guest, pattern, isStream, most } = pick(PLACES[phase]);
  const nth = 1 + next(most);
  const within = isStream && next(4) !== 0;
  const moment = within ? { afterBytes: next(MAX_BYTES) } : pick(['before', 'after'] as const);
  const trigger: Trigger = { guest, pattern, nth, moment };
  // A reset takes a minute of an emulated machine; what can be had in seconds is had more often.
  const weighted = DEEDS.flatMap((deed) => (deed.startsWith('reset-') ? [deed] : [deed, deed, deed]));
  const possible = weighted.filter((deed) => isPossible({ phase, trigger, deed }));
  return { phase, trigger, deed: pick(possible) };
}

/** The points of a campaign by their number: the chosen ones first, then those of seeds. */
export function pointOf(index: number, from: number): Point {
  const chosen = chosenPoints();
  return chosen[index] ?? randomPoint(from + index - chosen.length);
}
