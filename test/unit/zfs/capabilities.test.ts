import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import {
  featureUsable,
  hasNoVersionCommand,
  isAtLeast,
  OLD_VERSIONS,
  parseZfsVersions,
  readCapabilities,
} from '../../../core/zfs/parse-capabilities.ts';
import { USAGE } from './support/usage.ts';

const capabilities = (userland: string, kernel: string, usage = USAGE) =>
  readCapabilities(parseZfsVersions(`zfs-${userland}\nzfs-kmod-${kernel}\n`), usage);

describe('parseZfsVersions', () => {
  it.each([
    ['zfs-2.1.11-1\nzfs-kmod-2.1.11-1\n', [2, 1, 11], [2, 1, 11]],
    ['zfs-2.3.2-1~bpo12+1\nzfs-kmod-2.1.11-1\n', [2, 3, 2], [2, 1, 11]],
    ['zfs-2.1.4-FreeBSD_g52bad4f23\nzfs-kmod-2.1.4-FreeBSD_g52bad4f23\n', [2, 1, 4], [2, 1, 4]],
    ['zfs-macOS-2.1.6-1\nzfs-kmod-macOS-2.1.6-1\n', [2, 1, 6], [2, 1, 6]],
    ['zfs-2.4.99-123_gabcdef\nzfs-kmod-2.4.99-123_gabcdef\n', [2, 4, 99], [2, 4, 99]],
    ['zfs-2.2.0-rc1\nzfs-kmod-2.2.0-rc1\n', [2, 2, 0], [2, 2, 0]],
  ])('reads %j', (text, userland, kernel) => {
    const versions = parseZfsVersions(text);
    expect([versions.userland.numbers, versions.kernel.numbers]).toEqual([userland, kernel]);
  });

  it.each([
    '',
    'zfs-2.1.11-1\n',
    'zfs-kmod-2.1.11-1\n',
    'zfs-x\nzfs-kmod-2.1\n',
    `zfs-${'2.1.'.repeat(100)}\nzfs-kmod-2.1\n`,
  ])('refuses %j', (text) => {
    expect(() => parseZfsVersions(text)).toThrow(/output-unreadable/);
  });

  it('compares by numbers', () => {
    const { userland } = parseZfsVersions('zfs-2.10.0\nzfs-kmod-2.10.0\n');
    expect([
      isAtLeast(userland, 2, 9),
      isAtLeast(userland, 2, 11),
      isAtLeast(userland, 1, 99),
      isAtLeast(userland, 3, 0),
    ]).toEqual([true, false, true, false]);
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseZfsVersions(`zfs-${text}\nzfs-kmod-${text}`)).not.toThrow(TypeError);
      }),
    );
  });
});

describe('readCapabilities', () => {
  it('knows 2.1', () => {
    expect(capabilities('2.1.11-1', '2.1.11-1')).toEqual({
      userlandVersion: '2.1.11-1',
      kernelVersion: '2.1.11-1',
      resumableReceive: true,
      commaDestroy: true,
      nativeEncryption: true,
      bookmarkCopy: true,
      estimateFromBookmark: true,
      jsonOutput: false,
      fastListing: false,
      snapshotsChanged: false,
      createUnmounted: true,
    });
  });

  it('takes behaviour from the kernel and flags from the userland', () => {
    expect(capabilities('2.3.2', '2.1.11')).toMatchObject({
      jsonOutput: true,
      createUnmounted: true,
      fastListing: false,
      snapshotsChanged: false,
    });
    expect(capabilities('2.3.2', '2.3.2')).toMatchObject({ fastListing: true, snapshotsChanged: true });
  });

  it('needs the usage texts for what they tell', () => {
    const none = { send: '', receive: '', destroy: '', loadKey: "unrecognized command 'load-key'" };
    expect(readCapabilities(OLD_VERSIONS, none)).toMatchObject({
      resumableReceive: false,
      commaDestroy: false,
      nativeEncryption: false,
      bookmarkCopy: false,
      createUnmounted: false,
    });
    expect(hasNoVersionCommand("unrecognized command 'version'\nusage: zfs command args ...")).toBe(true);
  });
});

describe('featureUsable', () => {
  it('reads the state of a pool feature', () => {
    expect(['active\n', 'enabled\n', 'disabled\n', '-\n'].map(featureUsable)).toEqual([true, true, false, false]);
    expect(() => featureUsable('')).toThrow(ProblemError);
    expect(() => featureUsable('what is\nthis')).toThrow(ProblemError);
  });
});
