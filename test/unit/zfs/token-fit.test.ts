import { describe, expect, it } from 'vitest';
import type { ResumeToken } from '../../../core/zfs/token.ts';
import { checkTokenFits, type TokenMisfit, type TokenRequest, tokenMisfit } from '../../../core/zfs/token-fit.ts';

const TOKEN: ResumeToken = {
  fromGuid: 1n,
  toGuid: 2n,
  toName: 'p/a@b',
  object: 0n,
  offset: 0n,
  bytes: 0n,
  rawOk: false,
  compressOk: true,
  embedOk: true,
  largeBlockOk: true,
  savedOk: false,
  redacted: false,
};
const REQUEST: TokenRequest = {
  dataset: 'p/a',
  from: { guid: 1n },
  to: { guid: 2n },
  encryptedDataset: false,
  encryptedPolicy: false,
};
const { from: _, ...FULL_REQUEST } = REQUEST;

describe('tokenMisfit', () => {
  const cases: readonly (readonly [TokenMisfit | null, Partial<ResumeToken>, Partial<TokenRequest>])[] = [
    [null, {}, {}],
    [null, { toName: 'p/a@renamed' }, {}],
    [null, { rawOk: true }, {}],
    [null, { rawOk: true }, { encryptedDataset: true, encryptedPolicy: true }],
    [null, {}, { encryptedDataset: true, encryptedPolicy: false }],
    ['dataset', { toName: 'p/aa@b' }, {}],
    ['dataset', { toName: 'p/other@b' }, {}],
    ['from-presence', { fromGuid: null }, {}],
    ['from-guid', { fromGuid: 9n }, {}],
    ['to-guid', { toGuid: 9n }, {}],
    ['encryption-not-set', {}, { encryptedDataset: true, encryptedPolicy: true }],
    ['encryption-set', { rawOk: true }, { encryptedDataset: true, encryptedPolicy: false }],
    ['redacted', { redacted: true }, {}],
    ['saved', { savedOk: true }, {}],
  ];
  it.each(cases)('says %s', (misfit, token, request) => {
    expect(tokenMisfit({ ...TOKEN, ...token }, { ...REQUEST, ...request })).toBe(misfit);
    const check = (): void => checkTokenFits({ ...TOKEN, ...token }, { ...REQUEST, ...request });
    if (misfit === null) expect(check).not.toThrow();
    else expect(check).toThrow(/token-mismatch/);
  });

  it('tells full from incremental', () => {
    expect(tokenMisfit(TOKEN, FULL_REQUEST)).toBe('from-presence');
    expect(tokenMisfit({ ...TOKEN, fromGuid: null }, FULL_REQUEST)).toBeNull();
  });
});
