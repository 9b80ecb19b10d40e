import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProblemCode } from '../../../core/api/problem.ts';
import { classifyZfsError, resumeTokenIn, type ZfsOperation } from '../../../core/zfs/errors.ts';
import { REAL_TOKENS } from './support/real-tokens.ts';

const FAILED = { code: 1, signal: null };
const TOKEN = REAL_TOKENS.full?.text ?? '';

function classify(operation: ZfsOperation, stderr: string, names: readonly string[] = ['p/f'], stdout = '') {
  return classifyZfsError({ operation, names, stderr, stdout, exit: FAILED, host: 'nas' });
}

type Row = readonly [operation: ZfsOperation, code: ProblemCode, text: string];

const NEW = 'cannot receive new filesystem stream: ';
const INC = 'cannot receive incremental stream: ';
const RESUME = 'cannot receive resume stream: ';

const ROWS: readonly Row[] = [
  // Receiving
  ['receive', 'no-space', `${INC}out of space\n`],
  ['receive', 'quota-exceeded', `${INC}destination p/f space quota exceeded.\n`],
  ['receive', 'destination-modified', `${INC}destination p/f has been modified\nsince most recent snapshot\n`],
  ['receive', 'source-mismatch', `${INC}most recent snapshot of p/f does not\nmatch incremental source\n`],
  ['receive', 'destination-exists', `${NEW}destination 'p/f' exists\nmust specify -F to overwrite it\n`],
  ['receive', 'destination-exists', `${NEW}destination 'p/f' is a clone\nmust destroy it to overwrite it\n`],
  ['receive', 'stream-refused', `${NEW}invalid backup stream\n`],
  ['receive', 'property-unsupported', `${NEW}property 'canmount' does not apply to datasets of this type\n`],
  ['receive', 'destination-exists', 'cannot restore to p/f: destination already exists\n'],
  [
    'receive',
    'destination-has-snapshots',
    `${NEW}destination has snapshots (eg. p/f@x)\nmust destroy them to overwrite it\n`,
  ],
  ['receive', 'destination-name-taken', 'cannot restore to p/f@n: destination already exists\n'],
  ['abort-receive', 'unfinished-has-children', "cannot destroy 'p/f': dataset already exists\n"],
  [
    'receive',
    'resume-needs-force',
    `${RESUME}Resuming recv on existing destination 'p/f'\nmust specify -F to overwrite it\n`,
  ],
  ['receive', 'resume-needs-force', 'cannot resume recv p/f@x: Resuming recv on existing dataset without force\n'],
  [
    'receive',
    'partial-state-present',
    `${INC}destination p/f contains partially-complete state from "zfs receive -s".\n`,
  ],
  ['receive', 'busy', `${RESUME}destination p/f contains partially-complete state from "zfs receive -s".\n`],
  ['receive', 'stream-truncated', 'cannot receive: incomplete stream\n'],
  ['receive', 'stream-truncated', `${INC}checksum mismatch\n`],
  ['receive', 'stream-truncated', `${NEW}checksum mismatch or incomplete stream\n`],
  [
    'receive',
    'stream-truncated',
    `${NEW}checksum mismatch or incomplete stream.\nPartially received snapshot is saved.\n`,
  ],
  ['receive', 'stream-truncated', `${NEW}incomplete stream.\nPartially received snapshot is saved.\n`],
  ['receive', 'stream-truncated', 'cannot receive: failed to read from stream\n'],
  ['receive', 'stream-truncated', 'cannot receive: failed to read from stream'],
  [
    'receive',
    'receive-interrupted',
    `${NEW}checksum mismatch or incomplete stream.\nPartially received snapshot is saved.\nA resuming stream can be generated on the sending system by running:\n    zfs send -t ${TOKEN}\n`,
  ],
  [
    'receive',
    'stream-truncated',
    `${NEW}checksum mismatch or incomplete stream.\nPartially received snapshot is saved.\nA resuming stream can be generated on the sending system by running:\n    zfs send -t 1-0-10-00\n`,
  ],
  ['receive', 'encryption-mismatch', `${INC}cannot perform raw receive on top of existing unencrypted dataset\n`],
  ['receive', 'encryption-mismatch', `${INC}encryption key does not match existing key\n`],
  ['receive', 'encryption-mismatch', `${NEW}failed to create encryption key\n`],
  [
    'receive',
    'encryption-mismatch',
    `${INC}IV set guid mismatch. See the 'zfs receive' man page section\n discussing the limitations of raw encrypted send streams.\n`,
  ],
  [
    'receive',
    'encryption-mismatch',
    `${INC}IV set guid missing. See errata 4 at https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-ER.\n`,
  ],
  ['receive', 'encryption-mismatch', `${NEW}stream uses crypto parameters not compatible with this pool\n`],
  ['receive', 'encryption-mismatch', `${NEW}incompatible embedded data stream feature with encrypted receive.\n`],
  ['receive', 'key-not-loaded', `${INC}inherited key must be loaded\n`],
  [
    'receive',
    'large-block-mismatch',
    `${INC}incremental send stream requires -L (--large-block), to match previous receive.\n`,
  ],
  ['receive', 'feature-mismatch', `${NEW}pool must be upgraded to receive this stream.\n`],
  ['receive', 'feature-mismatch', `${RESUME}kernel modules must be upgraded to receive this stream.\n`],
  ['receive', 'feature-mismatch', 'cannot receive: stream has unsupported feature, feature flags = 1000000\n'],
  ['receive', 'feature-mismatch', "invalid option 'x'\nusage:\n\treceive [-vnsFhu]\n"],
  [
    'receive',
    'placeholder-cannot-be-replaced',
    `${NEW}zfs receive -F cannot be used to destroy an encrypted filesystem or overwrite an unencrypted one with an encrypted one\n`,
  ],
  ['receive', 'permission-denied', `${NEW}permission denied\n`],
  ['receive', 'busy', `${INC}dataset is busy\n`],
  ['receive', 'not-found', `${INC}destination 'p/f' does not exist\n`],
  [
    'receive',
    'not-found',
    "cannot open 'p': dataset does not exist\ncannot receive new filesystem stream: unable to restore to destination\n",
  ],
  // Sending
  ['send', 'key-not-loaded', "warning: cannot send 'p/f@b': dataset key must be loaded\n"],
  ['send', 'key-not-loaded', "warning: cannot send 'p/f@b': source key must be loaded\n"],
  ['send', 'send-source-gone', "warning: cannot send 'p/f@2': No such process\n"],
  ['send', 'send-source-gone', "warning: cannot send 'p/f@1': Invalid cross-device link\n"],
  ['send', 'send-source-gone', "warning: cannot send 'p/f@b': incremental source (p/f@a) does not exist\n"],
  ['send', 'send-source-gone', 'WARNING: could not send p/f@b:\nincremental source (p/f@a) does not exist\n'],
  ['send', 'send-source-gone', 'WARNING: could not send p/f@b:\nincremental source (p/f@a) is not earlier than it\n'],
  ['send', 'send-source-gone', "warning: cannot send 'p/f@b': not an earlier snapshot from the same fs\n"],
  ['send', 'send-source-gone', "warning: cannot send 'p/f@b': incremental source could not be found\n"],
  ['send', 'send-source-gone', 'WARNING: could not send p/f@b: does not exist\n'],
  ['send', 'send-source-gone', "cannot open 'p/f': dataset does not exist\n"],
  ['estimate', 'send-source-gone', "cannot open 'p/f@b': dataset does not exist\n"],
  ['send', 'resume-source-gone', "cannot resume send: 'p/f@b' used in the initial send no longer exists\n"],
  [
    'send',
    'resume-source-gone',
    "cannot resume send: 'p/f@b' is no longer the same snapshot used in the initial send\n",
  ],
  ['send', 'resume-source-gone', 'cannot resume send: incremental source 0x595d9f81aa9dddab no longer exists\n'],
  ['send', 'token-corrupt', 'cannot resume send: resume token is corrupt\n'],
  ['send', 'token-corrupt', 'cannot resume send: resume token is corrupt (incorrect checksum)\n'],
  ['send', 'permission-denied', "cannot send 'p/f': cannot hold: permission denied\n"],
  ['send', 'feature-mismatch', "invalid option 'w'\nusage:\n"],
  // Pools
  ['list', 'pool-unavailable', "cannot open 'p/f': pool I/O is currently suspended\n"],
  ['set', 'pool-read-only', "cannot set property for 'p/f': pool is read-only\n"],
  ['set', 'busy', "cannot set property for 'p/f': pool or dataset is busy\n"],
  ['set', 'permission-denied', "cannot set property for 'p/f': permission denied\n"],
  ['list', 'permission-denied', 'Permission denied the ZFS utilities must be run as root.\n'],
  ['list', 'permission-denied', 'Unable to open /dev/zfs: Permission denied.\n'],
  // Names
  ['get', 'not-found', "cannot open 'p/f': dataset does not exist\n"],
  ['list', 'not-found', "cannot open 'p/f': no such pool or dataset\n"],
  ['get', 'not-found', "cannot open 'p/f': no such pool\n"],
  ['get', 'command-failed', "cannot open 'p/g': dataset does not exist\n"],
  [
    'bookmark',
    'not-found',
    "cannot open 'p/f': dataset does not exist\nusage:\n\tbookmark <snapshot|bookmark> <newbookmark>\n",
  ],
  ['bookmark', 'not-found', "cannot create bookmark 'p/f#x': dataset does not exist\n"],
  ['destroy-bookmark', 'not-found', "bookmark 'p/f' does not exist.\n"],
  ['create', 'not-found', "cannot create 'p/f': parent does not exist\n"],
  // Changes
  ['bookmark', 'bookmark-exists', "cannot create bookmark 'p/f#x': bookmark exists\n"],
  ['bookmark', 'bookmark-unsupported', "cannot create bookmark 'p/f#x': bookmark feature not enabled\n"],
  ['bookmark', 'no-space', "cannot create bookmark 'p/f#x': out of space\n"],
  ['bookmark', 'command-failed', "cannot create bookmark 'p/f#x': bookmark is in a different pool\n"],
  [
    'bookmark',
    'command-failed',
    "cannot create bookmark 'p/f#x': source is not an ancestor of the new bookmark's dataset\n",
  ],
  [
    'snapshot',
    'snapshot-exists',
    "cannot create snapshot 'p/f@x': dataset already exists\nno snapshots were created\n",
  ],
  ['snapshot', 'no-space', "cannot create snapshot 'p/f@x': out of space\n"],
  ['create', 'key-not-loaded', "cannot create 'p/f': encryption root's key is not loaded or provided\n"],
  ['create', 'destination-exists', "cannot create 'p/f': dataset already exists\n"],
  ['hold', 'not-found', "cannot hold snapshot 'p/f': dataset does not exist\n"],
  ['hold', 'bad-tag', "cannot hold snapshot 'p/f@x': tag too long\n"],
  ['hold', 'bad-tag', "tag may not start with '.'\nusage:\n"],
  ['destroy', 'snapshot-held', 'cannot destroy snapshot p/f@x: dataset is busy\n'],
  [
    'destroy',
    'snapshot-held',
    "cannot destroy snapshot p/f@x: it's being held. Run 'zfs holds -r p/f@x' to see holders.\n",
  ],
  ['destroy', 'has-clones', 'cannot destroy snapshot p/f@x: snapshot is cloned\n'],
  [
    'destroy',
    'has-clones',
    "cannot destroy 'p/f@x': snapshot has dependent clones\nuse '-R' to destroy the following datasets:\np/c\n",
  ],
  ['destroy', 'permission-denied', 'cannot destroy snapshots: permission denied\n'],
  // Anything else
  ['receive', 'command-failed', 'cannot receive: invalid stream (bad magic number)\n'],
  ['list', 'command-failed', 'internal error: Invalid argument\n'],
  ['list', 'command-failed', ''],
];

