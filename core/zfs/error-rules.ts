/**
 * The messages of zfs(8) and zpool(8) and what they mean. Data only. Patterns match the tail of a message, because the
 * beginning ("cannot receive incremental stream: ", "warning: cannot send 'x': ") differs with the situation. Within one
 * operation the first match wins, so what is specific stands above what is general.
 */
import type { ProblemCode } from '../api/problem.ts';

export type ZfsOperation =
  | 'version'
  | 'probe'
  | 'list'
  | 'get'
  | 'set'
  | 'create'
  | 'snapshot'
  | 'hold'
  | 'release'
  | 'holds'
  | 'bookmark'
  | 'destroy'
  | 'destroy-bookmark'
  | 'estimate'
  | 'send'
  | 'receive'
  | 'abort-receive';

export interface ErrorRule {
  readonly code: ProblemCode;
  readonly pattern: RegExp;
}

const RECEIVE: readonly ErrorRule[] = [
  {
    code: 'placeholder-cannot-be-replaced',
    pattern:
      /: zfs receive -F cannot be used to destroy an encrypted filesystem or overwrite an unencrypted one with an encrypted one$/m,
  },
  { code: 'resume-needs-force', pattern: /: Resuming recv on existing / },
  { code: 'destination-modified', pattern: / has been modified\nsince most recent snapshot$/m },
  { code: 'source-mismatch', pattern: / does not\nmatch incremental source$/m },
  { code: 'destination-has-snapshots', pattern: /: destination has snapshots \(eg\. / },
  { code: 'destination-name-taken', pattern: /^cannot restore to [^\n]*@[^\n]*: destination already exists$/m },
  { code: 'destination-exists', pattern: / exists\nmust specify -F to overwrite it$/m },
  { code: 'destination-exists', pattern: / is a clone\nmust destroy it to overwrite it$/m },
  { code: 'destination-exists', pattern: /: destination already exists$/m },
  // Its own state, and yet refused: another receive still works on it, perhaps one whose sender has vanished.
  { code: 'busy', pattern: /^cannot receive resume stream: destination [^\n]* contains partially-complete state/m },
  { code: 'partial-state-present', pattern: / contains partially-complete state from "zfs receive -s"\.$/m },
  { code: 'quota-exceeded', pattern: / space quota exceeded\.$/m },
  { code: 'encryption-mismatch', pattern: /: cannot perform raw receive on top of existing unencrypted dataset$/m },
  { code: 'encryption-mismatch', pattern: /: encryption key does not match existing key$/m },
  { code: 'encryption-mismatch', pattern: /: failed to create encryption key$/m },
  { code: 'encryption-mismatch', pattern: /: IV set guid (?:mismatch|missing)/ },
  { code: 'encryption-mismatch', pattern: /: stream uses crypto parameters not compatible with this pool$/m },
  {
    code: 'encryption-mismatch',
    pattern: /: incompatible embedded data stream feature with encrypted receive\.$/m,
  },
  { code: 'key-not-loaded', pattern: /: inherited key must be loaded$/m },
  {
    code: 'large-block-mismatch',
    pattern: /: incremental send stream requires -L \(--large-block\), to match previous receive\.$/m,
  },
  { code: 'feature-mismatch', pattern: /: (?:pool|kernel modules) must be upgraded to receive this stream\.$/m },
  { code: 'feature-mismatch', pattern: /: stream has unsupported feature, feature flags = / },
  { code: 'feature-mismatch', pattern: /^invalid option '.'$/m },
  // Said at the end of a whole stream, for example when somebody took a snapshot of the receiver meanwhile.
  { code: 'stream-refused', pattern: /: invalid backup stream$/m },
  { code: 'property-unsupported', pattern: /: property '[^'\n]*' does not apply to datasets of this type$/m },
  { code: 'stream-truncated', pattern: /: (?:checksum mismatch or )?incomplete stream\.?$/m },
  { code: 'stream-truncated', pattern: /: checksum mismatch\.?$/m },
  // Some releases end the message in the middle of a line that goes on with the resume token.
  { code: 'stream-truncated', pattern: /^Partially received snapshot is saved\.$/m },
  { code: 'stream-truncated', pattern: /: failed to read from stream$/m },
];

const SEND: readonly ErrorRule[] = [
  { code: 'key-not-loaded', pattern: /: (?:dataset|source) key must be loaded$/m },
  { code: 'token-corrupt', pattern: /: resume token is corrupt(?: \([^)\n]*\))?$/m },
  { code: 'resume-source-gone', pattern: /' used in the initial send no longer exists$/m },
  { code: 'resume-source-gone', pattern: /' is no longer the same snapshot used in the initial send$/m },
  { code: 'resume-source-gone', pattern: /: incremental source 0x[0-9a-f]+ no longer exists$/m },
  { code: 'send-source-gone', pattern: /incremental source \([^\n]*\) (?:does not exist|is not earlier than it)$/m },
  { code: 'send-source-gone', pattern: /: incremental source could not be found$/m },
  // ESRCH, printed as it is: the bookmark that was the base is gone.
  { code: 'send-source-gone', pattern: /^(?:warning: )?cannot send '[^\n]*': No such process$/m },
  { code: 'send-source-gone', pattern: /: not an earlier snapshot from the same fs$/m },
  // EXDEV, likewise as it is: the bookmark that was the base is newer than the snapshot.
  { code: 'send-source-gone', pattern: /^(?:warning: )?cannot send '[^\n]*': Invalid cross-device link$/m },
  { code: 'send-source-gone', pattern: /^WARNING: could not send [^\n]*: does not exist$/m },
  { code: 'send-source-gone', pattern: /: snapshot [^\n]*@[^\n]* does not exist$/m },
  { code: 'send-source-gone', pattern: /': dataset does not exist$/m },
  { code: 'feature-mismatch', pattern: /^invalid option '.'$/m },
];

const DESTROY: readonly ErrorRule[] = [
  { code: 'snapshot-held', pattern: /: it's being held\. Run 'zfs holds -r [^\n]*' to see holders\.$/m },
  { code: 'snapshot-held', pattern: /^cannot destroy snapshot [^\n]*: dataset is busy$/m },
  { code: 'has-clones', pattern: /: snapshot is cloned$/m },
  { code: 'has-clones', pattern: /': snapshot has dependent clones$/m },
];

/** Rules of one operation, tried before the general ones. */
export const OPERATION_RULES: Readonly<Partial<Record<ZfsOperation, readonly ErrorRule[]>>> = {
  receive: RECEIVE,
  send: SEND,
  estimate: SEND,
  destroy: DESTROY,
  hold: [
    { code: 'bad-tag', pattern: /: tag too long$/m },
    { code: 'bad-tag', pattern: /^tag may not start with '\.'$/m },
  ],
  bookmark: [
    { code: 'bookmark-exists', pattern: /: bookmark exists$/m },
    { code: 'bookmark-unsupported', pattern: /: bookmark feature not enabled$/m },
  ],
  // EEXIST, in the words that are there for making datasets.
  'abort-receive': [{ code: 'unfinished-has-children', pattern: /^cannot destroy '[^\n]*': dataset already exists$/m }],
  snapshot: [{ code: 'snapshot-exists', pattern: /': dataset already exists$/m }],
  create: [
    { code: 'destination-exists', pattern: /': dataset already exists$/m },
    { code: 'key-not-loaded', pattern: /: encryption root's key is not loaded or provided$/m },
  ],
};

/** Rules of every operation. */
export const GENERAL_RULES: readonly ErrorRule[] = [
  { code: 'no-space', pattern: /: out of space$/m },
  { code: 'pool-unavailable', pattern: /: pool I\/O is currently suspended$/m },
  { code: 'pool-read-only', pattern: /: pool is read-only$/m },
  { code: 'busy', pattern: /: (?:dataset|pool|pool or dataset) is busy$/m },
  { code: 'permission-denied', pattern: /: permission denied$/m },
  { code: 'permission-denied', pattern: /^Permission denied the ZFS utilities must be run as root\.$/m },
  { code: 'permission-denied', pattern: /^Unable to open \/dev\/zfs: Permission denied\.?$/m },
];
