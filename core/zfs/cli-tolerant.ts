/**
 * Commands over many snapshots of which some may be gone, or be done already. zfs handles each by itself, goes on after a
 * complaint and exits with 1. Such a run counts only if every single line of complaint is one that was foreseen.
 */
import { isArgumentListTooLong } from '../host/errors.ts';
import { type ChunkLimits, chunkNames, NAME_LIMITS } from './chunk.ts';
import { type CliRunner, type Invocation, succeeded } from './cli-runner.ts';
import type { ZfsOperation } from './errors.ts';
import { datasetOf } from './names.ts';
import type { Ctx } from './types.ts';

export interface TolerantCommand {
  readonly operation: ZfsOperation;
  /** Full names. */
  readonly names: readonly string[];
  readonly args: (names: readonly string[]) => readonly string[];
  /** Complaints about one name that are no failure. */
  readonly foreseen: (name: string) => readonly string[];
  /** Complaints about all of them that are no failure. */
  readonly foreseenOfAll?: readonly string[];
  readonly deadlineMs: (count: number) => number;
  readonly limits?: ChunkLimits;
  readonly facts?: Readonly<Record<string, string>>;
}

export interface TolerantRun {
  /** The names of this command. */
  readonly names: readonly string[];
  readonly stdout: string;
  /** The complaints, each of them foreseen. */
  readonly complaints: ReadonlySet<string>;
}

/** How zfs says that a name that was to be opened is not there. */
export function missingLines(name: string): readonly string[] {
  return ['dataset does not exist', 'no such pool or dataset'].map((what) => `cannot open '${name}': ${what}`);
}

/** Host keeps only the end of a long error output, and says so. */
function isTruncated(stderr: string): boolean {
  return stderr.startsWith('(...)');
}

async function runPart(
  runner: CliRunner,
  command: TolerantCommand,
  names: readonly string[],
  ctx: Ctx | undefined,
): Promise<readonly TolerantRun[]> {
  const invocation: Invocation = {
    operation: command.operation,
    // Some complaints name only the dataset.
    names: [...names, ...new Set(names.map(datasetOf))],
    args: command.args(names),
    deadlineMs: command.deadlineMs(names.length),
    ctx,
    ...(command.facts === undefined ? {} : { facts: command.facts }),
  };
  const halves = async (): Promise<readonly TolerantRun[]> => {
    const half = Math.ceil(names.length / 2);
    const first = await runPart(runner, command, names.slice(0, half), ctx);
    return [...first, ...(await runPart(runner, command, names.slice(half), ctx))];
  };
  let result: Awaited<ReturnType<CliRunner['run']>>;
  try {
    result = await runner.run(invocation);
  } catch (thrown) {
    if (names.length > 1 && isArgumentListTooLong(thrown)) return halves();
    throw thrown;
  }
  if (succeeded(result)) return [{ names, stdout: result.stdout, complaints: new Set() }];
  // What cannot be read cannot be foreseen: fewer names make fewer lines.
  if (isTruncated(result.stderr) && names.length > 1) return halves();

  const foreseen = new Set([...names.flatMap(command.foreseen), ...(command.foreseenOfAll ?? [])]);
  const complaints = new Set(result.stderr.split('\n').filter((line) => line !== ''));
  const unforeseen = [...complaints].filter((line) => !foreseen.has(line));
  if (complaints.size === 0 || unforeseen.length > 0 || result.exit.code === null) {
    // What was foreseen is not what is wrong.
    throw runner.problem(invocation, { ...result, stdout: '', stderr: unforeseen.join('\n') });
  }
  return [{ names, stdout: result.stdout, complaints }];
}

/** Runs the command over all names, in as few processes as their length allows; nothing runs for no names. */
export async function runTolerant(
  runner: CliRunner,
  command: TolerantCommand,
  ctx: Ctx | undefined,
): Promise<readonly TolerantRun[]> {
  const runs: TolerantRun[] = [];
  for (const names of chunkNames([...new Set(command.names)], command.limits ?? NAME_LIMITS)) {
    runs.push(...(await runPart(runner, command, names, ctx)));
  }
  return runs;
}
