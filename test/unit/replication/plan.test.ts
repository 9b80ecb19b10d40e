import { describe, expect, it } from 'vitest';
import { chainFlags } from '../../../core/endpoint/chain.ts';
import type { ReceiverDataset, SenderDataset } from '../../../core/endpoint/types.ts';
import { type DatasetPlan, planDataset, relname } from '../../../core/replication/plan.ts';
import type { Version } from '../../../core/zfs/types.ts';
import { encodeResumeToken } from '../doubles/token-encoder.ts';
import { type JobSettings, PLAIN, policyOf, RAW, receiverDataset, senderDataset, v } from './support.ts';

function plan(
  source: SenderDataset,
  target: ReceiverDataset | undefined,
  settings: JobSettings = {},
  upTo?: bigint,
): DatasetPlan {
  return planDataset(source, target, {
    policy: policyOf(settings),
    receiverLabel: 'nas',
    rank: () => 0,
    ...(upTo === undefined ? {} : { upTo }),
  });
}

function show(verdict: DatasetPlan): string {
  switch (verdict.kind) {
    case 'problem':
      return verdict.problem.code;
    case 'steps':
      return verdict.steps
        .map(({ from, to, between, resume }) =>
          [
            from === null ? '-' : relname(from),
            ...between.map(relname),
            relname(to),
            ...(resume ? ['(resume)'] : []),
          ].join(' '),
        )
        .join(' | ');
    case 'up-to-date':
      return `up-to-date ${relname(verdict.common)}`;
    default:
      return verdict.kind;
  }
}

const ABC = [v('@a', 1), v('@b', 2), v('@c', 3)];
const token = (to: number, from?: number) =>
  encodeResumeToken({
    toGuid: BigInt(to),
    toName: `tank/data@x`,
    ...(from === undefined ? {} : { fromGuid: BigInt(from) }),
  });

describe('a first copy', () => {
  const reversed = [v('@3', 1), v('@2', 2), v('@1', 3)];
  it.each([
    ['most_recent', '- @1'],
    ['all', '- @3 | @3 @2 @1'],
    ['fail', 'initial-refused'],
  ] as const)('%s: %s', (initial, expected) => {
    expect(show(plan(senderDataset(reversed), undefined, { policy: { initial } }))).toBe(expected);
  });

  it.each(['most_recent', 'all'] as const)('%s with a bookmark and one snapshot sends the snapshot', (initial) => {
    const source = senderDataset([v('#cur', 1), v('@b', 2)]);
    expect(show(plan(source, undefined, { policy: { initial } }))).toBe('- @b');
  });

  it.each(['most_recent', 'all', 'fail'] as const)(
    '%s with bookmarks only, or only unwanted snapshots, has nothing to send',
    (initial) => {
      expect(show(plan(senderDataset([v('#cur', 1)]), undefined, { policy: { initial } }))).toBe('no-sender-versions');
      const settings = { policy: { initial, wants: () => false } };
      expect(show(plan(senderDataset(ABC), undefined, settings))).toBe('no-sender-versions');
      expect(show(plan(senderDataset([]), undefined, { policy: { initial } }))).toBe('no-sender-versions');
    },
  );

  it('starts with the oldest snapshot that is wanted', () => {
    const settings = { policy: { initial: 'all' as const, wants: (name: string) => name !== 'a' } };
    expect(show(plan(senderDataset(ABC), undefined, settings))).toBe('- @b | @b @c');
  });

  it('goes into an effective stand-in, whatever is below it', () => {
    const standIn = receiverDataset([], { placeholderFlag: true, hasChildren: true });
    expect(show(plan(senderDataset(ABC), standIn))).toBe('- @c');
  });

  it('goes into an empty childless dataset only if that carries our mark', () => {
    expect(show(plan(senderDataset(ABC), receiverDataset([], { ours: true })))).toBe('- @c');
    expect(show(plan(senderDataset(ABC), receiverDataset([], { ours: true, hasChildren: true })))).toBe(
      'destination-exists',
    );
    expect(show(plan(senderDataset(ABC), receiverDataset([])))).toBe('destination-exists');
  });

  it('knows before anything is sent that an encrypted stand-in or a raw stream cannot replace it', () => {
    const encrypted = { encrypted: true, keyLoaded: true };
    const standIn = (isEncrypted: boolean) => receiverDataset([], { placeholderFlag: true, encrypted: isEncrypted });
    const raw = { encrypted: true, flags: RAW };
    expect(show(plan(senderDataset(ABC), standIn(true)))).toBe('placeholder-cannot-be-replaced');
    expect(show(plan(senderDataset(ABC, encrypted), standIn(false), raw))).toBe('placeholder-cannot-be-replaced');
    // In clear text even of an encrypted dataset it can be replaced, and raw of a plain one is not encrypted.
    expect(show(plan(senderDataset(ABC, encrypted), standIn(false)))).toBe('- @c');
    expect(show(plan(senderDataset(ABC), standIn(false), { flags: RAW }))).toBe('- @c');
  });

  it('does not happen where the receiver has other snapshots', () => {
    expect(show(plan(senderDataset(ABC), receiverDataset([v('@x', 9)])))).toBe('no-common-ancestor');
  });
});

