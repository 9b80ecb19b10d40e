import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bookmarkMarkOf,
  checkJobId,
  checkMarksFit,
  configuredJobNameFault,
  cursorName,
  driveJobId,
  guidHex,
  jobIdFault,
  LEGACY_CURSOR_NAME,
  lastReceivedHoldTag,
  marksFitDataset,
  parseBookmarkMark,
  parseDriveJobId,
  parseHoldMark,
  stepHoldTag,
  tentativeCursorName,
} from '../../../core/zfs/marks.ts';

const JOB_CHARACTERS = 'abcXYZ019_-.: GJ';
const jobId = fc
  .array(fc.constantFrom(...JOB_CHARACTERS), { minLength: 1, maxLength: 60 })
  .map((characters) => characters.join(''))
  .filter((text) => jobIdFault(text) === null);
const guid = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('job ids', () => {
  it.each([
    'validjobname',
    'valid with spaces',
    'a'.repeat(203),
    'a:b.c_d-e',
    '_x',
    'set:0123456789abcdef',
    'a_G_b_J_c',
  ])('accepts %j', (text) => {
    expect(checkJobId(text)).toBe(text);
  });

  it.each([
    'invalid\twith\ttabs',
    'invalid#withdelimiter',
    'invalid@withdelimiter',
    'withnewline\\nmiddle',
    'withnewline\\n',
    'withslash/',
    'withslash/inthemiddle',
    '/',
    '',
    '.',
    '..',
    'jöb',
    'a'.repeat(204),
    'a_G_0123456789abcdef_J_b',
  ])('refuses %j', (text) => {
    expect(jobIdFault(text)).toEqual(expect.any(String));
    expect(() => checkJobId(text)).toThrow(/name-invalid/);
  });

  it('keeps some names from configurations that marks may carry', () => {
    expect(configuredJobNameFault('push')).toBeNull();
    expect(configuredJobNameFault('a:b')).toBeNull();
    for (const name of ['_x', 'set:0123456789abcdef', 'a/b']) {
      expect(configuredJobNameFault(name)).toEqual(expect.any(String));
    }
  });

  it('gives each drive of a set a job id of its own', () => {
    expect(driveJobId('set', 0xabcn)).toBe('set:0000000000000abc');
    expect(parseDriveJobId('set:0000000000000abc')).toEqual({ jobName: 'set', poolGuid: 0xabcn });
    expect(parseDriveJobId('set')).toBeNull();
    expect(configuredJobNameFault(driveJobId('set', 1n))).not.toBeNull();
  });
});

describe('names of cursors', () => {
  it.each([
    [1n, '0000000000000001'],
    [4207829021n, '00000000face601d'],
    [10605759902490561762n, '932f3a7089080ce2'],
    [18446744073709551615n, 'ffffffffffffffff'],
  ])('carry guid %d as 16 digits', (value, hex) => {
    expect(cursorName(value, 'push')).toBe(`zrepl_CURSOR_G_${hex}_J_push`);
    expect(tentativeCursorName(value, 'push')).toBe(`zrepl_CURSORTENTATIVE__G_${hex}_J_push`);
  });

  it('refuses what is no guid', () => {
    expect(() => guidHex(-1n)).toThrow(/internal/);
    expect(() => guidHex(2n ** 64n)).toThrow(/internal/);
  });

  it.each([
    ['p1/sync#zrepl_CURSOR_G_932f3a7089080ce2_J_push with legitimate name', 'cursor', 'push with legitimate name'],
    ['p1/sync#zrepl_CURSORTENTATIVE__G_932f3a7089080ce2_J_push', 'tentative-cursor', 'push'],
  ])('are read: %s', (name, kind, job) => {
    expect(parseBookmarkMark(name)).toEqual({ kind, guid: 0x932f3a7089080ce2n, jobId: job });
  });

  it.each([
    'p1/sync#zrepl_CURSOR_G_932f3a7089_J_push with legitimate name',
    'p1/sync#zrepl_CURSOR_G_932f3a7089080ce2_J_push with il\\tlegitimate name',
    'p1/sync#otherprefix_G_932f3a7089080ce2_J_push with legitimate name',
    'p1/sync#zrepl_CURSOR_G_932F3A7089080CE2_J_push',
    'p1/sync#zrepl_CURSORTENTATIVE_G_932f3a7089080ce2_J_push',
    'p1/sync#zrepl_CURSOR_G_932f3a7089080ce2_J_',
    'p1/sync#zrepl_CURSOR_G_932f3a7089080ce2_J_a_G_932f3a7089080ce2_J_b',
    'p1/sync@zrepl_CURSOR_G_932f3a7089080ce2_J_push',
    'zrepl_CURSOR_G_932f3a7089080ce2_J_push',
    `p1/sync#${LEGACY_CURSOR_NAME}`,
  ])('are not taken for ours: %s', (name) => {
    expect(parseBookmarkMark(name)).toBeNull();
  });

  it('count only on the bookmark that has their guid', () => {
    const name = cursorName(7n, 'push');
    expect(bookmarkMarkOf('p/a', { name, guid: 7n })).toEqual({ kind: 'cursor', guid: 7n, jobId: 'push' });
    expect(bookmarkMarkOf('p/a', { name, guid: 8n })).toBeNull();
    expect(bookmarkMarkOf('p/a', { name: 'mine', guid: 8n })).toBeNull();
  });

  it('come back from their own text', () => {
    fc.assert(
      fc.property(guid, jobId, (value, job) => {
        expect(parseBookmarkMark(`p/a#${cursorName(value, job)}`)).toEqual({ kind: 'cursor', guid: value, jobId: job });
        expect(parseBookmarkMark(`p/a#${tentativeCursorName(value, job)}`)).toEqual({
          kind: 'tentative-cursor',
          guid: value,
          jobId: job,
        });
      }),
    );
  });
});

describe('hold tags', () => {
  it('are those on disk', () => {
    expect(stepHoldTag('push')).toBe('zrepl_STEP_J_push');
    expect(lastReceivedHoldTag('push')).toBe('zrepl_last_received_J_push');
    expect(parseHoldMark('zrepl_STEP_J_push')).toEqual({ kind: 'step-hold', jobId: 'push' });
    expect(parseHoldMark('zrepl_last_received_J_a b')).toEqual({ kind: 'last-received-hold', jobId: 'a b' });
  });

  it.each(['zrepl_STEP_J_', 'zrepl_STEP_J_a/b', 'zrepl_STEP', 'zrepl_last_received_J_', 'mine', ''])(
    'are not taken for ours: %j',
    (tag) => {
      expect(parseHoldMark(tag)).toBeNull();
    },
  );

  it('come back from their own text', () => {
    fc.assert(
      fc.property(jobId, (job) => {
        expect(parseHoldMark(stepHoldTag(job))).toEqual({ kind: 'step-hold', jobId: job });
        expect(parseHoldMark(lastReceivedHoldTag(job))).toEqual({ kind: 'last-received-hold', jobId: job });
      }),
    );
  });
});

describe('marksFitDataset', () => {
  it('allows 210 bytes for dataset and job together', () => {
    expect(marksFitDataset('d'.repeat(206), 'push')).toBe(true);
    expect(marksFitDataset('d'.repeat(207), 'push')).toBe(false);
    expect(marksFitDataset('pool/ds', 'j'.repeat(203))).toBe(true);
    expect(() => checkMarksFit('d'.repeat(207), 'push')).toThrow(/name-too-long/);
    expect(() => checkMarksFit('pool/ds', 'push')).not.toThrow();
  });
});
