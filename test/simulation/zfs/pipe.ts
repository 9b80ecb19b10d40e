/** Two commands joined: `zfs send` on one simulated machine and `zfs receive` on the same or another. */
import type { PipeResult } from '../../../core/host/types.ts';
import { type Call, checkNotAborted, enact, hangs, whenBack } from './effects.ts';
import { findDataset, findPool, namesChanged, subtreeOf } from './lookup.ts';
import { fail, type Output, openDatasetComplaint, readOptions, succeed } from './output.ts';
import { streamBytes, tokenTextOf } from './partial-token.ts';
import type { ReceiveArguments } from './receiving.ts';
import { type OpenedSend, openSend, type StreamRecord } from './sending.ts';
import { type Receiving, receiveRecord } from './transfer.ts';

export interface SourceEnd {
  readonly call: Call;
  /** After `send`. */
  readonly args: readonly string[];
  /** The stream ends after so many blocks, as if that had been all of it. */
  readonly cutAfterBlocks: number | null;
  readonly onStderrLine: (line: string) => void;
}

export interface SinkEnd {
  readonly call: Call;
  /** After `receive`. */
  readonly args: readonly string[];
}

type Ends = Pick<PipeResult, 'source' | 'sink'>;

const WELL = { code: 0, signal: null };
const BROKEN_PIPE = { exit: { code: null, signal: 'SIGPIPE' }, stderr: '' };

function bad(stderr: string): { readonly exit: { code: number; signal: null }; readonly stderr: string } {
  return { exit: { code: 1, signal: null }, stderr };
}

function receiveArguments(args: readonly string[]): ReceiveArguments | null {
  const options = readOptions(args, 'usFv', 'xo');
  const target = options?.operands[0];
  if (options === null || target === undefined) return null;
  const at = target.indexOf('@');
  return {
    dataset: at < 0 ? target : target.slice(0, at),
    snapshot: at < 0 ? null : target.slice(at + 1),
    force: options.flags.has('F'),
    savePartial: options.flags.has('s'),
    inherit: options.values.filter(([option]) => option === 'x').map(([, value]) => value),
    override: options.values
      .filter(([option]) => option === 'o')
      .map(([, text]) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const),
  };
}

/** Runs both to their ends. Rejects with what a watcher of the effects throws. */
export async function sendAndReceive(source: SourceEnd, sink: SinkEnd): Promise<Ends> {
  const args = receiveArguments(sink.args);
  if (args === null) return { source: BROKEN_PIPE, sink: { ...bad("invalid option 'y'\n"), stdout: '' } };
  const sourcePool = findPool(source.call.machine, sourceName(source.args));
  while (sourcePool !== undefined && hangs(sourcePool) && sourcePool.state === 'stalled') {
    source.call.onStall();
    await whenBack(sourcePool);
  }
  checkNotAborted(sink.call);
  const opened = openSend(source.call.machine, source.args);
  if ('code' in opened) {
    return {
      source: bad(opened.stderr),
      sink: { ...bad('cannot receive: failed to read from stream\n'), stdout: '' },
    };
  }
  if (opened.isPackage && args.snapshot !== null) {
    const words = 'cannot receive: cannot specify snapshot name for multi-snapshot stream\n';
    return { source: BROKEN_PIPE, sink: { ...bad(words), stdout: '' } };
  }
  for (const record of opened.records) record.source.readers += 1;
  try {
    return await receiveAll(source, sink.call, args, opened);
  } finally {
    for (const record of opened.records) record.source.readers -= 1;
  }
}

function sourceName(args: readonly string[]): string {
  return args.at(-1) ?? '';
}

function bytesOf({ changes, skipped }: StreamRecord): number {
  return streamBytes(Math.max(0, changes.length - skipped));
}

async function receiveAll(source: SourceEnd, call: Call, args: ReceiveArguments, opened: OpenedSend): Promise<Ends> {
  const receiving: Receiving = { call, args, budgetBlocks: source.cutAfterBlocks ?? Number.POSITIVE_INFINITY };
  source.onStderrLine(`size\t${opened.records.reduce((sum, record) => sum + bytesOf(record), 0)}`);
  for (const record of opened.records) {
    const outcome = await receiveRecord(receiving, record);
    if (outcome.kind === 'failed') {
      const cut = receiving.budgetBlocks <= 0;
      const ended = outcome.stderr === null ? { exit: { code: null, signal: 'SIGKILL' }, stderr: '' } : null;
      return {
        source: cut ? { exit: WELL, stderr: '' } : BROKEN_PIPE,
        sink: { ...(ended ?? bad(`${outcome.stderr}\n`)), stdout: '' },
      };
    }
    source.onStderrLine(`00:00:00\t${bytesOf(record)}\t${record.toName}`);
  }
  const denied = args.override.filter(([property]) => call.machine.deniedProperties.has(property));
  const words = denied.map(
    ([property]) => `cannot receive ${property} property on ${args.dataset}: permission denied\n`,
  );
  return { source: { exit: WELL, stderr: '' }, sink: { exit: WELL, stderr: words.join(''), stdout: '' } };
}

/** `zfs receive -A`. What an unfinished first receive made goes with it. */
export async function abortReceiveCommand(call: Call, name: string): Promise<Output> {
  const { machine } = call;
  const closed = openDatasetComplaint(machine, name);
  if (closed !== null) return fail(closed);
  const hasState = (): boolean => {
    const dataset = findDataset(machine, name);
    return dataset !== undefined && tokenTextOf(dataset) !== null;
  };
  if (!hasState()) return fail(`'${name}' does not have any resumable receive state to abort`);
  const refusal = await enact(call, 'receive-abort', name, () => {
    const pool = findPool(machine, name);
    const dataset = findDataset(machine, name);
    if (machine.denied.has('destroy')) return 'permission denied';
    if (pool === undefined || dataset === undefined || dataset.partial === null) return 'dataset does not exist';
    if (dataset.partial.active) return 'dataset is busy';
    // What was received below an unfinished dataset meanwhile keeps it: EEXIST, in the words of libzfs.
    if (dataset.inconsistent && subtreeOf(pool, name).length > 1) return 'dataset already exists';
    return () => {
      dataset.partial = null;
      if (!dataset.inconsistent) return;
      pool.datasets.delete(name);
      namesChanged(pool);
    };
  });
  return refusal === null ? succeed() : fail(`cannot destroy '${name}': ${refusal}`);
}
