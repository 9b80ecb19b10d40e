/** One point: a backup to a drive is brought to it, the drive or the power goes, and all must come to a good end. */
import type { DriveState } from '../../../../core/api/drive.ts';
import { systemClock } from '../../../../core/host/system-clock.ts';
import { scsiDevicePath, until } from '../../guests/index.ts';
import { armGate, passedGate } from './gate.ts';
import { BEAT, type DriveHousehold, type HouseDrive, JOB, reportOf } from './household.ts';
import { type Measured, Meter } from './meter.ts';
import { beginsWith, type DrivePhase, type DrivePoint } from './points.ts';
import type { DriveStory } from './story.ts';

const MIB = 1024 ** 2;
/** Everything in an emulated guest takes its time. */
const REACH_TIMEOUT_MS = 300_000;
const NOTICE_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 600_000;
/** An episode that lasts longer must have seen the other jobs at work. */
const OTHERS_AFTER_S = 90;
/** Whatever of ours runs for longer after all has ended is stuck. */
const STUCK_AFTER_S = 120;
const BYTES: Readonly<Partial<Record<DrivePhase, number>>> = { full: 2 * MIB, incremental: 0.3 * MIB };

/** What the machine did from the moment the drive was pulled until it was back, beside before that. */
export interface Episode {
  readonly seconds: number;
  readonly before: Measured;
  readonly during: Measured;
  /** The kernel kept its lock, and with it every command of ZFS: the other jobs could not go on. */
  readonly blocked: boolean;
  /** Between two snapshots of another dataset that are due every fifteen seconds. */
  readonly longestGapSeconds: number;
  /** Programs of ZFS that waited in the kernel at its end. */
  readonly waiting: number;
}

export interface DriveStrikeResult {
  /** What the run had come to; null where it was over before. */
  readonly held: string | null;
  /** The kernel did not go on without a restart. */
  readonly restarted: boolean;
  readonly resumedSteps: number;
  readonly resumedBytes: number;
  /** Of a yank. */
  readonly episode: Episode | null;
  readonly violations: readonly string[];
  readonly durationMs: number;
}

/** Plugs the drive in and waits until the run has come to the phase; null where it was over before. */
async function approach(household: DriveHousehold, drive: HouseDrive, phase: DrivePhase): Promise<string | null> {
  const { workstation } = household.guests;
  armGate(household.gate, beginsWith(phase, drive.pool));
  await workstation.plugScsi({ serial: drive.serial });
  const bytes = BYTES[phase];
  const held = await until(
    async () => {
      const passed = passedGate(household.gate);
      if (passed !== null) return { at: passed };
      const { drives, replication } = await household.daemon.statusOf(JOB);
      if (drives?.find(({ poolGuid }) => poolGuid === String(drive.poolGuid))?.state === 'safe') return { at: null };
      const steps = (replication?.attempts.at(-1)?.datasets ?? []).flatMap((dataset) => dataset.steps);
      const sent = steps.reduce((sum, { bytesReplicated }) => sum + bytesReplicated, 0);
      return bytes !== undefined && replication?.outcome === 'running' && sent > bytes
        ? { at: `${sent} bytes` }
        : false;
    },
    { what: `the run to come to ${phase}`, timeoutMs: REACH_TIMEOUT_MS, pollMs: 20 },
  );
  if (phase !== 'idle') return held.at;
  await workstation.runOk(`zpool import -N -o cachefile=none -d /dev/disk/by-id ${drive.poolGuid}`);
  // An import writes, and is followed by what it has put off: idle is a pool whose transaction groups have nothing in them.
  const newest = `tail -n 2 /proc/spl/kstat/zfs/${drive.pool}/txgs | head -n 1`;
  await workstation.runOk(`zpool sync ${drive.pool}`);
  await until(async () => /^\d+ +\d+ +C +0 +0 +0 +0 +0 /.test(await workstation.runOk(newest)), {
    what: `${drive.serial} to be at rest`,
    timeoutMs: REACH_TIMEOUT_MS,
    pollMs: 200,
  });
  return 'imported, and nothing at work';
}

