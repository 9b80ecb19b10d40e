/** Makes resume tokens as ZFS does, and ones it would never make. */
import { deflateSync } from 'node:zlib';

export type PairValue = true | bigint | string | readonly bigint[];

const TYPES = { boolean: 1, uint64: 8, string: 9, uint64Array: 16 } as const;

function pair(name: string, value: PairValue, littleEndian: boolean): Buffer {
  const nameBytes = Buffer.from(`${name}\0`, 'latin1');
  const valueAt = Math.ceil((16 + nameBytes.length) / 8) * 8;
  const numbers = typeof value === 'bigint' ? [value] : typeof value === 'object' ? value : [];
  const text = typeof value === 'string' ? Buffer.from(`${value}\0`, 'latin1') : Buffer.alloc(0);
  const size = valueAt + numbers.length * 8 + Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type =
    value === true
      ? TYPES.boolean
      : typeof value === 'bigint'
        ? TYPES.uint64
        : typeof value === 'string'
          ? TYPES.string
          : TYPES.uint64Array;
  view.setInt32(0, size, littleEndian);
  view.setInt16(4, nameBytes.length, littleEndian);
  view.setInt32(8, value === true ? 0 : typeof value === 'string' ? 1 : numbers.length, littleEndian);
  view.setInt32(12, type, littleEndian);
  nameBytes.copy(bytes, 16);
  for (const [index, number] of numbers.entries()) view.setBigUint64(valueAt + index * 8, number, littleEndian);
  text.copy(bytes, valueAt);
  return bytes;
}

export function encodeNvList(pairs: readonly (readonly [string, PairValue])[], littleEndian = true): Buffer {
  const header = Buffer.alloc(12);
  header[1] = littleEndian ? 1 : 0;
  new DataView(header.buffer, header.byteOffset).setUint32(8, 1, littleEndian);
  return Buffer.concat([header, ...pairs.map(([name, value]) => pair(name, value, littleEndian)), Buffer.alloc(4)]);
}

export function sumOf(packed: Buffer, littleEndian: boolean): bigint {
  let sum = 0n;
  for (let at = 0; at + 4 <= packed.length; at += 4) {
    sum += BigInt(littleEndian ? packed.readUInt32LE(at) : packed.readUInt32BE(at));
  }
  return sum;
}

/** The text for packed bytes with a right checksum. */
export function tokenText(packed: Buffer, unpackedLength: number, littleEndian = true): string {
  return `1-${sumOf(packed, littleEndian).toString(16)}-${unpackedLength.toString(16)}-${packed.toString('hex')}`;
}

export function encodeToken(pairs: readonly (readonly [string, PairValue])[], littleEndian = true): string {
  const list = encodeNvList(pairs, littleEndian);
  return tokenText(deflateSync(list, { level: 6 }), list.length, littleEndian);
}

export const BASIC_PAIRS: readonly (readonly [string, PairValue])[] = [
  ['fromguid', 5n],
  ['object', 2n],
  ['offset', 3n],
  ['bytes', 4n],
  ['toguid', 6n],
  ['toname', 'p/a@b'],
];
