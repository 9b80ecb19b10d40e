import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { ExitStatus, PipeEnd, PipeOptions, PipeResult } from '../../../core/host/types.ts';
import type { Pipe } from '../../../core/zfs/cli-transfer.ts';
import { transferProblem, withoutProgress } from '../../../core/zfs/transfer-outcome.ts';
import type { ReceiveRequest, SendRequest } from '../../../core/zfs/types.ts';
import { type Answer, bench } from './support/fake-host.ts';
import { REAL_TOKENS } from './support/real-tokens.ts';

const TOKEN = REAL_TOKENS.full?.text ?? '';
const FLAGS = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: true,
  embeddedData: false,
};
const SEND: SendRequest = {
  dataset: 'p/a',
  from: { type: 'snapshot', name: '1', guid: 1n },
  to: { name: '2', guid: 2n },
  range: false,
  flags: FLAGS,
};
const FROM_BOOKMARK: SendRequest = { ...SEND, from: { type: 'bookmark', name: 'b', guid: 1n } };
const RECEIVE: ReceiveRequest = {
  dataset: 'q/a',
  snapshot: '2',
  force: false,
  savePartial: true,
  inherit: [],
  override: [],
};

const OK: ExitStatus = { code: 0, signal: null };
const FAILED: ExitStatus = { code: 1, signal: null };
const KILLED: ExitStatus = { code: null, signal: 'SIGPIPE' };

function ends(
  source: readonly [ExitStatus, string],
  sink: readonly [ExitStatus, string],
  bytes: number | null = null,
): PipeResult {
  return {
    source: { exit: source[0], stderr: source[1] },
    sink: { exit: sink[0], stderr: sink[1], stdout: '' },
    bytes,
    durationMs: 1,
  };
}

/** A pipe that does what the test says, and remembers what it was told. */
function fakePipe(act: (options: PipeOptions) => PipeResult) {
  const seen: { source?: PipeEnd; sink?: PipeEnd; options?: PipeOptions } = {};
  const pipe: Pipe = async (source, sink, options) => {
    Object.assign(seen, { source, sink, options });
    return act(options);
  };
  return { seen, pipe };
}

describe('transferProblem', () => {
  const parties = { sourceDataset: 'p/a', sourceHost: 'desk', sinkDataset: 'q/a', sinkHost: 'nas' };
  const truncated = 'cannot receive incremental stream: incomplete stream\n';
  const interrupted = `cannot receive new filesystem stream: checksum mismatch or incomplete stream.\nPartially received snapshot is saved.\nA resuming stream can be generated on the sending system by running:\n    zfs send -t ${TOKEN}\n`;
  const noSpace = 'cannot receive incremental stream: out of space\n';
  const ioError = "warning: cannot send 'p/a@2': Input/output error\n";
  const gone = "warning: cannot send 'p/a@2': incremental source (p/a@1) does not exist\n";
  const noise =
    '12:00:01\t5\tp/a@2\nsize\t10\nincremental\t1\tp/a@2\t10\nresume token contents:\nnvlist version: 0\n\tobject = 0x2\n';

  it.each([
    ['both ended well', [OK, noise], [OK, ''], null, null],
    ['the receiver is full', [KILLED, noise], [FAILED, noSpace], 'no-space', 'nas'],
    [
      'the receiver is full, and the sender noticed',
      [FAILED, "warning: cannot send 'p/a@2': Broken pipe\n"],
      [FAILED, noSpace],
      'no-space',
      'nas',
    ],
    [
      'the receiver is full, and a shell reports the signal',
      [{ code: 141, signal: null }, ''],
      [FAILED, noSpace],
      'no-space',
      'nas',
    ],
    ['the receiver is full, and the sender complains oddly', [FAILED, ioError], [FAILED, noSpace], 'no-space', 'nas'],
    ['the source is gone', [FAILED, noise + gone], [FAILED, truncated], 'send-source-gone', 'desk'],
    [
      'the source is gone and there was nothing to receive',
      [FAILED, gone],
      [FAILED, 'cannot receive: failed to read from stream\n'],
      'send-source-gone',
      'desk',
    ],
    ['the source fails in the middle', [FAILED, ioError], [FAILED, interrupted], 'command-failed', 'desk'],
    ['both fail in ways nobody knows', [FAILED, ioError], [FAILED, 'what\n'], 'command-failed', 'desk'],
    [
      'the sender is killed',
      [{ code: null, signal: 'SIGKILL' }, ''],
      [FAILED, interrupted],
      'receive-interrupted',
      'nas',
    ],
    ['the receiver is killed', [KILLED, ''], [{ code: null, signal: 'SIGKILL' }, ''], 'stream-truncated', 'nas'],
    [
      'the receiver is killed, and a shell says so',
      [KILLED, ''],
      [{ code: 137, signal: null }, ''],
      'stream-truncated',
      'nas',
    ],
    [
      'the receiver is killed after the last byte',
      [OK, ''],
      [{ code: null, signal: 'SIGKILL' }, ''],
      'stream-truncated',
      'nas',
    ],
    [
      'the receiver is killed and the source is gone',
      [FAILED, gone],
      [{ code: null, signal: 'SIGKILL' }, ''],
      'send-source-gone',
      'desk',
    ],
    ['the receiver fails without a word', [KILLED, ''], [FAILED, ''], 'command-failed', 'nas'],
    ['the sender fails and the receiver is content', [FAILED, ioError], [OK, ''], 'command-failed', 'desk'],
    ['the sender is killed and the receiver is content', [KILLED, noise], [OK, ''], 'command-failed', 'desk'],
    [
      'only the receiver fails',
      [OK, ''],
      [FAILED, 'cannot receive incremental stream: destination q/a has been modified\nsince most recent snapshot\n'],
      'destination-modified',
      'nas',
    ],
    [
      'the parent of the target is missing',
      [KILLED, ''],
      [FAILED, "cannot open 'q': dataset does not exist\n"],
      'not-found',
      'nas',
    ],
  ] as const)('%s', (_, source, sink, code, host) => {
    const problem = transferProblem(ends(source, sink), parties);
    expect([problem?.code ?? null, problem?.facts.host ?? null]).toEqual([code, host]);
  });

  it('leaves progress out of what a person reads', () => {
    expect(withoutProgress(noise + ioError).trim()).toBe(ioError.trim());
    expect(transferProblem(ends([FAILED, noise + ioError], [OK, '']), parties)?.detail).toBe(ioError.trim());
  });
});

