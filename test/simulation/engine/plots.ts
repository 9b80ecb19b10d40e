/** Chains of misfortune that chance would join too rarely. Each takes the scenario of a seed and bends it. */
import type { Chooser } from './random.ts';
import type { Act, Fault, Guarantee, Keep, Scenario } from './scenario.ts';

type Plot = (scenario: Scenario, choose: Chooser) => Scenario;

const draw = (choose: Chooser): number => choose.below(2 ** 31);
const LAST_ONE: Keep = { lastN: 1, regex: null, notReplicated: false, grid: null };
const ALL: Keep = { lastN: null, regex: '.*', notReplicated: false, grid: null };
const HOUR_MS = 3_600_000;

function act(choose: Chooser, work: number, more: Partial<Act> = {}): Act {
  const draws = Array.from({ length: work }, () => draw(choose));
  return { work: draws, deeds: [], settings: null, passMs: HOUR_MS, restart: false, ...more };
}

const fault = (choose: Chooser, kind: Fault['kind'], at: string, point = 0): Fault => ({
  kind,
  at,
  point,
  draw: draw(choose),
});

/** The process dies when enough has arrived to go on from. */
const halfWay = (choose: Chooser, point: number): Fault => ({
  ...fault(choose, 'crash', 'receive-begin/during', point),
  blocks: 1,
});

/** What was held is let go, and another program begins to send it: nothing of that shows in what tells of changes. */
const releasedAndMarked: Plot = (scenario, choose) => ({
  ...scenario,
  sourceRelease: 'new',
  jobs: 1,
  settings: { ...scenario.settings, filesystems: 'all', keepSender: LAST_ONE, include: null, periodic: false },
  faults: [],
  acts: [
    act(choose, 3, { told: ['holds all'] }),
    act(choose, 0),
    act(choose, 0),
    act(choose, 0, {
      told: [
        'releases all',
        'marks ranges for another program',
        ...(choose.chance(30) ? (['forbids bookmarks'] as const) : []),
      ],
    }),
    act(choose, 1),
  ],
});

/** A dataset in the middle of a tree has nothing to be sent, and the one above it breaks off. */
const middleWithoutSnapshots: Plot = (scenario, choose) => ({
  ...scenario,
  encrypted: false,
  jobs: 1,
  datasets: ['tank/data', 'tank/data/leaf', 'tank/data/leaf/deep'],
  volumes: [],
  settings: { ...scenario.settings, filesystems: 'all', include: '^(auto|zrepl)_', periodic: false },
  acts: [act(choose, 0, { told: ['snapshots but the middle'] }), ...scenario.acts.slice(1)],
  faults: [fault(choose, choose.pick(['lose-reply', 'cut-stream']), 'receive-begin/during'), ...scenario.faults],
});

/** Somebody takes a snapshot of a copy that is half received. */
const overtaken: Plot = (scenario, choose) => ({
  ...scenario,
  encrypted: false,
  settings: { ...scenario.settings, filesystems: 'all', keepReceiver: ALL },
  acts: [
    act(choose, 2),
    act(choose, 2),
    act(choose, 0, { told: [choose.pick(['snapshots all copies', 'rolls all copies back'])] }),
  ],
  faults: [halfWay(choose, 40 + choose.below(80)), halfWay(choose, 130 + choose.below(80))],
});

/** The receiver is away while the sender is pruned, with or without anything that is promised. */
const awayWhilePruning: Plot = (scenario, choose) => ({
  ...scenario,
  transport: 'ssh',
  encrypted: false,
  settings: {
    ...scenario.settings,
    initial: 'guarantee_nothing',
    incremental: choose.chance(70) ? 'guarantee_nothing' : scenario.settings.incremental,
    keepSender: { ...LAST_ONE, notReplicated: choose.chance(30) },
    keepReceiver: ALL,
  },
  acts: [act(choose, 2), act(choose, 3, { told: ['cuts the network for hours'] }), act(choose, 1)],
  faults: [],
});

/** The drive goes in the middle of a run, and comes back. */
const driveComesAndGoes: Plot = (scenario, choose) => ({
  ...scenario,
  transport: 'drive',
  settings: { ...scenario.settings, keepSender: LAST_ONE },
  acts: [act(choose, 2), act(choose, 3), act(choose, 1)],
  faults: Array.from({ length: 6 }, () =>
    fault(
      choose,
      choose.chance(80) ? 'vanish-target' : 'yank-target',
      choose.pick([
        'receive-end/after',
        'receive-begin/during',
        'call readBack',
        'call listDatasets',
        'call listVersions',
      ]),
      choose.below(150),
    ),
  ),
});

/** A transfer breaks off, and then less is promised than before, or more. */
const promisesChange: Plot = (scenario, choose) => {
  const [before, after] = choose.pick<readonly [Guarantee, Guarantee]>([
    ['guarantee_resumability', 'guarantee_nothing'],
    ['guarantee_incremental', 'guarantee_nothing'],
    ['guarantee_nothing', 'guarantee_incremental'],
    ['guarantee_resumability', 'guarantee_incremental'],
    ['guarantee_incremental', 'guarantee_resumability'],
  ]);
  const settings = { ...scenario.settings, initial: before, incremental: before };
  return {
    ...scenario,
    settings,
    acts: [
      act(choose, 2),
      act(choose, 2),
      act(choose, 0, { settings: { ...settings, initial: after, incremental: after } }),
      act(choose, choose.below(2)),
    ],
    faults: Array.from({ length: 8 }, (_, index) =>
      fault(choose, choose.pick(['cut-stream', 'kill-receive', 'crash']), 'receive-begin/during', 40 + index * 9),
    ),
  };
};

