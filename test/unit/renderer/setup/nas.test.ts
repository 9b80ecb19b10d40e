import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyName } from '../../../../core/api/ssh-reach.ts';
import { newJobName } from '../../../../core/api/wizard/draft.ts';
import { compareFingerprint, groupedFingerprint, preferredKey } from '../../../../renderer/model/setup/fingerprint.ts';
import {
  changedNas,
  EMPTY_NAS,
  isProven,
  jobNameFor,
  keyNameFor,
  type NasDraft,
  provenBy,
  whereParts,
} from '../../../../renderer/model/setup/nas.ts';
import { NAS_KEY } from '../../../e2e/window/support/wizard-machine.ts';

const OTHER = `SHA256:${'B'.repeat(43)}`;
const KEYS = [
  { type: 'ssh-rsa', fingerprint: OTHER },
  { type: 'ssh-ed25519', fingerprint: NAS_KEY },
];
const FULL: NasDraft = {
  ...EMPTY_NAS,
  host: 'nas.lan',
  hostKey: NAS_KEY,
  key: 'nas-lan',
  identityFile: '/k',
  rootFs: 'tank/backup',
};

describe('a fingerprint', () => {
  it.each([
    ['', 'nothing'],
    ['SHA2', 'nothing'],
    ['SHA256:', 'nothing'],
    [NAS_KEY, 'same'],
    [`  ${NAS_KEY}\n`, 'same'],
    [NAS_KEY.slice(7), 'same'],
    [`256 ${NAS_KEY} root@nas (ED25519)`, 'same'],
    [NAS_KEY.slice(0, 20), 'unfinished'],
    [`${NAS_KEY}x`, 'different'],
    [NAS_KEY.toLowerCase(), 'different'],
    [`256 SHA256:${'C'.repeat(43)} root@nas (ED25519)`, 'different'],
    ['yes', 'different'],
  ])('compares %j: %s', (typed, kind) => expect(compareFingerprint(typed, KEYS).kind).toBe(kind));

  it('is the same only if every character is', () => {
    fc.assert(
      fc.property(fc.nat(42), fc.constantFrom('A', 'z', '+', '/'), (at, letter) => {
        const hash = NAS_KEY.slice(7);
        const changed = `${hash.slice(0, at)}${letter}${hash.slice(at + 1)}`;
        expect(compareFingerprint(`SHA256:${changed}`, KEYS).kind).toBe(changed === hash ? 'same' : 'different');
      }),
    );
  });

  it('that was typed tells which of the keys it is of', () => {
    expect(compareFingerprint(OTHER, KEYS)).toEqual({ kind: 'same', key: KEYS[0] });
  });

  it('is asked for of the key that every machine has', () => {
    expect(preferredKey(KEYS)?.type).toBe('ssh-ed25519');
    expect(preferredKey([])).toBeNull();
  });

  it('is shown in groups that are all of it', () => {
    expect(
      groupedFingerprint(NAS_KEY)
        .map(({ text }) => text)
        .join(''),
    ).toBe(NAS_KEY.slice(7));
  });
});

describe('the NAS of a draft', () => {
  it('forgets what was compared and tested when it is another machine', () => {
    const proven = { ...FULL, proven: provenBy(FULL) };
    expect(isProven(proven)).toBe(true);
    expect(changedNas(proven, { host: 'other.lan' })).toMatchObject({ hostKey: null, proven: null });
    expect(changedNas(proven, { port: 2222 })).toMatchObject({ hostKey: null, proven: null });
    expect(changedNas({ ...proven, sudo: true }, { system: 'freebsd' })).toMatchObject({
      hostKey: NAS_KEY,
      sudo: false,
    });
  });

  it.each([
    { user: 'root' },
    { sudo: true },
    { rootFs: 'tank/other' },
    { clientIdentity: 'desk' },
    { key: 'other' },
    { hostKey: OTHER },
  ])('is not proven any more after %j', (change) => {
    expect(isProven(changedNas({ ...FULL, proven: provenBy(FULL) }, change))).toBe(false);
  });

  it('opens its parts one after the other', () => {
    expect(whereParts(EMPTY_NAS)).toEqual({ fingerprint: false, account: false, target: false });
    expect(whereParts({ ...EMPTY_NAS, host: '-oProxyCommand=x' }).fingerprint).toBe(false);
    expect(whereParts({ ...EMPTY_NAS, host: 'nas' })).toEqual({ fingerprint: true, account: false, target: false });
    expect(whereParts({ ...FULL, key: null })).toEqual({ fingerprint: true, account: true, target: false });
    expect(whereParts(FULL).target).toBe(true);
  });

  it('names its key and its job so that both can be used, whatever it is called', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.array(fc.string({ maxLength: 5 })), (host, taken) => {
        expect(keyName.safeParse(keyNameFor(host)).success).toBe(true);
        const name = jobNameFor(host, taken);
        expect(newJobName.safeParse(name).success).toBe(true);
        expect(taken).not.toContain(name);
      }),
    );
    expect(keyNameFor('Nas.Lan')).toBe('nas-lan');
    expect(jobNameFor('nas.lan', ['nas', 'nas-2'])).toBe('nas-3');
    expect(jobNameFor('192.168.1.4', [])).toBe('nas');
  });
});
