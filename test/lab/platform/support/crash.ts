/** An engine that is killed: from some effect on, not one command of it runs any more. */
import { ProblemError } from '../../../../core/api/problem.ts';
import type { Argv, Host } from '../../../../core/host/types.ts';
import { isReceive, isSend, tamperedHost } from './hosts.ts';

const READING = new Set(['list', 'get', 'holds', 'version']);

/** Whether a command changes something. A send counts with the receive that it feeds. */
export function isEffect(argv: Argv): boolean {
  const verb = argv[1] ?? '';
  if (!argv[0].endsWith('zfs') || READING.has(verb)) return false;
  return argv.length > 2 && !isSend(argv) && !argv.includes('-n');
}

export interface CrashingHost {
  readonly host: Host;
  /** The effects so far, each as the verb of zfs; the one that never ran is not among them. */
  readonly effects: readonly string[];
  readonly crashed: () => boolean;
}

/**
 * A host for both ends of an engine that dies right before its effect number `at` (from 0). The run on top of it then fails
 * as it can; on disk is what had been done until then.
 */
export function crashBefore(host: Host, at: number): CrashingHost {
  const effects: string[] = [];
  let dead = false;
  const check = (argv: Argv): Argv => {
    if (!dead && isEffect(argv)) {
      if (effects.length === at) dead = true;
      else effects.push(isReceive(argv) ? 'receive' : (argv[1] ?? ''));
    }
    if (dead) throw new ProblemError('command-failed', { host: host.label }, { detail: 'the engine is dead' });
    return argv;
  };
  return { host: tamperedHost(host, check), effects, crashed: () => dead };
}