describe('stand-ins on the sender', () => {
  const standIn = senderDataset([], { isPlaceholder: true });
  it('are skipped, unless the receiver has a real dataset there', () => {
    expect(show(plan(standIn, undefined))).toBe('skip');
    expect(show(plan(standIn, receiverDataset([], { placeholderFlag: true })))).toBe('skip');
    expect(show(plan(standIn, receiverDataset([v('@a', 1)])))).toBe('placeholder-conflict');
    expect(show(plan(standIn, receiverDataset([v('@a', 1)], { placeholderFlag: true })))).toBe('placeholder-conflict');
  });
});

describe('the same copy goes on', () => {
  const target = receiverDataset([v('@a', 1)]);
  it('with a range, or snapshot by snapshot', () => {
    expect(show(plan(senderDataset(ABC), target))).toBe('@a @b @c');
    expect(show(plan(senderDataset(ABC), target, { policy: { stepwise: true } }))).toBe('@a @b | @b @c');
  });

  it('with nothing, when all that is missing is unwanted', () => {
    expect(show(plan(senderDataset(ABC), target, { policy: { wants: () => false } }))).toBe('up-to-date @a');
  });

  it('only with the flags and the key it was made with', () => {
    const made = (chain: string, key: string | null = null) =>
      receiverDataset([v('@a', 1)], { chain, key, encrypted: true });
    const source = senderDataset(ABC, { encrypted: true, keyLoaded: true, keyFingerprint: 'k1' });
    const raw = { encrypted: true, flags: RAW };
    expect(show(plan(source, made('raw', 'k1'), raw))).toBe('@a @b @c');
    expect(show(plan(source, made('raw', 'k2'), raw))).toBe('encryption-root-changed');
    expect(show(plan(source, made('plain'), raw))).toBe('chain-flags-changed');
    // In clear text the key of the sender says nothing about the copy.
    expect(show(plan(source, made('plain', 'k2')))).toBe('@a @b @c');
    // An effective stand-in has no chain yet.
    const standIn = receiverDataset([], { placeholderFlag: true, chain: 'raw', key: 'k2' });
    expect(show(plan(senderDataset(ABC), standIn))).toBe('- @c');
  });

  it('not where an encrypted copy was promised and it lies there in clear text', () => {
    const source = senderDataset(ABC, { encrypted: true });
    expect(show(plan(source, target, { encrypted: true, flags: RAW }))).toBe('received-unencrypted');
  });

  it('every flag that must not change shows in what is remembered', () => {
    expect(chainFlags(PLAIN)).toBe('plain');
    expect(chainFlags({ ...PLAIN, properties: true, backupProperties: true })).toBe('plain');
    const all = { ...PLAIN, raw: true, largeBlocks: true, compressed: true, embeddedData: true };
    expect(chainFlags(all)).toBe('raw,large-blocks,compressed,embedded');
  });
});

