/**
 * Destroying many snapshots with few commands. The order of commands is decided here; running one is handed in. A comma
 * list of zfs-destroy(8) is all or nothing on most releases, and stops at the first failure on others, so after a failure
 * nothing is assumed of the members: they are tried again, without those that were named, and at last one by one.
 */
import { remark } from '../api/remark.ts';
import { ARGUMENT_BYTES_MAX, chunk } from './chunk.ts';
import { type DestroyArgument, keptOutcome, type Undestroyed } from './destroy-errors.ts';
import { componentFault, entityFault } from './names.ts';
import type { DestroyOutcome } from './types.ts';

export interface DestroyItem {
  readonly dataset: string;
  /** Short name. */
  readonly name: string;
}

export type DestroyAttempt =
  /** All of them are destroyed or were not there. */
  | { readonly kind: 'done' }
  /** None of them was there. */
  | { readonly kind: 'gone' }
  /** The system takes no argument of this length. */
  | { readonly kind: 'argument-too-long' }
  | { readonly kind: 'undestroyable'; readonly snapshots: readonly Undestroyed[] }
  /** `hopeless`: trying them one by one would fail the same way. */
  | { readonly kind: 'failed'; readonly reason: string; readonly hopeless: boolean };

/** Runs one command. Rejects only when nothing more should be tried at all. */
export type ExecDestroy = (argument: DestroyArgument) => Promise<DestroyAttempt>;

export interface BatchOptions {
  /** Whether the installation takes comma lists. */
  readonly comma: boolean;
  readonly namesMax?: number;
  readonly bytesMax?: number;
}

/** 100 to 500 names a command is what destroys stay quick with, and others can still get a turn in between. */
export const DESTROY_NAMES_MAX = 250;

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Why the item must not reach a command; null when it may. Commas and "%" would widen what is destroyed. */
export function destroyItemFault({ dataset, name }: DestroyItem): string | null {
  return entityFault(dataset, 'filesystem') ?? componentFault(name) ?? entityFault(`${dataset}@${name}`, 'snapshot');
}

/** The commands for a list of valid items, before anything is known of how they end. */
export function planDestroyBatches(items: readonly DestroyItem[], options: BatchOptions): readonly DestroyArgument[] {
  if (!options.comma) return items.map(({ dataset, name }) => ({ dataset, names: [name] }));
  const limits = { bytesMax: options.bytesMax ?? ARGUMENT_BYTES_MAX, countMax: options.namesMax ?? DESTROY_NAMES_MAX };
  const namesOf = new Map<string, Set<string>>();
  const sorted = items.toSorted((a, b) => compare(a.dataset, b.dataset) || compare(a.name, b.name));
  for (const { dataset, name } of sorted) {
    const names = namesOf.get(dataset) ?? new Set();
    namesOf.set(dataset, names.add(name));
  }
  return [...namesOf].flatMap(([dataset, names]) =>
    chunk([...names], (name) => name.length, { ...limits, bytesMax: limits.bytesMax - dataset.length }).map((part) => ({
      dataset,
      names: part,
    })),
  );
}

type Record = (name: string, outcome: DestroyOutcome) => void;

async function destroySingly({ dataset, names }: DestroyArgument, exec: ExecDestroy, record: Record): Promise<void> {
  for (const name of names) {
    const attempt = await exec({ dataset, names: [name] });
    record(name, singleOutcome(attempt, name));
  }
}

function singleOutcome(attempt: DestroyAttempt, name: string): DestroyOutcome {
  switch (attempt.kind) {
    case 'done':
      return { kind: 'destroyed' };
    case 'gone':
      return { kind: 'gone' };
    case 'undestroyable':
      return keptOutcome(attempt.snapshots.find((snapshot) => snapshot.name === name)?.reason ?? remark('no-reason'));
    case 'argument-too-long':
      return { kind: 'kept', code: 'undestroyable', reason: remark('name-beyond-command') };
    case 'failed':
      return { kind: 'kept', code: 'undestroyable', reason: attempt.reason };
  }
}

async function destroyBatch(argument: DestroyArgument, exec: ExecDestroy, record: Record): Promise<void> {
  const { dataset, names } = argument;
  if (names.length <= 1) return destroySingly(argument, exec, record);
  const attempt = await exec(argument);
  switch (attempt.kind) {
    case 'done':
    case 'gone':
      for (const name of names) record(name, singleOutcome(attempt, name));
      return;
    case 'argument-too-long': {
      const half = Math.floor(names.length / 2);
      await destroyBatch({ dataset, names: names.slice(0, half) }, exec, record);
      await destroyBatch({ dataset, names: names.slice(half) }, exec, record);
      return;
    }
    case 'failed':
      if (!attempt.hopeless) return destroySingly(argument, exec, record);
      for (const name of names) record(name, singleOutcome(attempt, name));
      return;
    case 'undestroyable': {
      const refused = new Set(attempt.snapshots.map((snapshot) => snapshot.name));
      const rest = names.filter((name) => !refused.has(name));
      const again: DestroyAttempt = rest.length === 0 ? { kind: 'done' } : await exec({ dataset, names: rest });
      if (again.kind !== 'done' && again.kind !== 'gone') return destroySingly(argument, exec, record);
      for (const name of rest) record(name, singleOutcome(again, name));
      return destroySingly({ dataset, names: names.filter((name) => refused.has(name)) }, exec, record);
    }
  }
}

/**
 * Destroys the items; one outcome for each, in their order. Names that must not reach a command are kept and said so.
 * @throws what `exec` rejects with
 */
export async function destroyInBatches(
  items: readonly DestroyItem[],
  options: BatchOptions,
  exec: ExecDestroy,
): Promise<readonly DestroyOutcome[]> {
  const faults = items.map(destroyItemFault);
  const outcomes = new Map<string, DestroyOutcome>();
  for (const argument of planDestroyBatches(
    items.filter((_, index) => faults[index] === null),
    options,
  )) {
    await destroyBatch(argument, exec, (name, outcome) => outcomes.set(`${argument.dataset}@${name}`, outcome));
  }
  return items.map(({ dataset, name }, index) => {
    const fault = faults[index] ?? null;
    if (fault !== null)
      return { kind: 'kept', code: 'undestroyable', reason: remark('name-refused', { reason: fault }) };
    return outcomes.get(`${dataset}@${name}`) ?? { kind: 'kept', code: 'undestroyable', reason: remark('not-tried') };
  });
}
