/** The demonstration: two machines, one backup, one accident, and a proof. */
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { DaemonStatus } from '../../core/api/status.ts';
import {
  ensureLab,
  type Guests,
  type Link,
  lineReporter,
  openLink,
  until,
  type ZfsFlavour,
} from '../../test/lab/guests/index.ts';
import { build } from '../build/build.ts';
import { demoConfig, JOBS } from './config.ts';
import { type DemoFace, openFace } from './face.ts';
import { fillWorkstation, prepareNas, RECEIVING_ROOT, ROUNDS, work } from './home.ts';
import { Ledger } from './ledger.ts';
import { COPIES, prove } from './proof.ts';
import { DemoScreen } from './screen.ts';
import { type DemoReport, summary } from './summary.ts';
import { CONFIG_FILE, Workstation } from './workstation.ts';

export interface DemoOptions {
  /** End afterwards; otherwise the daemon stays up and its status keeps running. */
  readonly once: boolean;
  readonly reportFile: string | null;
  readonly zfs: ZfsFlavour;
}

const INSTANCE = 'demo';
const IDENTITY_FILE = '/root/.ssh/snapferry';
/** A guest reaches the ports of this machine's loopback there. */
const HOST_FOR_GUESTS = '10.0.2.2';
/** The link between the two: slow enough that the first copy can be watched and cut off. */
const LINK_BYTES_PER_SECOND = 4 * 1024 ** 2;
/** The cable is pulled when this part of a large first copy has gone through. */
const CUT_AT = 0.45;
const LARGE_BYTES = 8 * 1024 ** 2;
const FIRST_COPY_TIMEOUT_MS = 15 * 60_000;
const NOTICE_TIMEOUT_MS = 3 * 60_000;

/** Runs it; gives 0 only if everything held. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const startedMs = performance.now();
  const screen = new DemoScreen(process.stdout);
  screen.title('Snapferry: a workstation, a NAS, and a cable that gets pulled');
  const guests = await startGuests(options, screen);
  const workstation = new Workstation(guests.workstation);
  let link: Link | null = null;
  let face: DemoFace | null = null;
  try {
    await screen.step('a home on the workstation, an empty pool on the NAS', async () => {
      await Promise.all([fillWorkstation(guests.workstation), prepareNas(guests.nas)]);
    });
    link = await openLink({ targetPort: guests.nas.sshPort });
    link.setRate({ bytesPerSecond: LINK_BYTES_PER_SECOND });
    const program = await startBackup(workstation, guests, link, screen);
    face = await openFace(guests.workstation, program, (line) => screen.note(line));
    screen.note(
      `another window: ${relative(process.cwd(), process.execPath)} ${relative(process.cwd(), program)} open --socket ${face.socketPath}`,
    );

    const ledger = new Ledger();
    const cut = await firstCopy(workstation, link, ledger, screen);
    link.setRate({ bytesPerSecond: undefined });
    await laterRounds(workstation, ledger, screen);
    const proof = await screen.step('every file of every common snapshot is hashed on both sides', () =>
      prove(guests.workstation, guests.nas),
    );
    const report: DemoReport = {
      zfsVersion: (await guests.workstation.runOk(['zfs', 'version'])).split('\n')[0]?.trim() ?? 'unknown',
      datasets: COPIES.length,
      snapshots: proof.snapshotsCompared,
      bytesSent: ledger.bytesSent,
      interruptedAtBytes: cut.atBytes,
      resumedFromBytes: cut.resumedFromBytes,
      destroyed: ledger.destroyed,
      filesCompared: proof.filesCompared,
      mismatches: proof.mismatches.length,
      wallSeconds: Math.round((performance.now() - startedMs) / 1000),
    };
    if (options.reportFile !== null) await writeFile(options.reportFile, `${JSON.stringify(report, null, 2)}\n`);
    const held = proof.mismatches.length === 0 && cut.resumedFromBytes > 0;
    screen.lines(summary(report, proof.mismatches));
    if (!options.once) await stay(workstation, screen);
    return held ? 0 : 1;
  } catch (error) {
    screen.failure(error);
    const log = await workstation.log().catch(() => '');
    if (log !== '') screen.lines(['The last lines of the daemon:', ...log.trimEnd().split('\n').slice(-15)]);
    return 1;
  } finally {
    screen.end();
    await face?.close();
    await workstation.close().catch(() => {});
    await link?.close();
    guests.close();
    await (await ensureLab({ zfs: options.zfs })).down(INSTANCE);
  }
}

async function startGuests({ zfs }: DemoOptions, screen: DemoScreen): Promise<Guests> {
  const report = lineReporter((line) => screen.lines([line]));
  const lab = await ensureLab({ zfs, report });
  return lab.up({ instance: INSTANCE, fresh: true, endWithUs: true, report });
}

async function startBackup(workstation: Workstation, guests: Guests, link: Link, screen: DemoScreen): Promise<string> {
  const built = await screen.step('Snapferry is built into one file', build);
  await screen.step('it moves in: one key for the NAS, one configuration, one daemon', async () => {
    await guests.workstation.runOk(
      `install -d -m 700 /root/.ssh && rm -f ${IDENTITY_FILE} && ssh-keygen -q -t ed25519 -N '' -C snapferry -f ${IDENTITY_FILE}`,
    );
    const key = (await guests.workstation.readFile(`${IDENTITY_FILE}.pub`)).trim();
    await guests.nas.runOk(`echo '${key}' >> /root/.ssh/authorized_keys`);
    const config = demoConfig({
      host: HOST_FOR_GUESTS,
      port: link.port,
      hostKey: guests.nas.hostKeySha256,
      identityFile: IDENTITY_FILE,
    });
    await workstation.install(built.file, config);
    screen.lines([`  ${CONFIG_FILE}: jobs ${JOBS.join(' and ')}, to ${RECEIVING_ROOT} on the NAS`]);
  });
  return built.file;
}

interface Cut {
  readonly atBytes: number;
  readonly resumedFromBytes: number;
}

/** The first snapshots are taken at once and sent; in the middle of the largest the cable is pulled. */
async function firstCopy(workstation: Workstation, link: Link, ledger: Ledger, screen: DemoScreen): Promise<Cut> {
  screen.heading('the first copy');
  await workstation.follow((status) => {
    ledger.note(status);
    screen.show(status);
  });
  const atBytes = await until(() => largeStepBytes(workstation.latest), {
    what: 'a large first copy is under way',
    timeoutMs: FIRST_COPY_TIMEOUT_MS,
    pollMs: 20,
  });
  await link.cut();
  screen.note(`the cable is pulled after ${(atBytes / 1024 ** 2).toFixed(1)} MiB`);
  await workstation.when('the daemon notices the cut', NOTICE_TIMEOUT_MS, isWaiting);
  await link.restore();
  screen.note('the cable is back');
  await workstation.when('the first copy is complete', FIRST_COPY_TIMEOUT_MS, (status) =>
    status.jobs.every((job) => job.stage === 'idle' && job.lastSuccessMs !== null),
  );
  screen.settle();
  return { atBytes, resumedFromBytes: ledger.resumedFromBytes };
}

