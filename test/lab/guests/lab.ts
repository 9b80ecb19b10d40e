import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltLab, describeBuilt, ensureBuilt } from './build/ensure.ts';
import { withLock, withLockIfFree } from './build/lock.ts';
import { instanceLock, runDir } from './build/paths.ts';
import { type GuestName, guestNames, type ZfsFlavour } from './build/recipe.ts';
import { inPhase, type Reporter, silent } from './build/report.ts';
import { chooseAccelerator } from './run/accelerator.ts';
import { type Guest, openGuest } from './run/guest.ts';
import { isRunning, killLocal } from './run/local-process.ts';
import { endWithUs, startQemu } from './run/qemu.ts';
import { untilReady } from './run/serial.ts';
import { type GuestState, knownInstances, type LabState, readState, writeState } from './run/state.ts';

export interface EnsureLabOptions {
  /** Default `stable`. */
  readonly zfs?: ZfsFlavour;
  readonly report?: Reporter;
}

export interface UpOptions {
  readonly report?: Reporter;
  /**
   * Which pair of guests. Pairs are independent; the default pair, named after the ZFS flavour, is shared by everybody
   * on this machine, so a test that resets, pauses or kills guests takes a pair of its own.
   */
  readonly instance?: string;
  /** Boot a fresh pair even if this one is already up. Default false. */
  readonly fresh?: boolean;
  /** End guests that this call has started when this process ends, even by SIGKILL. Default false: they stay. */
  readonly endWithUs?: boolean;
}

/** A running pair. */
export interface Guests {
  readonly workstation: Guest;
  readonly nas: Guest;
  /** True where the pair was already running and has been taken over as it is. */
  readonly wasUp: boolean;
  readonly state: LabState;
  /** Drops this process's connections; the guests stay up. */
  close(): void;
}

/** A lab that is built; its guests may be up or not. */
export interface Lab {
  readonly built: BuiltLab;
  /** Starts the pair, or takes over the running one. Leftovers of a crashed start are ended first. */
  up(options?: UpOptions): Promise<Guests>;
  /** Ends the pair. Does nothing where none runs. */
  down(instance?: string): Promise<void>;
}

// Ten seconds on an idle machine, minutes on one that compiles and emulates other guests: this only ends what hangs.
const bootTimeoutMs = 600_000;
// A pair that does not answer is ended, so it gets more time than any load should need.
const takeOverTimeoutMs = 90_000;

/**
 * Finds the lab in the cache or builds it, which takes minutes and needs the network, root (or sudo without a password)
 * and Debian on x86-64. Throws an error that says what to do where that is not given.
 */
export async function ensureLab(options: EnsureLabOptions = {}): Promise<Lab> {
  const built = await ensureBuilt(options.zfs ?? 'stable', options.report ?? silent);
  return {
    built,
    up: (upOptions = {}) => up(built, upOptions),
    down: (instance = built.zfs) => downInstance(instance),
  };
}

async function up(built: BuiltLab, options: UpOptions): Promise<Guests> {
  const instance = options.instance ?? built.zfs;
  const report = options.report ?? silent;
  if (!/^[a-z0-9-]{1,40}$/.test(instance)) throw new RangeError(`not a name for a pair of guests: ${instance}`);
  const waiting = () => report(`waiting for another start of ${instance}`, 0, 'begin');
  return withLock(instanceLock(instance), waiting, async () => {
    const running = options.fresh === true ? undefined : await takeOver(built, instance);
    if (running !== undefined) return running;
    await endGuests(instance);
    await sweepDead();
    return boot(built, instance, options.endWithUs === true, report);
  });
}

/** The running pair, if both of its guests stem from this very image and answer. */
async function takeOver(built: BuiltLab, instance: string): Promise<Guests | undefined> {
  const guests = openRunning(instance);
  if (guests === undefined || guests.state.key !== built.key) return undefined;
  try {
    const answer = { timeoutMs: takeOverTimeoutMs };
    await Promise.all([guests.workstation.runOk('true', answer), guests.nas.runOk('true', answer)]);
    return guests;
  } catch {
    guests.close();
    return undefined;
  }
}

