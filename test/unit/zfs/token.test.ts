import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import {
  decodeResumeToken,
  looksLikeResumeToken,
  type ResumeToken,
  TOKEN_TEXT_LENGTH_MAX,
} from '../../../core/zfs/token.ts';
import { REAL_TOKENS } from './support/real-tokens.ts';
import { BASIC_PAIRS, encodeNvList, encodeToken, type PairValue, tokenText } from './support/token-encoder.ts';

const REAL = Object.entries(REAL_TOKENS);
const SAMPLE = REAL_TOKENS.inc_raw?.text ?? '';

function codeOf(text: string): string {
  try {
    decodeResumeToken(text, 'p/a');
    return 'decoded';
  } catch (thrown) {
    return thrown instanceof ProblemError ? thrown.code : String(thrown);
  }
}

describe('decodeResumeToken', () => {
  it('knows eight real tokens', () => {
    expect(REAL).toHaveLength(8);
  });

  it.each(REAL)('decodes the real token %s', (_, { text, compressedAndRaw, ...facts }) => {
    expect(decodeResumeToken(text)).toEqual({
      ...facts,
      compressOk: compressedAndRaw,
      rawOk: compressedAndRaw,
      embedOk: false,
      largeBlockOk: false,
      savedOk: false,
      redacted: false,
    } satisfies ResumeToken);
  });

  it('refuses a token whose data was changed', () => {
    expect(codeOf(SAMPLE.replace('-789c6360', '-badf00d0'))).toBe('token-corrupt');
  });

  it('names the dataset that has it', () => {
    expect(() => decodeResumeToken('x', 'p/a')).toThrow('The resume token of p/a is damaged.');
  });

  it.each([true, false])('reads lists of either byte order (little endian: %s)', (littleEndian) => {
    const token = decodeResumeToken(encodeToken([...BASIC_PAIRS, ['rawok', true]], littleEndian));
    expect(token).toMatchObject({
      fromGuid: 5n,
      object: 2n,
      offset: 3n,
      bytes: 4n,
      toGuid: 6n,
      toName: 'p/a@b',
      rawOk: true,
    });
  });

  it('refuses a checksum in the other byte order than the list', () => {
    const list = encodeNvList(BASIC_PAIRS, false);
    expect(codeOf(tokenText(deflateSync(list), list.length, true))).toBe('token-corrupt');
  });

  it('takes the presence of a flag for its value, and notices redaction', () => {
    const token = decodeResumeToken(
      encodeToken([
        ...BASIC_PAIRS,
        ['savedok', 0n],
        ['embedok', true],
        ['largeblockok', true],
        ['book_redact_snaps', [1n, 2n]],
      ]),
    );
    expect(token).toMatchObject({ savedOk: true, embedOk: true, largeBlockOk: true, redacted: true, rawOk: false });
  });

  it('takes a token without base for a full send', () => {
    expect(decodeResumeToken(encodeToken(BASIC_PAIRS.slice(1))).fromGuid).toBeNull();
  });

  const spoiled: readonly (readonly [string, readonly (readonly [string, PairValue])[]])[] = [
    ['no toguid', BASIC_PAIRS.filter(([name]) => name !== 'toguid')],
    ['no toname', BASIC_PAIRS.filter(([name]) => name !== 'toname')],
    ['no bytes', BASIC_PAIRS.filter(([name]) => name !== 'bytes')],
    ['toname of a dataset', BASIC_PAIRS.map(([name, value]) => [name, name === 'toname' ? 'p/a' : value] as const)],
    ['toname with an option', BASIC_PAIRS.map(([name, value]) => [name, name === 'toname' ? '-p@x' : value] as const)],
    ['text as guid', BASIC_PAIRS.map(([name, value]) => [name, name === 'toguid' ? 'x' : value] as const)],
    ['text as base', BASIC_PAIRS.map(([name, value]) => [name, name === 'fromguid' ? 'x' : value] as const)],
    ['base 0', BASIC_PAIRS.map(([name, value]) => [name, name === 'fromguid' ? 0n : value] as const)],
    ['a pair twice', [...BASIC_PAIRS, ['toguid', 7n]]],
    ['too many pairs', [...BASIC_PAIRS, ...Array.from({ length: 70 }, (_, index) => [`x${index}`, true] as const)]],
  ];
  it.each(spoiled)('refuses a list with %s', (_, pairs) => {
    expect(codeOf(encodeToken(pairs))).toBe('token-corrupt');
  });

  const list = encodeNvList(BASIC_PAIRS);
  const withByte = (at: number, value: number): Buffer =>
    Buffer.from(list.map((byte, index) => (index === at ? value : byte)));
  it.each([
    ['another encoding', withByte(0, 1)],
    ['another byte order mark', withByte(1, 2)],
    ['another version', withByte(4, 1)],
    ['names that are not unique', withByte(8, 2)],
    ['a pair longer than the list', withByte(13, 0xff)],
    ['a negative pair', withByte(15, 0xff)],
    ['a name without end', withByte(16, 3)],
    ['an empty name', withByte(16, 0)],
    ['no end', list.subarray(0, -4)],
    ['something after its end', Buffer.concat([list, Buffer.alloc(8)])],
    ['nothing in it', Buffer.alloc(8)],
  ])('refuses a list with %s', (_, bytes) => {
    expect(codeOf(tokenText(deflateSync(bytes), bytes.length))).toBe('token-corrupt');
  });

  it('unpacks to exactly the declared length', () => {
    const packed = deflateSync(list);
    expect(codeOf(tokenText(packed, list.length))).toBe('decoded');
    expect(codeOf(tokenText(packed, list.length - 1))).toBe('token-corrupt');
    expect(codeOf(tokenText(packed, list.length + 1))).toBe('token-corrupt');
    expect(codeOf(tokenText(packed, 0))).toBe('token-corrupt');
  });

  it('does not unpack a bomb', () => {
    const bomb = deflateSync(Buffer.alloc(10_000_000));
    expect(codeOf(tokenText(bomb, 10_000_000))).toBe('token-corrupt');
    expect(codeOf(tokenText(bomb, 1000))).toBe('token-corrupt');
  });

  it('refuses bytes behind the packed data, which the checksum does not cover', () => {
    for (const more of ['00', '0000', '000000', 'ff', '00000000']) {
      const packed = Buffer.concat([deflateSync(list), Buffer.from(more, 'hex')]);
      expect(codeOf(tokenText(packed, list.length))).toBe('token-corrupt');
    }
  });

  it.each([
    '',
    '-',
    '1',
    '1-',
    '1-0-0-0',
    '1---',
    `2${SAMPLE.slice(1)}`,
    SAMPLE.toUpperCase(),
    `${SAMPLE}0`,
    ` ${SAMPLE}`,
    `${SAMPLE}\n`,
    SAMPLE.replace('1-', '1-0'),
    SAMPLE.replace('-120-', '-0120-'),
    '1-0-10-00',
    `1-0-10-${'0'.repeat(TOKEN_TEXT_LENGTH_MAX)}`,
  ])('refuses the text %#', (text) => {
    expect(codeOf(text)).toBe('token-corrupt');
  });

  it('gives back what was put in', () => {
    const u64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
    const short = fc.constantFrom('a', 'b c', '1', 'x:y_z');
    fc.assert(
      fc.property(
        u64,
        u64,
        u64,
        short,
        short,
        fc.boolean(),
        fc.boolean(),
        (from, to, bytes, pool, name, raw, littleEndian) => {
          const pairs: [string, PairValue][] = [
            ['fromguid', from],
            ['object', 1n],
            ['offset', 2n],
            ['bytes', bytes],
            ['toguid', to],
            ['toname', `${pool}/d@${name}`],
            ...(raw ? [['rawok', true] as [string, PairValue]] : []),
          ];
          expect(decodeResumeToken(encodeToken(pairs, littleEndian))).toMatchObject({
            fromGuid: from,
            toGuid: to,
            bytes,
            toName: `${pool}/d@${name}`,
            rawOk: raw,
          });
        },
      ),
    );
  });

  it('never takes a changed token for a good one', () => {
    const texts = fc.constantFrom(...REAL.map(([, { text }]) => text));
    const place = fc.nat(400);
    const character = fc.constantFrom(...'0123456789abcdef-xg ');
    fc.assert(
      fc.property(
        texts,
        place,
        character,
        fc.constantFrom('replace', 'insert', 'remove', 'cut'),
        (text, at, sign, how) => {
          const index = at % text.length;
          const rest = how === 'insert' ? text.slice(index) : text.slice(index + 1);
          const changed =
            how === 'cut' ? text.slice(0, index) : `${text.slice(0, index)}${how === 'remove' ? '' : sign}${rest}`;
          expect(codeOf(changed)).toBe(changed === text ? 'decoded' : 'token-corrupt');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('survives any list with a right checksum', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }),
        (noise, changes) => {
          expect(['decoded', 'token-corrupt']).toContain(codeOf(tokenText(deflateSync(noise), noise.length)));
          const bytes = Buffer.from(list);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          expect(['decoded', 'token-corrupt']).toContain(codeOf(tokenText(deflateSync(bytes), bytes.length)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(codeOf(text)).toBe('token-corrupt');
      }),
    );
  });
});

describe('looksLikeResumeToken', () => {
  it('lets only the form of a token pass', () => {
    expect(looksLikeResumeToken(SAMPLE)).toBe(true);
    for (const text of ['', '-F', `${SAMPLE} -F`, `${SAMPLE}\n`, `1-0-0-${'0'.repeat(TOKEN_TEXT_LENGTH_MAX)}`]) {
      expect(looksLikeResumeToken(text)).toBe(false);
    }
  });
});
