/**
 * Ends a receive of ours whose sender has vanished without a word: power was cut, or a laptop changed networks. The ssh server
 * there may keep it waiting for hours, in which nothing else can be received. Ending it loses nothing: what has arrived is kept.
 */
import type { Clock } from '../api/clock.ts';
import type { ReceivingProcess } from '../zfs/receiving-processes.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';

/** The processes of the machine that receives; see core/zfs/receiving-processes.ts. */
export interface ReceivingProcesses {
  list(dataset: string, ctx: Ctx): Promise<readonly ReceivingProcess[] | null>;
  interrupt(process: ReceivingProcess, ctx: Ctx): Promise<boolean>;
}

export interface StalledReceiveOptions {
  readonly zfs: Zfs;
  readonly processes: ReceivingProcesses;
  readonly clock: Clock;
}

/** A sender that lives moves something in this time: partial state is written with every transaction group, every five seconds. */
const QUIET_MS = 30_000;
const GONE_POLL_MS = 1_000;
const GONE_POLLS = 20;
const TOKEN = 'receive_resume_token';

interface Sight {
  readonly process: ReceivingProcess;
  readonly token: string;
}

/**
 * True when a receive into this dataset was ended and is gone. It is ended only if it keeps what has arrived, is the only one,
 * and nothing has arrived for half a minute: the same process with the same resume token. Where that cannot be seen, or may not
 * be done, everything stays. To be called when this dataset is busy and no transfer of this process goes there. Throws what
 * listing throws, and `command-aborted`.
 */
export async function endStalledReceive(dataset: string, options: StalledReceiveOptions, ctx: Ctx): Promise<boolean> {
  const { processes, clock } = options;
  const before = await look(dataset, options, ctx);
  if (before === null) return false;
  await clock.sleep(QUIET_MS, ctx.signal);
  const after = await look(dataset, options, ctx);
  if (after === null || !isSame(before, after)) return false;
  if (!(await processes.interrupt(after.process, ctx))) return false;
  for (let poll = 0; poll < GONE_POLLS; poll += 1) {
    const left = await processes.list(dataset, ctx);
    if (left?.every(({ pid }) => pid !== after.process.pid) === true) return true;
    await clock.sleep(GONE_POLL_MS, ctx.signal);
  }
  return false;
}

/** A process number is given anew after a while; one that is younger than before is another process. */
function isSame(before: Sight, after: Sight): boolean {
  return (
    before.token === after.token &&
    before.process.pid === after.process.pid &&
    after.process.ageS >= before.process.ageS + QUIET_MS / 1000 - 2
  );
}

async function look(dataset: string, { zfs, processes }: StalledReceiveOptions, ctx: Ctx): Promise<Sight | null> {
  const [found, listed] = await Promise.all([zfs.readBack([dataset], [TOKEN], ctx), processes.list(dataset, ctx)]);
  const token = found.get(dataset)?.get(TOKEN)?.value ?? '-';
  const [process, ...others] = listed ?? [];
  return token === '-' || process === undefined || others.length > 0 ? null : { process, token };
}
