/** What a seed means where drives come and go beside a NAS and snapshots: a stream of choices of its own. */
import { settingsOf } from '../draw.ts';
import { type Chooser, chooser } from '../random.ts';
import type { Act, DriveOfJob, Fault, FaultKind, Scenario } from '../scenario.ts';
import { PLUGS_ALL, whatOf } from './faults.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Apart from the seeds of households without drives. */
const STREAM = 0x5eed_0000;

const BESIDES = [
  'crash',
  'crash-lingering',
  'lose-reply',
  'cut-stream',
  'kill-receive',
  'outage',
  'half-open',
  'reset-job',
  'sleep-a-day',
  'power-loss',
  'drive-errors',
  'deaf-udev',
] as const satisfies readonly FaultKind[];

/** Where a drive can be pulled out: coming in, planning, full, increment, completion, pruning, going out, idle. */
const PLACES = [
  'command import',
  'within import',
  'command list',
  'command sync',
  'within sync',
  'command export',
  'within export',
  'command status',
  'command reopen',
  'command clear',
  'call listVersions',
  'call listDatasets',
  'call readBack',
  'call receive',
  'call hold',
  'call destroySnapshots',
  'create/before',
  'receive-begin/before',
  'receive-begin/during',
  'receive-begin/after',
  'receive-end/before',
  'receive-end/after',
  'hold/before',
  'hold/after',
  'release/before',
  'bookmark/before',
  'destroy/before',
  'destroy/after',
  'snapshot/before',
] as const;

function faultsOf(choose: Chooser): readonly Fault[] {
  const count = choose.chance(10) ? 0 : 1 + choose.below(6);
  const faults = Array.from({ length: count }, (): Fault => {
    const kind: FaultKind = choose.chance(65) ? 'yank-drive' : choose.pick(BESIDES);
    const where = choose.chance(65) ? { at: choose.pick(PLACES) } : {};
    return { point: choose.below(500), kind, draw: choose.below(2 ** 31), ...where };
  });
  return faults.sort((a, b) => a.point - b.point);
}

function draws(choose: Chooser, count: number): readonly number[] {
  return Array.from({ length: count }, () => choose.below(2 ** 31));
}

function actOf(choose: Chooser, index: number): Act {
  return {
    work: draws(choose, 1 + choose.below(2)),
    deeds: [],
    settings: null,
    passMs: choose.chance(85) ? choose.below(80 * MINUTE_MS) : choose.below(20) * 24 * HOUR_MS,
    restart: choose.chance(15),
    drives: draws(choose, index === 0 ? 2 : 1),
    asked: choose.chance(50),
  };
}

/** Moments at which a drive comes in or goes out, and another one may want to. */
const SHARED_PLACES = ['within import', 'within sync', 'command import', 'command export'] as const;

/** Two jobs, both drives plugged in, and one is pulled out while it comes in or goes out: the other one must not wait for it. */
function bothAtOnce(scenario: Scenario, choose: Chooser): Scenario {
  const { drives, acts, faults } = scenario;
  if (drives === undefined) return scenario;
  const apart = drives.drives.map((drive, index) => ({ ...drive, job: index === 0 ? 'home' : 'away' }));
  const [first, ...rest] = acts;
  const yank: Fault = { point: 0, kind: 'yank-drive', draw: choose.below(2 ** 31), at: choose.pick(SHARED_PLACES) };
  return {
    ...scenario,
    plot: 'both at once',
    drives: { ...drives, drives: apart, ejectWhenDone: true },
    acts: first === undefined ? [] : [{ ...first, drives: [drawOf(choose, PLUGS_ALL)], asked: true }, ...rest],
    faults: [yank, ...faults],
  };
}

/** A draw of what a person does with drives that comes to this. */
function drawOf(choose: Chooser, what: number): number {
  for (;;) {
    const draw = choose.below(2 ** 31);
    if (whatOf(chooser(draw)) === what) return draw;
  }
}

/** The whole scenario of a seed. */
export function driveScenarioOf(seed: number): Scenario {
  const choose = chooser(seed ^ STREAM);
  const scenario = plainScenario(seed, choose);
  if (choose.chance(20)) return bothAtOnce(scenario, choose);
  return choose.chance(10) ? betweenServices(scenario, choose) : scenario;
}

/** Drives stay connected, and are pulled out and plugged in again while no service runs. */
function betweenServices(scenario: Scenario, choose: Chooser): Scenario {
  const { drives, acts } = scenario;
  const [first, second, ...rest] = acts;
  if (drives === undefined || first === undefined || second === undefined) return scenario;
  return {
    ...scenario,
    plot: 'between services',
    drives: { ...drives, ejectWhenDone: false },
    acts: [
      // Sometimes at once, while what was written is not on the drive yet.
      { ...first, drives: [drawOf(choose, PLUGS_ALL)], asked: true, passMs: choose.pick([0, first.passMs]) },
      { ...second, restart: true, replugs: choose.below(2 ** 31), drives: [] },
      ...rest,
    ],
  };
}

function plainScenario(seed: number, choose: Chooser): Scenario {
  const together = choose.chance(50);
  const drives = ['Blue', 'Red'].map((name, index): DriveOfJob => {
    const guid = String((BigInt(choose.below(2 ** 31)) << 32n) | BigInt(1 + choose.below(2 ** 31)));
    return { name, pool: name.toLowerCase(), guid, job: together || index === 0 ? 'home' : 'away' };
  });
  const datasets = choose.pick<readonly string[]>([['tank/data'], ['tank/data', 'tank/data/leaf']]);
  const settings = settingsOf(choose);
  return {
    seed,
    transport: 'ssh',
    sourceRelease: choose.pick(['old', 'new']),
    targetRelease: choose.pick(['old', 'new']),
    encrypted: false,
    jobs: 1,
    datasets,
    volumes: [],
    suffix: '',
    settings: { ...settings, periodic: choose.chance(60), filesystems: 'all' },
    acts: Array.from({ length: 2 + choose.below(3) }, (_, index) => actOf(choose, index)),
    faults: faultsOf(choose),
    drives: {
      drives,
      onPlug: choose.chance(80) ? 'start' : 'ask',
      ejectWhenDone: choose.chance(60),
      failmode: choose.chance(70) ? 'wait' : 'continue',
    },
  };
}
