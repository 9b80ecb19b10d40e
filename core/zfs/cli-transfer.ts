/** Sending and receiving. See zfs-send(8) and zfs-receive(8). */
import { invariant, ProblemError } from '../api/problem.ts';
import type { pipe } from '../host/pipe.ts';
import { type CliRunner, type Invocation, succeeded } from './cli-runner.ts';
import { receiveArgs, sendArgs } from './flags.ts';
import { checkDataset } from './names.ts';
import { makeOutgoing, sourceOf } from './outgoing.ts';
import { readable } from './parse-common.ts';
import { parseEstimate } from './parse-estimate.ts';
import { SendProgress } from './progress.ts';
import { transferProblem } from './transfer-outcome.ts';
import type { Capabilities, Ctx, SendRequest, StepEstimate, Zfs } from './types.ts';

export type Pipe = typeof pipe;

/** Where bytes pass through here, news of them after this many; zfs itself reports once a second. */
const TELL_EVERY_BYTES = 1024 * 1024;
const NOTHING_TO_ABORT = 'does not have any resumable receive state to abort';

export function createTransfer(
  runner: CliRunner,
  capabilities: (ctx?: Ctx) => Promise<Capabilities>,
  runPipe: Pipe,
): Pick<Zfs, 'estimate' | 'prepareSend' | 'receive' | 'abortReceive'> {
  const { host, deadlines } = runner;

  const estimate = async (request: SendRequest, ctx?: Ctx): Promise<readonly StepEstimate[]> => {
    const args = sendArgs(request, 'estimate');
    const fromBookmark = request.from?.type === 'bookmark' && request.resumeToken === undefined;
    const unknown: readonly StepEstimate[] = [{ to: request.to.name, sizeBytes: null }];
    if (fromBookmark && !(await capabilities(ctx)).estimateFromBookmark) return unknown;
    const invocation: Invocation = {
      operation: 'estimate',
      names: [request.dataset],
      args,
      deadlineMs: deadlines.estimateMs,
      ctx,
    };
    const result = await runner.run(invocation);
    if (!succeeded(result)) {
      const problem = runner.problem(invocation, result);
      // Some bookmarks lack what an estimate needs; they are a good base all the same.
      if (fromBookmark && problem.code === 'command-failed') return unknown;
      throw problem;
    }
    const rows = parseEstimate(result.stdout);
    const last = rows.at(-1);
    readable(
      last?.to.endsWith(`@${request.to.name}`) === true && (request.range || rows.length === 1),
      'a dry send speaks of other steps',
      result.stdout,
    );
    return rows.map(({ to, sizeBytes }) => ({ to: to.slice(to.indexOf('@') + 1), sizeBytes }));
  };

  const prepareSend: Zfs['prepareSend'] = (request) => {
    const args = sendArgs(request, 'run');
    return makeOutgoing(request, async (ctx) => {
      const { raw, backupProperties } = request.flags;
      if ((raw || backupProperties) && !(await capabilities(ctx)).nativeEncryption) {
        throw new ProblemError('feature-mismatch', { name: request.dataset, host: host.label });
      }
      return { host, argv: [await runner.zfsPath(ctx), ...args] };
    });
  };

  const receive: Zfs['receive'] = async (request, stream, options = {}) => {
    const args = receiveArgs(request);
    // On an increment -F is a rollback: it destroys what is newer on the receiver.
    invariant(!request.force || stream.request.from === undefined, 'only a full stream is ever received with force');
    const { signal, onProgress, limitBytesPerSecond, currentLimit } = options;
    const ctx: Ctx = signal === undefined ? {} : { signal };
    const source = await sourceOf(stream)(ctx);
    const progress = new SendProgress();
    let passedBytes: number | null = null;
    let toldBytes = 0;
    const tell = (): void => {
      const state = progress.state();
      onProgress?.(passedBytes === null ? state : { ...state, bytes: passedBytes });
    };
    const result = await runPipe(
      source,
      { host, argv: [await runner.zfsPath(ctx), ...args] },
      {
        ...ctx,
        stallMs: deadlines.transferStallMs,
        onSourceStderrLine: (line) => {
          const beforeBytes = progress.state().bytes;
          if (progress.line(line) === null) return true;
          tell();
          // zfs prints a line a second for as long as it lives; only one with more bytes shows that it is getting on.
          return progress.state().bytes !== beforeBytes;
        },
        onBytes: (bytesTotal) => {
          passedBytes = bytesTotal;
          if (bytesTotal - toldBytes < TELL_EVERY_BYTES) return;
          toldBytes = bytesTotal;
          tell();
        },
        ...(limitBytesPerSecond === undefined ? {} : { limitBytesPerSecond }),
        ...(currentLimit === undefined ? {} : { currentLimit }),
      },
    );
    const problem = transferProblem(result, {
      sourceDataset: stream.request.dataset,
      sourceHost: source.host.label,
      sinkDataset: request.dataset,
      sinkHost: host.label,
    });
    if (problem !== null) throw problem;
    return { bytes: result.bytes ?? progress.state().bytes };
  };

  const abortReceive: Zfs['abortReceive'] = async (dataset, ctx) => {
    const invocation: Invocation = {
      operation: 'abort-receive',
      names: [checkDataset(dataset)],
      args: ['receive', '-A', dataset],
      deadlineMs: deadlines.destroyMs,
      ctx,
    };
    const result = await runner.run(invocation);
    if (succeeded(result) || result.stderr.includes(NOTHING_TO_ABORT)) return;
    const problem = runner.problem(invocation, result);
    // An unfinished first receive is destroyed whole, so a repeated order finds no dataset.
    if (problem.code !== 'not-found') throw problem;
  };

  return { estimate, prepareSend, receive, abortReceive };
}