describe('receive', () => {
  it('joins the two commands, and never mounts', async () => {
    const { seen, pipe } = fakePipe(() => ends([OK, ''], [OK, '']));
    const sender = bench();
    const receiver = bench(() => undefined, { pipe, zfsPath: '/usr/sbin/zfs' });
    await receiver.zfs.receive(RECEIVE, sender.zfs.prepareSend(SEND));
    expect(seen.source?.host).toBe(sender.host);
    expect(seen.source?.argv).toEqual(['/sbin/zfs', 'send', '-v', '-P', '-c', '-i', 'p/a@1', 'p/a@2']);
    expect(seen.sink?.host).toBe(receiver.host);
    expect(seen.sink?.argv).toEqual(['/usr/sbin/zfs', 'receive', '-u', '-s', 'q/a@2']);
    expect(seen.options?.onBytes).toBeDefined();
    expect(seen.options).not.toHaveProperty('limitBytesPerSecond');
    expect([...sender.ran(), ...receiver.ran()]).toEqual([]);
  });

  it('tells the progress that zfs reports, and what shows that it goes on', async () => {
    const told: unknown[] = [];
    const alive: unknown[] = [];
    const lines = [
      'size\t900',
      '12:00:01\t5\tp/a@2',
      '12:00:02\t5\tp/a@2',
      '12:00:03\t9\tp/a@2',
      '12:00:04\t9\tp/a@2',
      'a warning',
    ];
    const { pipe } = fakePipe((options) => {
      for (const line of lines) alive.push(options.onSourceStderrLine?.(line));
      return ends([OK, ''], [OK, '']);
    });
    const { zfs } = bench(() => undefined, { pipe });
    const result = await zfs.receive(RECEIVE, zfs.prepareSend(SEND), { onProgress: (progress) => told.push(progress) });
    expect(result).toEqual({ bytes: 9 });
    expect(told).toEqual([
      { bytes: 0, expectedBytes: 900 },
      { bytes: 5, snapshot: '2', expectedBytes: 900 },
      { bytes: 5, snapshot: '2', expectedBytes: 900 },
      { bytes: 9, snapshot: '2', expectedBytes: 900 },
      { bytes: 9, snapshot: '2', expectedBytes: 900 },
    ]);
    expect(alive).toEqual([false, true, false, true, false, true]);
  });

  it('counts the bytes that pass where they do', async () => {
    const told: number[] = [];
    const { seen, pipe } = fakePipe((options) => {
      for (const bytes of [10, 3_000_000, 3_000_010, 5_000_000]) options.onBytes?.(bytes);
      return ends([OK, ''], [OK, ''], 5_000_000);
    });
    const { zfs } = bench(() => undefined, { pipe });
    const signal = new AbortController().signal;
    const options = {
      signal,
      limitBytesPerSecond: 7,
      onProgress: (progress: { bytes: number }) => told.push(progress.bytes),
    };
    expect(await zfs.receive(RECEIVE, zfs.prepareSend(SEND), options)).toEqual({ bytes: 5_000_000 });
    expect(told).toEqual([3_000_000, 5_000_000]);
    expect(seen.options).toMatchObject({ signal, limitBytesPerSecond: 7 });
  });

  it('throws what explains a failure', async () => {
    const { pipe } = fakePipe(() => ends([KILLED, ''], [FAILED, 'cannot receive incremental stream: out of space\n']));
    const { zfs } = bench(() => undefined, { pipe });
    await expect(zfs.receive(RECEIVE, zfs.prepareSend(SEND))).rejects.toMatchObject({
      code: 'no-space',
      facts: { name: 'q/a' },
    });
  });

  it('checks both requests before anything starts', async () => {
    const { pipe, seen } = fakePipe(() => ends([OK, ''], [OK, '']));
    const { zfs, host } = bench(() => undefined, { pipe });
    expect(() => zfs.prepareSend({ ...SEND, dataset: '-R' })).toThrow(/name-invalid/);
    expect(() => zfs.prepareSend({ ...SEND, resumeToken: 'x' })).toThrow(/token-corrupt/);
    await expect(zfs.receive({ ...RECEIVE, dataset: '-F' }, zfs.prepareSend(SEND))).rejects.toThrow(/name-invalid/);
    await expect(zfs.receive(RECEIVE, { request: SEND })).rejects.toThrow(/a stream without a source/);
    expect([host.calls, seen.source]).toEqual([[], undefined]);
  });

  it('takes force for full streams only', async () => {
    const { pipe, seen } = fakePipe(() => ends([OK, ''], [OK, '']));
    const { zfs } = bench(() => undefined, { pipe });
    const forced = { ...RECEIVE, force: true };
    for (const send of [SEND, FROM_BOOKMARK, { ...SEND, range: true }]) {
      await expect(zfs.receive(forced, zfs.prepareSend(send))).rejects.toThrow(/only a full stream/);
    }
    expect(seen.source).toBeUndefined();
    const { from: _, ...full } = SEND;
    await zfs.receive(forced, zfs.prepareSend(full));
    expect(seen.sink?.argv).toContain('-F');
  });

  it('does not start a raw send where zfs knows no encryption', async () => {
    const { pipe } = fakePipe(() => ends([OK, ''], [OK, '']));
    const { zfs } = bench((args) => (args[0] === 'load-key' ? { stderr: 'x', code: 2 } : undefined), { pipe });
    const stream = zfs.prepareSend({ ...SEND, flags: { ...FLAGS, raw: true } });
    await expect(zfs.receive(RECEIVE, stream)).rejects.toThrow(/feature-mismatch/);
  });
});