/** A receive that ends well and has left nothing. */
function pretending(happens: boolean): readonly Fault[] {
  return happens ? [{ kind: 'pretend', at: 'receive-end/before', point: 30, draw: 0 }] : [];
}

/** Something else comes to have the name of what is being sent. */
const swapped: Plot = (scenario, choose) => ({
  ...scenario,
  settings: { ...scenario.settings, filesystems: 'all', include: null },
  acts: [act(choose, 2), act(choose, 2), act(choose, 1)],
  faults: pretending(scenario.seed % 2 === 0).concat(
    Array.from({ length: 3 + choose.below(4) }, (_, index) => ({
      ...fault(
        choose,
        'deed',
        choose.pick([
          'bookmark/before',
          'hold/before',
          'call readBack',
          'call bookmark',
          'call receive',
          'call destroySnapshots',
          'destroy/before',
          'receive-begin/before',
        ]),
        index * 25,
      ),
      deed: 'puts another snapshot in its place',
    })),
  ),
});

/** What arrived in part is worth nothing any more, or has to be found again. */
const outlived: Plot = (scenario, choose) => ({
  ...scenario,
  encrypted: choose.chance(15),
  settings: { ...scenario.settings, filesystems: 'all' },
  acts: [
    act(choose, 2),
    ...Array.from({ length: 3 }, (_, index) =>
      act(choose, index === 0 ? 2 : 0, {
        told: [
          choose.pick([
            'destroys what is half sent',
            'destroys what half sent increments start from',
            'renames what is half sent',
          ]),
        ],
      }),
    ),
  ],
  faults: [halfWay(choose, choose.below(60)), halfWay(choose, 70 + choose.below(60)), halfWay(choose, 160)],
});

/** A stand-in becomes a copy, not at the first go. */
const standInBecomesCopy: Plot = (scenario, choose) => ({
  ...scenario,
  encrypted: false,
  datasets: ['tank/data', 'tank/data/leaf', 'tank/data/leaf/deep'],
  volumes: [],
  settings: { ...scenario.settings, filesystems: 'leaf-only', include: null },
  acts: [
    act(choose, 2),
    act(choose, 1, { settings: { ...scenario.settings, filesystems: 'all', include: null } }),
    act(choose, 0, choose.chance(40) ? { told: ['snapshots all copies'] } : {}),
    act(choose, 1),
  ],
  faults: [
    ...Array.from({ length: choose.below(10) }, (_, index) =>
      fault(choose, choose.pick(['cut-stream', 'crash']), 'receive-begin/during', 60 + index * 8),
    ),
    ...Array.from({ length: (scenario.seed % 3) * 4 }, (_, index): Fault => {
      return { kind: 'cut-stream', at: 'receive-begin/during', point: 130 + index * 11, draw: 0, blocks: 1 };
    }),
  ],
});

/** The passphrase is changed between two snapshots. */
const keyChanges: Plot = (scenario, choose) => ({
  ...scenario,
  encrypted: true,
  settings: { ...scenario.settings, filesystems: 'all' },
  acts: [act(choose, 2), act(choose, 1, { told: ['changes the key'] }), act(choose, 1)],
});

/** Releasing fails again and again while one step follows the other. */
const releasesFail: Plot = (scenario, choose) => ({
  ...scenario,
  settings: { ...scenario.settings, stepwise: true, initialReplication: 'all', initial: scenario.settings.incremental },
  acts: [act(choose, 4), act(choose, 4), act(choose, 1)],
  faults: Array.from({ length: 5 }, (_, index) =>
    fault(choose, 'lose-reply', choose.pick(['release/before', 'destroy-bookmark/before']), index * 20),
  ),
});

/** One interruption after the other, each right when a mark has moved. */
const diesOverAndOver: Plot = (scenario, choose) => {
  const place = choose.pick(['bookmark/after', 'receive-end/after', 'hold/after', 'destroy-bookmark/before']);
  return {
    ...scenario,
    acts: Array.from({ length: 7 }, () => act(choose, 1)),
    faults: Array.from({ length: 14 }, (_, index) => fault(choose, 'crash', place, 20 + index * 10)),
  };
};

const PLOTS = {
  releasedAndMarked,
  middleWithoutSnapshots,
  overtaken,
  awayWhilePruning,
  driveComesAndGoes,
  promisesChange,
  swapped,
  outlived,
  standInBecomesCopy,
  keyChanges,
  releasesFail,
  diesOverAndOver,
} as const satisfies Readonly<Record<string, Plot>>;
type PlotName = keyof typeof PLOTS;

/** Bends the scenario by any of the plots. */
export function plotted(scenario: Scenario, choose: Chooser): Scenario {
  const plot = choose.pick<PlotName>(PLOT_NAMES);
  return { ...PLOTS[plot](scenario, choose), plot };
}

const PLOT_NAMES: readonly [PlotName, ...(readonly PlotName[])] = [
  'releasedAndMarked',
  'middleWithoutSnapshots',
  'overtaken',
  'awayWhilePruning',
  'driveComesAndGoes',
  'promisesChange',
  'swapped',
  'outlived',
  'standInBecomesCopy',
  'keyChanges',
  'releasesFail',
  'diesOverAndOver',
];