async function untilState(
  household: DriveHousehold,
  drive: HouseDrive,
  states: readonly DriveState[],
  timeoutMs: number,
): Promise<DriveState> {
  let last: unknown = null;
  return until(
    async () => {
      const report = await reportOf(household, drive);
      last = report;
      return states.includes(report.state) ? report.state : false;
    },
    { what: `${drive.serial} to be ${states.join(' or ')}`, timeoutMs, pollMs: 100 },
  ).catch((thrown: unknown) => {
    throw new Error(`${String(thrown)}: ${JSON.stringify(last)}`, { cause: thrown });
  });
}

/** `blocked`: the kernel keeps the lock that every command of ZFS takes. */
type End = 'safe' | 'restart' | 'blocked';

/** The last run is over and was good, and the drive may be unplugged; or a restart is needed. */
async function untilEnd(household: DriveHousehold, drive: HouseDrive): Promise<End> {
  let last: unknown = null;
  return until(
    async () => {
      const status = await household.daemon.statusOf(JOB);
      const report = status.drives?.find(({ poolGuid }) => poolGuid === String(drive.poolGuid));
      last = { report, stage: status.stage, failed: status.lastRunFailed };
      if (report?.problem?.code === 'drive-restart-needed') return 'restart';
      if (report?.problem?.code === 'drive-blocks-zfs') return 'blocked';
      return report?.state === 'safe' && status.stage === 'idle' && !status.lastRunFailed ? 'safe' : false;
    },
    { what: `a good end with ${drive.serial}`, timeoutMs: END_TIMEOUT_MS, pollMs: 100 },
  ).catch((thrown: unknown) => {
    throw new Error(`${String(thrown)}: ${JSON.stringify(last)}`, { cause: thrown });
  });
}

async function secondsOf({ guests }: DriveHousehold): Promise<number> {
  return Number(await guests.workstation.runOk('date +%s'));
}

/** Of the snapshots taken between two moments, the moments among them. */
async function longestGap({ guests }: DriveHousehold, fromS: number, toS: number): Promise<number> {
  const list = await guests.workstation.runOk(`zfs list -Hp -d 1 -t snapshot -o creation ${BEAT}`);
  const taken = list
    .trim()
    .split('\n')
    .map(Number)
    .filter((atS) => atS > fromS && atS < toS);
  const moments = [fromS, ...taken.toSorted((a, b) => a - b), toS];
  return Math.max(...moments.slice(1).map((atS, index) => atS - (moments[index] ?? atS)));
}

/** Programs of ZFS that have run for so long, or wait in the kernel without being able to be interrupted. */
async function programs({ guests }: DriveHousehold): Promise<{ readonly waiting: number; readonly old: string[] }> {
  const lines = (await guests.workstation.runOk('ps -eo etimes=,stat=,args=')).split('\n');
  const ours = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , program = '']) => /(^|\/)(zfs|zpool)$/.test(program));
  return {
    waiting: ours.filter(([, stat = '']) => stat.startsWith('D')).length,
    old: ours.filter(([seconds = '0']) => Number(seconds) > STUCK_AFTER_S).map((words) => words.join(' ')),
  };
}

/** The power goes with all that runs, and comes again; what is plugged in stays so. */
async function powerLoss({ daemon, guests }: DriveHousehold): Promise<void> {
  await daemon.kill({ spawner: false });
  await guests.workstation.rebootHard();
  await daemon.start();
}