function pair(built: BuiltLab, state: LabState, guests: Record<GuestName, GuestState>, wasUp: boolean): Guests {
  const workstation = openGuest('workstation', built, guests.workstation);
  const nas = openGuest('nas', built, guests.nas);
  const close = () => {
    workstation.ssh.drop();
    nas.ssh.drop();
  };
  return { workstation, nas, wasUp, state, close };
}

async function boot(built: BuiltLab, instance: string, owned: boolean, report: Reporter): Promise<Guests> {
  const accelerator = await chooseAccelerator(built, report);
  return inPhase(report, `booting workstation and nas (${built.zfs}, ${accelerator})`, async () => {
    let state: LabState = { instance, zfs: built.zfs, key: built.key, accelerator, ready: false, guests: {} };
    const start = async (name: GuestName) => {
      const guest = await startQemu(built, name, accelerator, join(runDir(instance), name));
      if (owned) endWithUs(guest.process);
      // Written at once: should we be killed now, the next start knows what to end.
      state = { ...state, guests: { ...state.guests, [name]: guest } };
      writeState(state);
      return guest;
    };
    try {
      const started = { workstation: await start('workstation'), nas: await start('nas') };
      await Promise.all(guestNames.map((name) => untilReady(started[name], 0, bootTimeoutMs)));
      state = { ...state, ready: true };
      const guests = pair(built, state, started, false);
      await Promise.all([introduce(guests.workstation, guests.nas), introduce(guests.nas, guests.workstation)]);
      writeState(state);
      return guests;
    } catch (error) {
      await endGuests(instance);
      throw error;
    }
  });
}

/** Lets one guest reach the other by name: `ssh nas` in the workstation, and the other way round. */
async function introduce(guest: Guest, other: Guest): Promise<void> {
  // Without hardware, the default key exchange alone takes seconds.
  const cheap = 'Host *\n  KexAlgorithms curve25519-sha256\n  Ciphers aes128-gcm@openssh.com\n';
  const config = `Host ${other.name}\n  HostName 10.0.2.2\n  Port ${other.sshPort}\n  HostKeyAlias ${other.name}\n${cheap}`;
  await guest.writeFile('/etc/ssh/ssh_config.d/lab.conf', config);
  await guest.runOk('sync');
}

/** Ends a pair of guests by name, whatever image it was booted from. Only processes that the lab started are ended. */
export async function downInstance(instance: string): Promise<void> {
  await withLock(
    instanceLock(instance),
    () => undefined,
    () => endGuests(instance),
  );
}

async function endGuests(instance: string): Promise<void> {
  const guests = readState(instance)?.guests ?? {};
  await Promise.all(Object.values(guests).map((guest) => killLocal(guest.process)));
  rmSync(runDir(instance), { recursive: true, force: true });
}

/** Removes the disks of pairs whose guests have ended without `down`, with the process that owned them for example. */
async function sweepDead(): Promise<void> {
  for (const instance of knownInstances()) {
    await withLockIfFree(instanceLock(instance), async () => {
      const state = readState(instance);
      const guests = Object.values(state?.guests ?? {});
      if (state !== undefined && !guests.some((guest) => isRunning(guest.process))) await endGuests(instance);
    });
  }
}

/** Opens a pair that is up, without building or booting anything; undefined where it is not up. */
export function openRunning(instance: string): Guests | undefined {
  const state = readState(instance);
  const workstation = state?.guests.workstation;
  const nas = state?.guests.nas;
  if (state === undefined || !state.ready || workstation === undefined || nas === undefined) return undefined;
  if (!isRunning(workstation.process) || !isRunning(nas.process)) return undefined;
  const built = describeBuilt(state.zfs, state.key);
  return built === undefined ? undefined : pair(built, state, { workstation, nas }, true);
}

/** All pairs with a guest that is running now. */
export function runningInstances(): LabState[] {
  return knownInstances()
    .flatMap((name) => readState(name) ?? [])
    .filter(({ guests }) => Object.values(guests).some((guest) => isRunning(guest.process)));
}