describe('classifyZfsError', () => {
  it.each(ROWS)('%s: %s: %j', (operation, code, text) => {
    const names = operation === 'receive' ? ['p/f', 'p'] : ['p/f'];
    const problem = classify(operation, text, names);
    expect(problem.code).toBe(code);
    expect(problem.facts).toMatchObject({ host: 'nas' });
    expect(problem.detail).toBe(text.trim() === '' ? 'no message, exit status 1' : text.trim());
  });

  it('names exactly what is missing', () => {
    const problem = classify('list', "cannot open 'p/b c': dataset does not exist\n", ['p/a', 'p/b c']);
    expect([problem.code, problem.facts.name]).toEqual(['not-found', 'p/b c']);
    expect(classify('create', "cannot create 'p/a/b': parent does not exist\n", ['p/a/b']).facts.name).toBe('p/a');
  });

  it('is not misled by names that read like messages', () => {
    const name = 'p/x: out of space';
    expect(classify('list', `cannot open '${name}': dataset does not exist\n`, [name]).code).toBe('not-found');
    const held = 'p/f: permission denied';
    expect(classify('set', `cannot set property for '${held}': internal error\n`, [held]).code).toBe('command-failed');
  });

  it('prefers standard error to standard output', () => {
    expect(classify('set', ': pool is read-only', ['p'], ': out of space').code).toBe('pool-read-only');
    expect(classify('set', 'whatever', ['p'], ': out of space').code).toBe('no-space');
    expect(classify('set', '', ['p'], 'only here').detail).toBe('only here');
  });

  it('says how a silent command ended', () => {
    const exit = { code: null, signal: 'SIGKILL' };
    expect(classifyZfsError({ operation: 'list', names: [], stderr: '', exit, host: 'nas' }).detail).toContain(
      'SIGKILL',
    );
  });

  it('is quick with any text, and never silent', () => {
    const operations = fc.constantFrom<ZfsOperation>(
      'list',
      'receive',
      'send',
      'destroy',
      'hold',
      'bookmark',
      'create',
    );
    const words = fc.constantFrom(
      ...ROWS.map(([, , text]) => text),
      "'",
      ': ',
      '\n',
      'cannot open',
      'x',
      ' does not exist',
    );
    fc.assert(
      fc.property(operations, fc.array(words, { maxLength: 30 }), (operation, parts) => {
        expect(classify(operation, parts.join('')).detail).not.toBe('');
      }),
    );
    for (const operation of ['receive', 'send', 'bookmark', 'list'] as const) {
      expect(classify(operation, ": 'incremental source (".repeat(1500)).code).toBe('command-failed');
    }
  });
});

describe('resumeTokenIn', () => {
  it('finds only tokens that can be decoded', () => {
    const text = 'A resuming stream can be generated on the sending system by running:\n    zfs send -t ';
    expect(resumeTokenIn(`x\n${text}${TOKEN}\n`)).toBe(TOKEN);
    expect(resumeTokenIn(`${text}1-0-10-00\n`)).toBeNull();
    expect(resumeTokenIn('nothing')).toBeNull();
  });
});
