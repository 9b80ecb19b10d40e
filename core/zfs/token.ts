/**
 * Resume tokens of partial receives: text to facts, without a process. Pure. A token comes from the other side and is
 * untrusted: everything about it is bounded and checked before it is believed. See zfs-receive(8), "-s", and zfs-send(8), "-t".
 */
import { inflateSync } from 'node:zlib';
import { ProblemError } from '../api/problem.ts';
import { entityFault } from './names.ts';
import { declaresLittleEndian, type NvList, readNvList } from './nvlist.ts';

/** What an interrupted receive wants to go on with. */
export interface ResumeToken {
  /** Null: it is a full send. */
  readonly fromGuid: bigint | null;
  readonly toGuid: bigint;
  /** Full name of the snapshot on the sender when the transfer began. */
  readonly toName: string;
  readonly object: bigint;
  readonly offset: bigint;
  /** Stream bytes received so far. */
  readonly bytes: bigint;
  readonly rawOk: boolean;
  readonly compressOk: boolean;
  readonly embedOk: boolean;
  readonly largeBlockOk: boolean;
  /** It stands for the stream of a partially received state. */
  readonly savedOk: boolean;
  /** It carries redaction lists. */
  readonly redacted: boolean;
}

/** Longest text taken for a token; real ones have some hundred characters. */
export const TOKEN_TEXT_LENGTH_MAX = 16 * 1024;
const UNPACKED_BYTES_MAX = 64 * 1024;
const TOKEN_TEXT = /^1-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/;
const TOKEN_PARTS = /^1-([0-9a-f]{1,16})-([0-9a-f]{1,8})-((?:[0-9a-f]{2})+)$/;

/** Whether the text has the form of a token; only such text may stand in an argument vector. */
export function looksLikeResumeToken(text: string): boolean {
  return text.length <= TOKEN_TEXT_LENGTH_MAX && TOKEN_TEXT.test(text);
}

/** First word of fletcher-4: the sum of the 32-bit words, trailing bytes left out. */
function checksum(bytes: Buffer, littleEndian: boolean): bigint {
  let sum = 0;
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    sum += littleEndian ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
  }
  // At most 2^12 words of 32 bits: far below 2^53.
  return BigInt(sum);
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** Exactly `length` bytes, or null. The check value at the very end shows that nothing follows the compressed data. */
function unpack(packed: Buffer, length: number): Buffer | null {
  if (packed.length < 8) return null;
  let unpacked: Buffer;
  try {
    unpacked = inflateSync(packed, { maxOutputLength: length });
  } catch {
    return null;
  }
  return unpacked.length === length && packed.readUInt32BE(packed.length - 4) === adler32(unpacked) ? unpacked : null;
}

function parse(text: string): ResumeToken | null {
  if (text.length > TOKEN_TEXT_LENGTH_MAX) return null;
  const [, sumHex, lengthHex, packedHex] = TOKEN_PARTS.exec(text) ?? [];
  if (sumHex === undefined || lengthHex === undefined || packedHex === undefined) return null;
  const length = Number.parseInt(lengthHex, 16);
  if (length === 0 || length > UNPACKED_BYTES_MAX) return null;

  const packed = Buffer.from(packedHex, 'hex');
  const claimed = BigInt(`0x${sumHex}`);
  // Numbers are printed without leading zeros: there is one text for each token.
  if (claimed.toString(16) !== sumHex || length.toString(16) !== lengthHex) return null;
  // ZFS sums in the byte order of the machine that made the token, which is the order its list declares.
  const matches = [true, false].filter((littleEndian) => checksum(packed, littleEndian) === claimed);
  if (matches.length === 0) return null;
  const unpacked = unpack(packed, length);
  if (unpacked === null || !matches.some((littleEndian) => declaresLittleEndian(unpacked) === littleEndian))
    return null;
  try {
    return fromList(readNvList(unpacked));
  } catch {
    return null;
  }
}

function fromList({ values, others }: NvList): ResumeToken | null {
  const toName = values.get('toname');
  const toGuid = values.get('toguid');
  const fromGuid = values.get('fromguid') ?? null;
  const counters = ['object', 'offset', 'bytes'].map((name) => values.get(name));
  const [object, offset, bytes] = counters;
  if (typeof toName !== 'string' || entityFault(toName, 'snapshot') !== null) return null;
  if (typeof toGuid !== 'bigint' || (fromGuid !== null && typeof fromGuid !== 'bigint')) return null;
  if (typeof object !== 'bigint' || typeof offset !== 'bigint' || typeof bytes !== 'bigint') return null;
  // zfs takes 0 for "no base"; such a token would be read as incremental here and as full there.
  if (fromGuid === 0n || toGuid === 0n) return null;
  // In ZFS the presence of a flag is its value, whatever its type.
  const has = (name: string): boolean => values.has(name) || others.has(name);
  return {
    fromGuid,
    toGuid,
    toName,
    object,
    offset,
    bytes,
    rawOk: has('rawok'),
    compressOk: has('compressok'),
    embedOk: has('embedok'),
    largeBlockOk: has('largeblockok'),
    savedOk: has('savedok'),
    redacted: [...values.keys(), ...others].some((name) => name.includes('redact')),
  };
}

/**
 * Decodes a token.
 * @param name of the dataset that has it, for the error
 * @throws ProblemError `token-corrupt`
 */
export function decodeResumeToken(text: string, name = 'a dataset'): ResumeToken {
  const token = parse(text);
  if (token === null) throw new ProblemError('token-corrupt', { name });
  return token;
}
