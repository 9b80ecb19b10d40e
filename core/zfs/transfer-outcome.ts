/** How a `zfs send | zfs receive` ended, from the exits and words of both ends. Pure. */
import { type ProblemCode, ProblemError } from '../api/problem.ts';
import type { ExitStatus, PipeResult } from '../host/types.ts';
import { classifyZfsError } from './errors.ts';
import { ancestorsOf } from './names.ts';

export interface TransferParties {
  /** Dataset that is sent. */
  readonly sourceDataset: string;
  readonly sourceHost: string;
  /** Dataset that is received into. */
  readonly sinkDataset: string;
  readonly sinkHost: string;
}

/** What a receive says when only the stream was too short; the cause is then at the other end. */
const FOLLOWS_FROM_SEND: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['stream-truncated', 'receive-interrupted']);
/** How a send ends when nobody reads it any more. */
const READER_GONE = /: (?:Broken pipe|signal received)$/m;
const PROGRESS =
  /^(?:[0-9]{2}:[0-9]{2}:[0-9]{2}\t|size\t[0-9]+$|full\t|incremental\t|resume token contents:$|nvlist version: |\t\w+ = )/;

function succeeded(exit: ExitStatus): boolean {
  return exit.code === 0;
}

/** Ended by a signal, seen directly or through a shell. */
function wasKilled(exit: ExitStatus): boolean {
  return exit.code === null || exit.code > 128;
}

/** A receive that was killed has no words of its own; the kernel keeps what arrived as it does for any stream that ends early. */
function asCutShort(receive: ProblemError, exit: ExitStatus): ProblemError {
  if (receive.code !== 'command-failed' || !wasKilled(exit)) return receive;
  return new ProblemError('stream-truncated', receive.facts, { detail: receive.detail });
}

/** Standard error of a send without its running commentary. */
export function withoutProgress(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !PROGRESS.test(line))
    .join('\n');
}

/**
 * The problem that explains a failed transfer best; null when both ends ended well. A send that failed is never a success,
 * even where the receive was content with what it got.
 */
export function transferProblem(
  { source, sink }: Pick<PipeResult, 'source' | 'sink'>,
  parties: TransferParties,
): ProblemError | null {
  const words = withoutProgress(source.stderr);
  const send = succeeded(source.exit)
    ? null
    : classifyZfsError({
        operation: 'send',
        names: [parties.sourceDataset],
        stderr: words,
        exit: source.exit,
        host: parties.sourceHost,
      });
  const receive = succeeded(sink.exit)
    ? null
    : asCutShort(
        classifyZfsError({
          operation: 'receive',
          names: [parties.sinkDataset, ...ancestorsOf(parties.sinkDataset)],
          stderr: sink.stderr,
          stdout: sink.stdout,
          exit: sink.exit,
          host: parties.sinkHost,
        }),
        sink.exit,
      );
  if (send === null || receive === null) return send ?? receive;
  if (send.code !== 'command-failed') return send;
  if (wasKilled(source.exit) || READER_GONE.test(words)) return receive;
  return FOLLOWS_FROM_SEND.has(receive.code) || receive.code === 'command-failed' ? send : receive;
}
