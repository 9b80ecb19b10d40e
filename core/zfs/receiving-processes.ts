/**
 * Processes that receive into a dataset, as `ps` shows them. A receive whose sender vanished without a word (power cut, another
 * network) waits for more until the ssh server there gives up the connection, which takes hours, and nobody else may write there.
 */
import type { Argv, Host } from '../host/types.ts';
import type { Ctx } from './types.ts';

export interface ReceivingProcess {
  readonly pid: number;
  /** Seconds since it was started. */
  readonly ageS: number;
}

const LIMITS = { deadlineMs: 20_000, stdoutLimitBytes: 4 * 1024 * 1024 };
const ROW =
  /^ *(?<pid>\d{1,10}) +(?:(?:(?<days>\d{1,6})-)?(?<hours>\d{1,2}):)?(?<minutes>\d{1,2}):(?<seconds>\d{2}) +(?<args>.+)$/;
/** As our own commands are: keeping what has arrived when they are ended. */
const RECEIVE = /^(?:\/\S*\/)?zfs receive -u (?:-F )?-s (?:.* )?$/;
/** A name is the whole rest of the line, or the end of a value would be part of it. */
const FLAGS_END = /(?:-s|-[ox] \S+) $/;

/**
 * Those that receive into exactly this dataset, by a command line as ours and keeping what has arrived when they are ended.
 * Lines that are no rows are passed over. Pure.
 * @param table of `ps -A -o pid= -o etime= -o args=`
 */
export function parseReceiving(table: string, dataset: string): readonly ReceivingProcess[] {
  return table.split('\n').flatMap((line) => {
    const row = ROW.exec(line)?.groups;
    const args = (row?.args ?? '').trimEnd();
    const target = args.replace(/@[^@ ]*$/, '');
    const flags = target.slice(0, -dataset.length);
    if (row === undefined || !target.endsWith(dataset) || !RECEIVE.test(flags) || !FLAGS_END.test(flags)) return [];
    const { days = '0', hours = '0', minutes = '0', seconds = '0' } = row;
    const ageS = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return [{ pid: Number(row.pid), ageS }];
  });
}

/** What receives on this host. Both throw what `Host.run` throws. */
export function receivingOn(host: Host) {
  const run = (argv: Argv, { signal }: Ctx) =>
    host.run(argv, { ...LIMITS, ...(signal === undefined ? {} : { signal }) });
  return {
    /** Null where it has no such `ps`. */
    async list(dataset: string, ctx: Ctx): Promise<readonly ReceivingProcess[] | null> {
      const { exit, stdout } = await run(['ps', '-A', '-ww', '-o', 'pid=', '-o', 'etime=', '-o', 'args='], ctx);
      return exit.code === 0 ? parseReceiving(stdout, dataset) : null;
    },
    /** Asks it to end, which keeps what has arrived. False where we may not, or it is gone. */
    async interrupt({ pid }: ReceivingProcess, ctx: Ctx): Promise<boolean> {
      const { exit } = await run(['kill', '-TERM', String(pid)], ctx);
      return exit.code === 0;
    },
  };
}
