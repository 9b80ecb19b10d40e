import { describe, expect, it } from 'vitest';
import { judgeToken } from '../../../core/replication/token-verdict.ts';
import type { Version } from '../../../core/zfs/types.ts';
import { encodeResumeToken, type TokenFields } from '../doubles/token-encoder.ts';
import { PLAIN, RAW, receiverDataset, senderDataset, v } from './support.ts';

interface Case {
  readonly token?: Partial<TokenFields>;
  readonly text?: string;
  readonly sender?: readonly Version[];
  readonly receiver?: readonly Version[];
  readonly encrypted?: boolean;
  readonly promised?: boolean;
}

function judge({ token, text, sender, receiver, encrypted = false, promised = false }: Case) {
  return judgeToken(
    senderDataset(sender ?? [v('@a', 1), v('@b', 2)], { encrypted }),
    receiverDataset(receiver ?? [v('@a', 1)]),
    text ?? encodeResumeToken({ fromGuid: 1n, toGuid: 2n, toName: 'tank/data@b', bytes: 42n, ...token }),
    { encrypted: promised, flags: promised ? RAW : PLAIN },
    () => 0,
  );
}

const full = (extra: Partial<TokenFields> = {}): { text: string } => ({
  text: encodeResumeToken({ toGuid: 2n, toName: 'tank/data@b', ...extra }),
});

describe('what to do with partial state', () => {
  it('an increment whose ends are both there is resumed', () => {
    expect(judge({})).toMatchObject({ kind: 'resume', from: { name: 'a' }, to: { name: 'b' } });
  });

  it('a full send is resumed where the receiver has no snapshot', () => {
    expect(judge({ ...full(), receiver: [] })).toMatchObject({ kind: 'resume', from: null, to: { name: 'b' } });
  });

  it('the base may be a bookmark; a snapshot is preferred', () => {
    expect(judge({ sender: [v('#cur', 1), v('@b', 2)] })).toMatchObject({ kind: 'resume', from: { name: 'cur' } });
    expect(judge({ sender: [v('#cur', 1), v('@a', 1), v('@b', 2)] })).toMatchObject({ from: { type: 'snapshot' } });
  });

  it('a snapshot renamed on the sender is known by its guid', () => {
    expect(judge({ sender: [v('@a', 1), v('@new', 2)] })).toMatchObject({ kind: 'resume', to: { name: 'new' } });
  });

  it.each<[string, Case]>([
    ['the snapshot it was for is gone', { sender: [v('@a', 1), v('@c', 3)] }],
    ['of the snapshot it was for only a bookmark is left', { sender: [v('@a', 1), v('#b', 2)] }],
    ['its base is gone', { sender: [v('@b', 2)] }],
    ['its base is not the newest snapshot of the receiver', { receiver: [v('@a', 1), v('@foreign', 7)] }],
    ['the receiver has no snapshot at all', { receiver: [] }],
    ['it is full and the receiver has snapshots meanwhile', full()],
    ['it is for another dataset', { token: { toName: 'tank/other@b', toGuid: 9n } }],
    ['the dataset was renamed: zfs would look for the old name', { token: { toName: 'tank/old@b' } }],
  ])('%s: it is discarded and the dataset is planned anew', (_, input) => {
    const verdict = judge(input);
    expect(verdict.kind).toBe('abandon');
    if (verdict.kind === 'abandon') expect(verdict.text).toMatch(/^1-/);
  });

  it('discarding tells how many bytes it costs', () => {
    expect(judge({ sender: [v('@a', 1)] })).toMatchObject({ kind: 'abandon', discardedBytes: 42n });
  });

  it.each<[string, Case]>([
    ['it is damaged', { text: '1-2-3-4' }],
    ['it is no token', { text: '-F' }],
    ['it is of a saved send', { token: { flags: ['savedok'] } }],
    ['it is of a redacted send', { token: { numbers: { redact_snaps: 1n } } }],
    ['it starts and ends at the same snapshot', { token: { fromGuid: 2n } }],
    ['it asks for clear text where encryption is promised', { encrypted: true, promised: true }],
    ['it asks for a raw stream where clear text is configured', { encrypted: true, token: { flags: ['rawok'] } }],
    [
      'it breaks the promise and is of no use either',
      { encrypted: true, promised: true, sender: [v('@a', 1), v('#b', 2)] },
    ],
  ])('%s: an error, and never discarded by itself', (_, input) => {
    expect(judge(input)).toMatchObject({
      kind: 'error',
      problem: { code: expect.stringMatching(/^token-(corrupt|mismatch)$/), retry: 'never' },
    });
  });

  it('raw fits a promise, and raw of a dataset that is not encrypted fits anything', () => {
    expect(judge({ encrypted: true, promised: true, token: { flags: ['rawok'] } }).kind).toBe('resume');
    expect(judge({ token: { flags: ['rawok'] } }).kind).toBe('resume');
  });
});
