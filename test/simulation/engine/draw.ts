/** What a seed means: every choice is drawn from it. */
import { plotted } from './plots.ts';
import { type Chooser, chooser } from './random.ts';
import {
  type Act,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  GUARANTEES,
  type Keep,
  type ReleaseName,
  type Scenario,
  type Settings,
} from './scenario.ts';

const GRID_TEXTS = ['1x1h(keep=all) | 3x1h', '2x30m(keep=2) | 2x1d(keep=2)'] as const;
const HOUR_MS = 3_600_000;

function keepOf(choose: Chooser): Keep {
  if (choose.chance(30)) return { lastN: null, regex: '.*', notReplicated: false, grid: null };
  const grid = choose.chance(20) ? choose.pick(GRID_TEXTS) : null;
  const lastN = choose.chance(grid === null ? 20 : 80) ? null : 1 + choose.below(3);
  return {
    lastN,
    regex: (lastN === null && grid === null) || choose.chance(25) ? '^keep_' : null,
    notReplicated: choose.chance(50),
    grid,
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
  ['tank/data', 'tank/data/leaf', 'tank/data/volume'],
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

/** Where effects and calls of the engine can be met. */
const PLACES = [
  'bookmark/before',
  'bookmark/after',
  'hold/before',
  'hold/after',
  'release/before',
  'release/after',
  'destroy-bookmark/before',
  'destroy-bookmark/after',
  'destroy/before',
  'destroy/after',
  'create/before',
  'create/after',
  'set/before',
  'set/after',
  'snapshot/before',
  'snapshot/after',
  'receive-abort/before',
  'receive-abort/after',
  'receive-begin/before',
  'receive-begin/during',
  'receive-begin/after',
  'receive-end/before',
  'receive-end/after',
  'call listDatasets',
  'call listVersions',
  'call readBack',
  'call receive',
  'call destroySnapshots',
  'call holds',
  'call hold',
] as const;

/** Faults that wait for one place, however rare it is. */
function aimedFaultsOf(choose: Chooser): readonly Fault[] {
  if (choose.chance(40)) return [];
  return Array.from({ length: 1 + choose.below(3) }, (): Fault => {
    const kind = choose.chance(45) ? 'deed' : choose.chance(50) ? choose.pick(BREAKS) : choose.pick(FAULT_KINDS);
    return { point: choose.below(300), kind, draw: choose.below(2 ** 31), at: choose.pick(PLACES) };
  });
}

const releaseOf = (choose: Chooser): ReleaseName => choose.pick(['old', 'new', 'new', 'newest']);

/** The whole scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  const choose = chooser(seed);
  const plain = plainScenario(seed, choose);
  const faulty = { ...plain, faults: [...plain.faults, ...aimedFaultsOf(choose)].sort((a, b) => a.point - b.point) };
  return choose.chance(25) ? plotted(faulty, choose) : faulty;
}

function plainScenario(seed: number, choose: Chooser): Scenario {
  const datasets = choose.pick<readonly string[]>(TREES);
  return {
    seed,
    transport: choose.chance(75) ? 'ssh' : 'drive',
    sourceRelease: releaseOf(choose),
    targetRelease: releaseOf(choose),
    encrypted: choose.chance(15),
    jobs: choose.chance(15) ? 2 : 1,
    datasets,
    volumes: datasets.filter((name) => name.endsWith('/volume')),
    suffix: choose.chance(15) ? ' now: x' : '',
    settings: settingsOf(choose),
    acts: Array.from({ length: 2 + choose.below(4) }, (_, index) => actOf(choose, index)),
    faults: faultsOf(choose),
  };
}
