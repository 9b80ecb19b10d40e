/** What a seed means where drives come and go beside a NAS and snapshots: a stream of choices of its own. */
import { settingsOf } from '../draw.ts';
import { type Chooser, chooser } from '../random.ts';
import type { Act, DriveOfJob, Fault, FaultKind, Scenario } from '../scenario.ts';

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

/** The whole scenario of a seed. */
export function driveScenarioOf(seed: number): Scenario {
  const choose = chooser(seed ^ STREAM);
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
