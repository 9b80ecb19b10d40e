/**
 * The one place where a command changes a pool: one transaction group, seen from before and from after. Whoever watches may
 * throw (the engine dies), wait (the world goes on meanwhile) or end the transfer at hand.
 */
import { ProblemError } from '../../../core/api/problem.ts';
import { findPool } from './lookup.ts';
import type { Machine, Pool, PoolState, World } from './world.ts';

/** Stable names of all that a command can change. Each is whole or does not happen. */
export type EffectKind =
  /** Of all datasets of one command. */
  | 'snapshot'
  | 'create'
  | 'set'
  /** Of one snapshot: a command over several makes as many effects. */
  | 'hold'
  | 'release'
  | 'bookmark'
  | 'destroy-bookmark'
  /** Of a whole comma list. */
  | 'destroy'
  /**
   * The dataset or its `%recv` is there. The only effect with points in between: when nothing has arrived that would be kept,
   * then before every block, and after the last.
   */
  | 'receive-begin'
  /** The snapshot is there. */
  | 'receive-end'
  | 'receive-abort';

export type Phase = 'before' | 'during' | 'after';

export interface Effect {
  readonly kind: EffectKind;
  readonly machine: string;
  readonly pool: string;
  /** What it is about: full names, the first of them where there are many. */
  readonly name: string;
  /** Of `during`: how many blocks have arrived. */
  readonly blocks: number;
}

/**
 * `cut-stream`: the sender's end closes. `kill-receive`: the receiving command is killed and says nothing. `pretend`: it ends
 * as if all had gone well, and the snapshot is not there.
 */
export type Interruption = 'cut-stream' | 'kill-receive' | 'pretend';

/** The reason of a change that did not happen, and of which nobody is told. */
export const PRETENDED = 'pretended';

/** An interruption counts only in the phase `during`; `pretend` only before the end of a receive. */
export type OnEffect = (
  effect: Effect,
  phase: Phase,
) => undefined | Interruption | Promise<undefined> | Promise<Interruption | undefined>;

/** A running command, seen from inside. */
export interface Call {
  readonly world: World;
  readonly machine: Machine;
  /** Of the machine, when the command began. */
  readonly boots: number;
  readonly onEffect: OnEffect | null;
  readonly signal: AbortSignal | undefined;
  /** Told when the command hangs in the kernel; it goes on all the same once the pool is back. */
  readonly onStall: () => void;
}

const waiting = new WeakMap<Pool, PromiseWithResolvers<void>>();

/** Whose receives end with an error instead of waiting. */
const givenUp = new WeakSet<Pool>();

/** Sets what becomes of the pool. What hangs goes on when it is not stalled any more. */
export function setPoolState(pool: Pool, state: PoolState): void {
  pool.state = state;
  givenUp.delete(pool);
  if (!hangs(pool)) wake(pool);
}

/** What hangs ends with an error, as ZFS does by failmode=continue once it has noticed; until the pool is in another state. */
export function giveUp(pool: Pool): void {
  givenUp.add(pool);
  wake(pool);
}

export function isGivenUp(pool: Pool): boolean {
  return givenUp.has(pool);
}

function wake(pool: Pool): void {
  const waiters = waiting.get(pool);
  waiting.delete(pool);
  waiters?.resolve();
}

/** Whether a change that has begun waits for the pool, by the looks of it for ever. */
export function hangs({ state }: Pool): boolean {
  return state === 'stalled' || state === 'suspended';
}

/** Resolves when what hangs goes on. */
export function whenBack(pool: Pool): Promise<void> {
  const waiters = waiting.get(pool) ?? Promise.withResolvers<void>();
  waiting.set(pool, waiters);
  return waiters.promise;
}

/** Throws what the engine sees when the machine was started anew: its connection broke. */
export function checkNotRebooted({ machine, boots }: Pick<Call, 'machine' | 'boots'>): void {
  if (machine.boots !== boots) throw new ProblemError('connection-lost', { host: machine.name });
}

/** The command still runs, and somebody wants it. */
export function checkNotAborted({ signal, machine, boots }: Pick<Call, 'signal' | 'machine' | 'boots'>): void {
  checkNotRebooted({ machine, boots });
  if (signal?.aborted === true) throw new ProblemError('command-aborted', { host: machine.name });
}

/** Why a pool takes no change, or nothing at all; null when it does. In the words of strerror and libzfs. */
export function poolRefusal(pool: Pool | undefined, writes: boolean): string | null {
  if (pool?.state === 'suspended') return 'pool I/O is currently suspended';
  return writes && pool?.state === 'read-only' ? 'pool is read-only' : null;
}

/** Why it cannot be done, or how to do it. Must look everything up anew: it may be asked twice. */
export type Plan = () => string | (() => void);

/**
 * One change in one transaction group. Resolves with the reason when it was refused, else with null; nobody is told of a
 * change that is refused.
 */
export async function enact(call: Call, kind: EffectKind, name: string, plan: Plan): Promise<string | null> {
  let told = false;
  for (;;) {
    checkNotAborted(call);
    const pool = findPool(call.machine, name);
    if (pool?.state === 'stalled') {
      call.onStall();
      await whenBack(pool);
      continue;
    }
    const refusal = poolRefusal(pool, true);
    if (refusal !== null) return refusal;
    const decided = plan();
    if (typeof decided === 'string') return decided;
    if (pool === undefined) throw new Error(`a change of ${name}, whose pool is not there`);
    if (!told) {
      told = true;
      const wait = tell(call, kind, name, 'before', pool);
      if (wait === 'pretend') return PRETENDED;
      if (wait instanceof Promise) {
        await wait;
        continue;
      }
    }
    pool.txg += 1n;
    decided();
    call.world.effects += 1;
    const wait = tell(call, kind, name, 'after', pool);
    if (wait instanceof Promise) await wait;
    checkNotRebooted(call);
    return null;
  }
}

function tell(call: Call, kind: EffectKind, name: string, phase: Phase, pool: Pool): unknown {
  return call.onEffect?.({ kind, machine: call.machine.name, pool: pool.name, name, blocks: 0 }, phase);
}
