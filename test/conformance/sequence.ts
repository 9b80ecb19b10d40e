/** Random sequences of operations on two places, as plain data: the same one runs on simulated and on real machines. Pure. */
import { Random } from './random.ts';

type PlaceName = 'source' | 'target';

/**
 * Where a number stands for a version, it picks one of those that are there when the operation runs: the one at this index
 * modulo their count. Where there is none, nothing is done.
 */
export type Operation =
  | { readonly kind: 'create'; readonly place: PlaceName; readonly path: string }
  | { readonly kind: 'placeholder'; readonly place: PlaceName; readonly path: string }
  | { readonly kind: 'destroy-dataset'; readonly place: PlaceName; readonly path: string }
  | { readonly kind: 'append'; readonly place: PlaceName; readonly path: string; readonly blocks: number }
  | { readonly kind: 'overwrite' | 'clear'; readonly place: PlaceName; readonly path: string }
  | { readonly kind: 'snapshot'; readonly place: PlaceName; readonly paths: readonly string[]; readonly name: string }
  | {
      readonly kind: 'hold' | 'release';
      readonly place: PlaceName;
      readonly path: string;
      readonly picks: readonly number[];
      readonly tag: string;
    }
  | {
      readonly kind: 'bookmark' | 'copy-bookmark';
      readonly place: PlaceName;
      readonly path: string;
      readonly pick: number;
      readonly name: string;
    }
  | { readonly kind: 'destroy-bookmark'; readonly place: PlaceName; readonly path: string; readonly pick: number }
  | { readonly kind: 'destroy'; readonly place: PlaceName; readonly path: string; readonly picks: readonly number[] }
  | {
      readonly kind: 'rename-snapshot';
      readonly place: PlaceName;
      readonly path: string;
      readonly pick: number;
      readonly name: string;
    }
  | { readonly kind: 'rollback'; readonly place: PlaceName; readonly path: string; readonly pick: number }
  | { readonly kind: 'set'; readonly place: PlaceName; readonly path: string; readonly value: string }
  | {
      readonly kind: 'send';
      readonly path: string;
      /** Null: a first send. `common`: the newest that both places have; a first send where the target has nothing. */
      readonly from: number | 'common' | null;
      readonly fromBookmark: boolean;
      readonly to: number | 'newest';
      readonly range: boolean;
      readonly force: boolean;
      readonly savePartial: boolean;
      readonly cutAfterBlocks: number | null;
    }
  | { readonly kind: 'resume'; readonly path: string; readonly cutAfterBlocks: number | null }
  | { readonly kind: 'abort'; readonly path: string };

const PATHS: readonly [string, ...string[]] = ['a', 'a', 'a', 'a', 'a', 'b', 'a/c'];
const TAGS: readonly [string, ...string[]] = ['tag', 'other tag'];
const WEIGHTED: readonly [Operation['kind'], ...Operation['kind'][]] = [
  ...(['append', 'append', 'append', 'append', 'append', 'append', 'overwrite', 'overwrite'] as const),
  ...(['snapshot', 'snapshot', 'snapshot', 'snapshot', 'snapshot', 'snapshot', 'snapshot'] as const),
  ...(['send', 'send', 'send', 'send', 'send', 'send', 'send', 'send', 'send', 'send'] as const),
  ...(['resume', 'resume', 'resume', 'abort'] as const),
  ...(['hold', 'hold', 'release', 'bookmark', 'bookmark', 'copy-bookmark', 'destroy-bookmark'] as const),
  ...(['destroy', 'destroy', 'rename-snapshot', 'rollback', 'set', 'clear', 'create', 'placeholder'] as const),
  'destroy-dataset',
];

function places(random: Random): PlaceName {
  // Most happens at the source; a target that others change is the exception.
  return random.below(6) === 0 ? 'target' : 'source';
}

function picks(random: Random): readonly number[] {
  return Array.from({ length: 1 + random.below(3) }, () => random.below(12));
}

function cut(random: Random): number | null {
  return random.below(2) === 0 ? 1 + random.below(3) : null;
}

function operation(random: Random, index: number): Operation {
  const kind = random.pick(WEIGHTED);
  const path = random.pick(PATHS);
  const place = places(random);
  // Few names, so that some are taken.
  const name = `s${random.below(4) === 0 ? random.below(index + 1) : index}`;
  switch (kind) {
    case 'append':
      return { kind, place, path, blocks: 1 + random.below(5) };
    case 'snapshot':
      return { kind, place, paths: random.below(3) === 0 ? [...new Set(PATHS)] : [path], name };
    case 'hold':
    case 'release':
      return { kind, place, path, picks: picks(random), tag: random.pick(TAGS) };
    case 'bookmark':
    case 'copy-bookmark':
      return { kind, place, path, pick: random.below(12), name: `m${random.below(6)}` };
    case 'destroy-bookmark':
    case 'rollback':
      return { kind, place, path, pick: random.below(12) };
    case 'destroy':
      return { kind, place, path, picks: picks(random) };
    case 'rename-snapshot':
      return { kind, place, path, pick: random.below(12), name };
    case 'set':
      return { kind, place, path, value: name };
    case 'send': {
      const first = random.below(5) === 0;
      const sensible = random.below(4) !== 0;
      return {
        kind,
        path,
        from: first ? null : sensible ? 'common' : random.below(12),
        fromBookmark: random.below(4) === 0,
        to: sensible ? 'newest' : random.below(12),
        range: !first && random.below(3) === 0,
        force: first && random.below(4) === 0,
        savePartial: random.below(4) !== 0,
        cutAfterBlocks: cut(random),
      };
    }
    case 'resume':
      return { kind, path, cutAfterBlocks: cut(random) };
    case 'abort':
      return { kind, path };
    default:
      return { kind, place, path };
  }
}

/** A few operations that belong together: something new before a send, and something after one that was cut. */
function burst(random: Random, index: number): readonly Operation[] {
  const last = operation(random, index);
  if (last.kind !== 'send' || last.to !== 'newest' || random.below(5) === 0) return [last];
  const { path } = last;
  const before: readonly Operation[] = [
    { kind: 'append', place: 'source', path, blocks: 2 + random.below(4) },
    { kind: 'snapshot', place: 'source', paths: [path], name: `s${index}` },
  ];
  const isResumed = last.cutAfterBlocks !== null && random.below(3) !== 0;
  return [...before, last, ...(isResumed ? [{ kind: 'resume', path, cutAfterBlocks: cut(random) } as const] : [])];
}

/** A sequence that begins with something to work with. */
export function makeSequence(seed: number, length = 30): readonly Operation[] {
  const random = new Random(seed);
  const first = {
    kind: 'send',
    from: null,
    fromBookmark: false,
    to: 0,
    range: false,
    force: false,
    savePartial: true,
    cutAfterBlocks: null,
  } as const;
  const start: readonly Operation[] = ['a', 'b'].flatMap((path): readonly Operation[] => [
    { kind: 'create', place: 'source', path },
    { kind: 'append', place: 'source', path, blocks: 3 },
    { kind: 'snapshot', place: 'source', paths: [path], name: 'first' },
    { ...first, path },
  ]);
  const operations = [...start];
  while (operations.length < length) operations.push(...burst(random, operations.length));
  return operations.slice(0, length);
}