describe('estimate', () => {
  const dry = (answer: Answer, version?: string) =>
    bench((args) => (args.includes('-n') ? answer : undefined), version === undefined ? {} : { version });

  it('asks for all steps at once', async () => {
    const { zfs, ran } = dry({ stdout: 'incremental\t1\tp/a@x\t700\nincremental\tx\tp/a@2\nsize\t700\n' });
    expect(await zfs.estimate({ ...SEND, range: true })).toEqual([
      { to: 'x', sizeBytes: 700 },
      { to: '2', sizeBytes: null },
    ]);
    expect(ran()).toEqual([['send', '-n', '-v', '-P', '-c', '-I', 'p/a@1', 'p/a@2']]);
  });

  it('does not know what zfs cannot tell of a bookmark', async () => {
    const unknown = [{ to: '2', sizeBytes: null }];
    const old = dry({}, '0.8.6');
    expect(await old.zfs.estimate(FROM_BOOKMARK)).toEqual(unknown);
    expect(old.ran()).toEqual([]);
    const cannot = dry({ stderr: "cannot estimate space for 'p/a@2': Invalid argument\n" });
    expect(await cannot.zfs.estimate(FROM_BOOKMARK)).toEqual(unknown);
    await expect(cannot.zfs.estimate(SEND)).rejects.toThrow(/command-failed/);
  });

  it('passes on that the source is gone', async () => {
    const { zfs } = dry({ stderr: "warning: cannot send 'p/a@2': incremental source (p/a#b) does not exist\n" });
    await expect(zfs.estimate(FROM_BOOKMARK)).rejects.toThrow(/send-source-gone/);
  });

  it.each([
    ['nothing', ''],
    ['another snapshot', 'incremental\t1\tp/a@3\t700\n'],
    ['more steps than asked for', 'incremental\t1\tp/a@x\t700\nincremental\tx\tp/a@2\t700\n'],
  ])('does not take %s for an answer', async (_, stdout) => {
    const { zfs } = dry({ stdout });
    await expect(zfs.estimate(SEND)).rejects.toThrow(/output-unreadable/);
  });
});

describe('abortReceive', () => {
  it('is content when there is nothing to discard', async () => {
    const texts = [
      '',
      "'q/a' does not have any resumable receive state to abort\n",
      "cannot open 'q/a': dataset does not exist\n",
    ];
    for (const stderr of texts) {
      const { zfs, ran } = bench(() => ({ stderr }));
      await zfs.abortReceive('q/a');
      expect(ran()).toEqual([['receive', '-A', 'q/a']]);
    }
  });

  it('says when it may not', async () => {
    const { zfs, host } = bench(() => ({ stderr: "cannot destroy 'q/a': permission denied\n" }));
    await expect(zfs.abortReceive('q/a')).rejects.toThrow(ProblemError);
    await expect(zfs.abortReceive('-A')).rejects.toThrow(/name-invalid/);
    expect(host.calls).toHaveLength(1);
  });
});
