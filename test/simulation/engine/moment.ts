/** Moments at which something can go wrong, and what becomes of them. */
import type { Interruption, Phase } from '../zfs/effects.ts';
import type { Machine } from '../zfs/world.ts';
import type { Actor } from './actor.ts';

/** A moment at which something can go wrong. */
export interface Moment {
  readonly process: Actor;
  readonly job: string;
  readonly machine: Machine;
  /** `hold/before`, `call listVersions`, `command`. */
  readonly place: string;
  /** Null outside effects. */
  readonly phase: Phase | null;
  /** Full name of what it is about; null where that is not known. */
  readonly about: string | null;
  /** Blocks that have arrived. */
  readonly blocks: number;
}

/** What becomes of the moment. */
export type Turn =
  | { readonly kind: 'go' }
  | { readonly kind: 'interrupt'; readonly how: Interruption }
  | { readonly kind: 'wait'; readonly ms: number; readonly ending: Error | null }
  | { readonly kind: 'throw'; readonly error: Error };

export const GO: Turn = { kind: 'go' };