describe('the send policy', () => {
  it.each([
    [{ encrypted: false }, { encrypted: true, flags: RAW }, 'encrypted-requested-but-unencrypted'],
    [{ encrypted: true }, { encrypted: false, flags: RAW }, 'raw-policy-violated'],
    [{ encrypted: true, keyLoaded: false }, {}, 'key-not-loaded'],
    // A job that promises encryption and does not send raw is a defect of whoever put it together.
    [{ encrypted: true, keyLoaded: true }, { encrypted: true }, 'internal'],
    [{ encrypted: true, keyLoaded: false }, { encrypted: true, flags: RAW }, '- @c'],
    [{ encrypted: false }, { flags: RAW }, '- @c'],
  ])('source %j job %j: %s', (source, settings, expected) => {
    expect(show(plan(senderDataset(ABC, source), undefined, settings))).toBe(expected);
  });

  it('comes before a token is looked at', () => {
    const target = receiverDataset([], { resumeToken: 'rubbish' });
    expect(show(plan(senderDataset(ABC), target, { encrypted: true, flags: RAW }))).toBe(
      'encrypted-requested-but-unencrypted',
    );
  });
});

describe('a token', () => {
  it('is resumed first, then everything after it', () => {
    const target = receiverDataset([v('@a', 1)], { resumeToken: token(2, 1) });
    const source = senderDataset([...ABC, v('@d', 4)]);
    expect(show(plan(source, target))).toBe('@a @b (resume) | @b @c @d');
  });

  it('of a first send is resumed even where first sends are refused or another snapshot is the newest', () => {
    const target = receiverDataset([], { resumeToken: token(1) });
    expect(show(plan(senderDataset(ABC), target, { policy: { initial: 'fail' } }))).toBe('- @a (resume) | @a @b @c');
  });

  it('that is of no use is discarded, with what it cost', () => {
    const text = encodeResumeToken({ toGuid: 9n, toName: 'tank/data@gone', bytes: 77n });
    const verdict = plan(senderDataset(ABC), receiverDataset([], { resumeToken: text }));
    expect(verdict).toMatchObject({ kind: 'abandon', discardedBytes: 77n, token: text });
  });

  it('that is damaged is an error', () => {
    expect(show(plan(senderDataset(ABC), receiverDataset([], { resumeToken: '1-0-0-00' })))).toBe('token-corrupt');
  });
});

describe('a later attempt goes no further than the one before', () => {
  const abcd: readonly Version[] = [...ABC, v('@d', 4)];
  const source = senderDataset(abcd);
  const at = (guid: number, resumeToken: string | null = null) => receiverDataset([v('@a', guid)], { resumeToken });

  it('left [a-b, b-c], plan [a-b (resume), b-c, c-d]: a-b and b-c', () => {
    expect(show(plan(source, at(1, token(2, 1)), {}, 3n))).toBe('@a @b (resume) | @b @c');
  });

  it('left [a-b], plan [a-b (resume), b-c]: a-b alone', () => {
    expect(show(plan(source, at(1, token(2, 1)), {}, 2n))).toBe('@a @b (resume)');
  });

  it('left [a-b], plan [a-b, b-c]: the last target is not dropped', () => {
    expect(show(plan(source, at(1), {}, 2n))).toBe('@a @b');
  });

  it('left [a-b], plan [b-c] because b arrived and its completion was lost: done, to be completed again', () => {
    expect(show(plan(source, at(2), {}, 2n))).toBe('up-to-date @b');
  });

  it('the target is gone from the sender: everything, since nothing else says where to stop', () => {
    expect(show(plan(senderDataset(abcd.filter(({ guid }) => guid !== 3n)), at(1), {}, 3n))).toBe('@a @b @d');
  });

  it('holds for a first copy too', () => {
    expect(show(plan(source, undefined, {}, 3n))).toBe('- @c');
    expect(show(plan(source, undefined, { policy: { initial: 'all' } }, 2n))).toBe('- @a | @a @b');
  });
});
