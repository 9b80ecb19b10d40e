/** What a seed means: a small world, what its jobs are to do in it, and everything that goes wrong. Plain data. */
import { type Chooser, chooser } from './random.ts';

export const GUARANTEES = ['guarantee_incremental', 'guarantee_resumability', 'guarantee_nothing'] as const;
export type Guarantee = (typeof GUARANTEES)[number];

/** What a configuration says of a job and may say otherwise tomorrow. */
export interface Settings {
  readonly initial: Guarantee;
  readonly incremental: Guarantee;
  readonly stepwise: boolean;
  readonly steps: number;
  readonly initialReplication: 'most_recent' | 'all';
  readonly filesystems: 'all' | 'leaf-only' | 'without-leaf';
  /** Snapshots that are sent; null: all. */
  readonly include: string | null;
  readonly keepSender: Keep;
  readonly keepReceiver: Keep;
  readonly periodic: boolean;
}

/** Rules of pruning, as far as the simulation uses them. */
export interface Keep {
  readonly lastN: number | null;
  readonly regex: string | null;
  readonly notReplicated: boolean;
}

export const FAULT_KINDS = [
  'crash',
  'crash-lingering',
  'lose-reply',
  'cut-stream',
  'kill-receive',
  'outage',
  'half-open',
  'yank-target',
  'yank-source',
  'reset-job',
  'clock-jump',
  'sleep-a-day',
  'full-target',
  'deny',
  'deed',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Something that goes wrong at one moment: the first point at or after `point` where it can. */
export interface Fault {
  readonly point: number;
  readonly kind: FaultKind;
  /** What its details are drawn from. */
  readonly draw: number;
}

/** What happens between two runs, and the run. */
export interface Act {
  /** Draws of what a person does before the run; writing and snapshots come first. */
  readonly work: readonly number[];
  readonly deeds: readonly number[];
  readonly settings: Settings | null;
  readonly passMs: number;
  /** The process is started anew before this run. */
  readonly restart: boolean;
}

export interface Scenario {
  readonly seed: number;
  /** `drive`: both pools on one machine, through a local sink. */
  readonly transport: 'ssh' | 'drive';
  readonly sourceRelease: 'old' | 'new';
  readonly targetRelease: 'old' | 'new';
  /** The source is encrypted and is sent raw. */
  readonly encrypted: boolean;
  /** Two push jobs on the same datasets, to different roots. */
  readonly jobs: 1 | 2;
  readonly datasets: readonly string[];
  readonly settings: Settings;
  readonly acts: readonly Act[];
  readonly faults: readonly Fault[];
}

const HOUR_MS = 3_600_000;

function keepOf(choose: Chooser): Keep {
  if (choose.chance(30)) return { lastN: null, regex: '.*', notReplicated: false };
  const lastN = choose.chance(20) ? null : 1 + choose.below(3);
  return {
    lastN,
    regex: lastN === null || choose.chance(25) ? '^keep_' : null,
    notReplicated: choose.chance(50),
  };
}

export function settingsOf(choose: Chooser): Settings {
  const incremental = choose.pick(GUARANTEES);
  return {
    initial: choose.chance(70) ? incremental : choose.pick(GUARANTEES),
    incremental,
    stepwise: choose.chance(40),
    steps: 1 + choose.below(3),
    initialReplication: choose.chance(60) ? 'all' : 'most_recent',
    filesystems: choose.chance(70) ? 'all' : choose.pick(['leaf-only', 'without-leaf']),
    include: choose.chance(20) ? '^(auto|zrepl)_' : null,
    keepSender: keepOf(choose),
    keepReceiver: { ...keepOf(choose), notReplicated: false },
    periodic: choose.chance(25),
  };
}

const TREES: readonly [readonly string[], ...(readonly string[])[]] = [
  ['tank/data'],
  ['tank/data', 'tank/data/leaf'],
  ['tank/data', 'tank/data/leaf', 'tank/data/leaf/deep'],
  ['tank/data', 'tank/data/a', 'tank/data/leaf'],
];

function draws(choose: Chooser, count: number): readonly number[] {
  return Array.from({ length: count }, () => choose.below(2 ** 31));
}

function actOf(choose: Chooser, index: number): Act {
  return {
    work: draws(choose, 1 + choose.below(4)),
    deeds: draws(choose, choose.chance(25) ? 1 + choose.below(2) : 0),
    settings: index > 0 && choose.chance(25) ? settingsOf(choose) : null,
    passMs: choose.chance(80) ? choose.below(2 * HOUR_MS) : choose.below(40) * 24 * HOUR_MS,
    restart: choose.chance(20),
  };
}

const CRASHES = ['crash', 'crash', 'crash-lingering'] as const;
const BREAKS = ['cut-stream', 'kill-receive', 'lose-reply'] as const;

/** Faults with gaps between them that fit the number of points a run has. */
function faultsOf(choose: Chooser): readonly Fault[] {
  const count = choose.chance(10) ? 0 : 1 + choose.below(choose.chance(30) ? 14 : 6);
  const spacing = choose.pick([8, 25, 70]);
  let point = 0;
  return Array.from({ length: count }, (): Fault => {
    point += choose.below(spacing * 2);
    const often = choose.chance(75) ? CRASHES : BREAKS;
    const kind = choose.chance(50) ? choose.pick<FaultKind>(often) : choose.pick(FAULT_KINDS);
    return { point, kind, draw: choose.below(2 ** 31) };
  });
}

/** The whole scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  const choose = chooser(seed);
  return {
    seed,
    transport: choose.chance(75) ? 'ssh' : 'drive',
    sourceRelease: choose.chance(50) ? 'old' : 'new',
    targetRelease: choose.chance(50) ? 'old' : 'new',
    encrypted: choose.chance(15),
    jobs: choose.chance(15) ? 2 : 1,
    datasets: choose.pick<readonly string[]>(TREES),
    settings: settingsOf(choose),
    acts: Array.from({ length: 2 + choose.below(4) }, (_, index) => actOf(choose, index)),
    faults: faultsOf(choose),
  };
}
