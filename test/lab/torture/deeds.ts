/** What is done to the household at a point, and how it comes back from that. */
import { setTimeout as pause } from 'node:timers/promises';
import type { RunOutcome } from '../../../core/api/contract.ts';
import type { Guest } from '../guests/index.ts';
import { type Household, JOB, REAL_ZFS, STAND_IN, TALK } from './household.ts';
import type { Deed, Trigger } from './points.ts';
import { armedText, FILES } from './trigger.ts';

/** How long the cable is out. */
const CUT_MS = 1_500;
/** A machine that was away is asked again with growing pauses: nobody waits for the longest of them. */
const PATIENCE_MS = 15_000;
const REACH_TIMEOUT_MS = 300_000;

/** From now on the command of the trigger is held still at its moment. */
export async function arm(guest: Guest, trigger: Trigger): Promise<void> {
  await guest.runOk(
    `mkdir -p ${TALK} && cd ${TALK} && rm -f * && cat > ${FILES.armed} &&
{ cmp -s ${STAND_IN} /usr/sbin/zfs || mount --bind ${STAND_IN} /usr/sbin/zfs; }`,
    { stdin: armedText(trigger) },
  );
}

/** Resolves with the words of the command that is held, or null once `disarm` came first. */
export async function untilReached(guest: Guest): Promise<string | null> {
  const words = await guest.runOk(
    `cd ${TALK} && until [ -e ${FILES.reached} ] || [ -e ${FILES.go} ]; do sleep 0.05; done; cat ${FILES.reached} 2>/dev/null; true`,
    { timeoutMs: REACH_TIMEOUT_MS },
  );
  return words === '' ? null : words.trim();
}

/** What is held goes on, and nothing is held any more. A guest that was reset has forgotten all of it. */
export async function disarm(guest: Guest): Promise<void> {
  await guest.runOk(`mkdir -p ${TALK}; cd ${TALK}; rm -f ${FILES.armed}; touch ${FILES.go}
cmp -s ${STAND_IN} /usr/sbin/zfs && umount -l /usr/sbin/zfs; true`);
}

/** Kills the transfers of a guest, held or not. */
export async function killTransfers(guest: Guest): Promise<void> {
  const pattern = `^(${REAL_ZFS}|/bin/bash /usr/sbin/zfs) (send|receive) `;
  // The script comes over standard input: on a command line, the pattern would match the shell that runs it.
  await guest.runOk(['sh', '-s'], { stdin: `pkill -9 -f '${pattern}'; true\n` });
}

/** Does it and waits until the household is as it was: everything up, the daemon answering, no run at work. */
export async function doTo(
  household: Household,
  deed: Deed,
  holder: Guest,
  ended: Promise<RunOutcome>,
): Promise<RunOutcome | null> {
  const { guests, link, daemon, localZfs } = household;
  const { workstation, nas } = guests;
  switch (deed) {
    case 'kill-daemon':
      await daemon.kill({ spawner: false });
      break;
    case 'kill-daemon-and-spawner':
      await daemon.kill({ spawner: true });
      break;
    case 'kill-zfs':
      await killTransfers(holder);
      break;
    case 'cut-link':
      await link.cut();
      break;
    case 'reset-workstation':
      // Everything that runs on that machine goes with it.
      await daemon.kill({ spawner: true });
      await localZfs.close();
      await workstation.rebootHard();
      break;
    case 'reset-nas':
      await nas.rebootHard();
      break;
  }
  await disarm(holder);
  switch (deed) {
    case 'kill-daemon':
    case 'kill-daemon-and-spawner':
      await daemon.start();
      return null;
    case 'reset-workstation':
      await localZfs.open();
      await daemon.start();
      return null;
    case 'cut-link':
      await pause(CUT_MS);
      await link.restore();
      return ended;
    case 'kill-zfs':
      return ended;
    case 'reset-nas':
      return endOrCancel(household, ended);
  }
}

async function endOrCancel({ daemon }: Household, ended: Promise<RunOutcome>): Promise<RunOutcome> {
  const patience = new AbortController();
  const waited = pause(PATIENCE_MS, null, { signal: patience.signal }).catch(() => null);
  const first = await Promise.race([ended, waited]);
  patience.abort();
  if (first === null) await daemon.reset(JOB);
  return ended;
}