/** Bytes of a large first copy once the part to cut at has gone through; false before. */
function largeStepBytes(status: DaemonStatus | null): number | false {
  for (const job of status?.jobs ?? []) {
    for (const dataset of job.replication?.attempts.at(-1)?.datasets ?? []) {
      for (const step of dataset.steps) {
        const expected = step.bytesExpected ?? 0;
        const running = step.startedAtMs !== null && step.finishedAtMs === null;
        if (running && step.kind === 'full' && expected > LARGE_BYTES && step.bytesReplicated > expected * CUT_AT) {
          return step.bytesReplicated;
        }
      }
    }
  }
  return false;
}

function isWaiting(status: DaemonStatus): boolean {
  return status.jobs.some((job) => job.replication !== null && job.replication.waiting !== null);
}

async function laterRounds(workstation: Workstation, ledger: Ledger, screen: DemoScreen): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    await screen.step(`day ${round}: files come, change and go; snapshot, increment, prune`, async () => {
      await work(workstation.guest, round);
      for (const job of JOBS) {
        const { code, stdout, stderr } = await workstation.snapferry('run', job, '--wait');
        if (code !== 0) throw new Error(`"snapferry run ${job} --wait" ended with ${code}\n${stdout}${stderr}`);
      }
      // The daemon's last words on a run may still be on their way.
      await workstation.when('both jobs are idle', NOTICE_TIMEOUT_MS, (status) =>
        status.jobs.every((job) => job.stage === 'idle' && ledger.runsOf(job.name) > round),
      );
    });
  }
}

async function stay(workstation: Workstation, screen: DemoScreen): Promise<void> {
  screen.lines(['', 'The daemon stays up. Its status, until Ctrl-C:', '']);
  const interrupted = Promise.withResolvers<void>();
  process.once('SIGINT', () => interrupted.resolve());
  process.once('SIGTERM', () => interrupted.resolve());
  screen.keepShowing(workstation.latest);
  await interrupted.promise;
}
