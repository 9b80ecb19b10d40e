/** The imported pools of a host. */
import { ProblemError } from '../api/problem.ts';
import type { Host } from '../host/types.ts';
import { readable, wholeLines } from './parse-common.ts';

export interface PoolFacts {
  readonly name: string;
  readonly guid: string;
  readonly sizeBytes: number;
  readonly freeBytes: number;
  /** As zpool says it: ONLINE, DEGRADED, ... */
  readonly health: string;
  readonly readonly: boolean;
}

const COLUMNS = ['name', 'guid', 'size', 'free', 'health', 'readonly'] as const;
const LIMITS = { deadlineMs: 30_000, stdoutLimitBytes: 1024 * 1024 };
/** A pool that is gone under our feet has no sizes. */
const NONE = '-';

/** Reads `zpool list -Hp -o ...`. Throws `output-unreadable`. */
export function parsePools(stdout: string): readonly PoolFacts[] {
  return wholeLines(stdout).map((line) => {
    const cells = line.split('\t');
    readable(cells.length === COLUMNS.length, 'a line of zpool list', line);
    const [name = '', guid = '', size = '', free = '', health = '', mode = ''] = cells;
    readable(/^\d{1,20}$/.test(guid), 'the guid of a pool', line);
    return {
      name,
      guid,
      sizeBytes: sizeOf(size, line),
      freeBytes: sizeOf(free, line),
      health,
      readonly: mode === 'on',
    };
  });
}

function sizeOf(text: string, line: string): number {
  if (text === NONE) return 0;
  readable(/^\d{1,20}$/.test(text), 'a size of a pool', line);
  return Number(text);
}

/** All of them, or those of these names that are imported. Throws `command-failed`, and what `Host.run` throws. */
export async function listPools(
  host: Host,
  signal: AbortSignal,
  names?: readonly string[],
): Promise<readonly PoolFacts[]> {
  if (names?.length === 0) return [];
  const { exit, stdout, stderr } = await host.run(['zpool', 'list', '-Hp', '-o', COLUMNS.join(','), ...(names ?? [])], {
    ...LIMITS,
    signal,
  });
  const isGone = names !== undefined && /no such pool/.test(stderr);
  if (exit.code !== 0 && !isGone) throw new ProblemError('command-failed', { host: host.label }, { detail: stderr });
  return parsePools(stdout);
}
