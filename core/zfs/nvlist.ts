/**
 * Reads a name-value list in libnvpair's native encoding, as far as resume tokens use it. Pure, and strict: the bytes come
 * from the other side.
 */

export type NvValue = bigint | string | true;

export interface NvList {
  readonly littleEndian: boolean;
  /** Booleans, unsigned 64-bit numbers and strings. */
  readonly values: ReadonlyMap<string, NvValue>;
  /** Names of pairs of any other type. */
  readonly others: ReadonlySet<string>;
}

/** Why bytes are no such list. */
export class NvListError extends Error {
  override readonly name = 'NvListError';
}

const NATIVE_ENCODING = 0;
const LIST_HEADER_BYTES = 12;
const PAIR_HEADER_BYTES = 16;
const PAIRS_MAX = 64;
const TYPE_BOOLEAN = 1;
const TYPE_UINT64 = 8;
const TYPE_STRING = 9;

function align8(offset: number): number {
  return (offset + 7) & ~7;
}

function demand(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new NvListError(reason);
}

/** Printable text that ends with its one NUL at the very end of these bytes. */
function cString(bytes: Uint8Array): string {
  demand(bytes.length > 0 && bytes.indexOf(0) === bytes.length - 1, 'a text does not end where it should');
  const text = Buffer.from(bytes.subarray(0, -1)).toString('latin1');
  demand(/^[\x20-\x7e]*$/.test(text), 'a text is not printable');
  return text;
}

/** The text at the begin of a padded field: up to the first NUL, nothing but NULs after it. */
function paddedString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  demand(end >= 0 && bytes.subarray(end).every((byte) => byte === 0), 'a text is not padded with zeros');
  return cString(bytes.subarray(0, end + 1));
}

/** The byte order that a list declares; undefined when it declares none. */
export function declaresLittleEndian(bytes: Uint8Array): boolean | undefined {
  return bytes[1] === 1 ? true : bytes[1] === 0 ? false : undefined;
}

/** Reads the whole of `bytes` as one list. @throws NvListError */
export function readNvList(bytes: Uint8Array): NvList {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = declaresLittleEndian(bytes);
  demand(bytes.length >= LIST_HEADER_BYTES + 4, 'it is too short');
  demand(bytes[0] === NATIVE_ENCODING && littleEndian !== undefined, 'its encoding is unknown');
  demand(view.getInt32(4, littleEndian) === 0, 'its version is unknown');
  demand(view.getUint32(8, littleEndian) === 1, 'its names are not unique');

  const values = new Map<string, NvValue>();
  const others = new Set<string>();
  let offset = LIST_HEADER_BYTES;
  for (let pairs = 0; ; pairs++) {
    demand(offset + 4 <= bytes.length, 'it has no end');
    const size = view.getInt32(offset, littleEndian);
    if (size === 0) break;
    demand(pairs < PAIRS_MAX, 'it has too many pairs');
    demand(size >= PAIR_HEADER_BYTES && size % 8 === 0 && offset + size <= bytes.length, 'a pair has a wrong size');
    const nameBytes = view.getInt16(offset + 4, littleEndian);
    const valueAt = align8(PAIR_HEADER_BYTES + nameBytes);
    demand(nameBytes > 1 && valueAt <= size, 'a name has a wrong length');
    const name = cString(bytes.subarray(offset + PAIR_HEADER_BYTES, offset + PAIR_HEADER_BYTES + nameBytes));
    demand(!values.has(name) && !others.has(name), 'a name stands twice');

    const elements = view.getInt32(offset + 8, littleEndian);
    const type = view.getInt32(offset + 12, littleEndian);
    if (type === TYPE_BOOLEAN) {
      demand(elements === 0 && size === valueAt, 'a boolean has a value');
      values.set(name, true);
    } else if (type === TYPE_UINT64) {
      demand(elements === 1 && size === valueAt + 8, 'a number has a wrong size');
      values.set(name, view.getBigUint64(offset + valueAt, littleEndian));
    } else if (type === TYPE_STRING) {
      demand(elements === 1, 'a text has a wrong count');
      values.set(name, paddedString(bytes.subarray(offset + valueAt, offset + size)));
    } else {
      others.add(name);
    }
    offset += size;
  }
  demand(offset + 4 === bytes.length, 'something follows its end');
  return { littleEndian, values, others };
}