function othersAtWork({ seconds, during, blocked, longestGapSeconds }: Episode): readonly string[] {
  const found: string[] = [];
  // Nobody can do anything about that but say so.
  if (blocked) return found;
  if (during.nasFailures > 0) found.push(`${during.nasFailures} runs to the NAS have failed while the drive was away`);
  if (seconds < OTHERS_AFTER_S) return found;
  if (during.nasRuns === 0) found.push(`no run to the NAS has ended in ${seconds} s while the drive was away`);
  if (longestGapSeconds > OTHERS_AFTER_S) found.push(`no snapshot of another dataset for ${longestGapSeconds} s`);
  return found;
}

async function yank(
  household: DriveHousehold,
  drive: HouseDrive,
  { awayMs }: DrivePoint,
  meter: Meter,
): Promise<{ readonly end: End; readonly episode: Episode }> {
  const { workstation } = household.guests;
  const before = meter.cut();
  const fromS = await secondsOf(household);
  await workstation.yankScsi(drive.serial);
  await untilState(household, drive, ['pulled', 'away'], NOTICE_TIMEOUT_MS);
  await systemClock.sleep(awayMs);
  await workstation.plugScsi({ serial: drive.serial });
  const end = await untilEnd(household, drive);
  const during = meter.cut();
  const toS = await secondsOf(household);
  const { waiting } = await programs(household);
  // Also of what hangs now, the disk tells afterwards.
  if (end !== 'safe') await powerLoss(household);
  const longestGapSeconds = await longestGap(household, fromS, toS);
  return {
    end,
    episode: { seconds: toS - fromS, before, during, blocked: end === 'blocked', longestGapSeconds, waiting },
  };
}

/** Also after a point that has failed: the next one begins by plugging it in. */
async function unplug({ guests: { workstation } }: DriveHousehold, { serial }: HouseDrive): Promise<void> {
  const { code } = await workstation.run(['test', '-e', scsiDevicePath(serial)]);
  if (code === 0) await workstation.yankScsi(serial);
}

/** Does all of it. Throws where it does not come to its end. */
export async function strikeDrive(
  household: DriveHousehold,
  story: DriveStory,
  point: DrivePoint,
): Promise<DriveStrikeResult> {
  const startedMs = performance.now();
  const drive = household.drives.find(({ serial }) => serial === point.make.serial);
  if (drive === undefined) throw new Error(`there is no drive ${point.make.serial}`);
  await story.goOn(point.phase === 'full');
  const meter = new Meter(household.daemon);
  meter.begin();
  try {
    const held = await approach(household, drive, point.phase);
    let restarted = false;
    let episode: Episode | null = null;
    if (held !== null && point.deed !== 'eject') {
      await systemClock.sleep(point.delayMs);
      if (point.deed === 'yank') {
        const outcome = await yank(household, drive, point, meter);
        episode = outcome.episode;
        restarted = outcome.end !== 'safe';
      } else {
        await powerLoss(household);
      }
      if ((await untilEnd(household, drive)) !== 'safe') throw new Error('a restart is needed after a restart');
    }
    const { lastRunFailed, replication } = await household.daemon.statusOf(JOB);
    const steps = (replication?.attempts ?? []).flatMap(({ datasets }) => datasets.flatMap((dataset) => dataset.steps));
    const resumed = steps.flatMap(({ resumedFromBytes, startedAtMs }) =>
      resumedFromBytes === null || startedAtMs === null ? [] : [resumedFromBytes],
    );
    const { old } = await programs(household);
    const violations = [
      ...(lastRunFailed ? ['the last run has failed'] : []),
      ...(episode === null ? [] : othersAtWork(episode)),
      ...old.map((program) => `it is stuck: ${program}`),
      ...(await story.violations(drive)),
    ];
    await unplug(household, drive);
    await untilState(household, drive, ['away'], NOTICE_TIMEOUT_MS);
    return {
      held,
      restarted,
      resumedSteps: resumed.length,
      resumedBytes: resumed.reduce((sum, bytes) => sum + bytes, 0),
      episode,
      violations,
      durationMs: Math.round(performance.now() - startedMs),
    };
  } finally {
    await meter.end();
    await unplug(household, drive);
  }
}
