/** Makes resume tokens in the form that zfs(8) prints, so that tests need no stored ones. */
import { deflateSync } from 'node:zlib';

export interface TokenFields {
  readonly fromGuid?: bigint;
  readonly toGuid: bigint;
  readonly toName: string;
  readonly bytes?: bigint;
  /** Present flags: rawok, compressok, embedok, largeblockok, savedok. */
  readonly flags?: readonly string[];
  /** Further pairs, e.g. of a redacted send. */
  readonly numbers?: Readonly<Record<string, bigint>>;
}

const TYPE_BOOLEAN = 1;
const TYPE_UINT64 = 8;
const TYPE_STRING = 9;

function align8(length: number): number {
  return (length + 7) & ~7;
}

function pair(name: string, type: number, elements: number, value: Buffer): Buffer {
  const nameBytes = Buffer.byteLength(name) + 1;
  const valueAt = align8(16 + nameBytes);
  const bytes = Buffer.alloc(valueAt + align8(value.length));
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt16LE(nameBytes, 4);
  bytes.writeInt32LE(elements, 8);
  bytes.writeInt32LE(type, 12);
  bytes.write(name, 16, 'latin1');
  value.copy(bytes, valueAt);
  return bytes;
}

function uint64(name: string, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return pair(name, TYPE_UINT64, 1, bytes);
}

function list(fields: TokenFields): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(1, 1);
  header.writeUInt32LE(1, 8);
  return Buffer.concat([
    header,
    ...(fields.fromGuid === undefined ? [] : [uint64('fromguid', fields.fromGuid)]),
    uint64('object', 2n),
    uint64('offset', 0n),
    uint64('bytes', fields.bytes ?? 0n),
    uint64('toguid', fields.toGuid),
    pair('toname', TYPE_STRING, 1, Buffer.from(`${fields.toName}\0`, 'latin1')),
    ...(fields.flags ?? []).map((flag) => pair(flag, TYPE_BOOLEAN, 0, Buffer.alloc(0))),
    ...Object.entries(fields.numbers ?? {}).map(([name, value]) => uint64(name, value)),
    Buffer.alloc(4),
  ]);
}

/** The text of a token: version, checksum of the packed bytes, unpacked length, packed bytes. */
export function encodeResumeToken(fields: TokenFields): string {
  const unpacked = list(fields);
  const packed = deflateSync(unpacked);
  let sum = 0n;
  for (let offset = 0; offset + 4 <= packed.length; offset += 4) sum += BigInt(packed.readUInt32LE(offset));
  return `1-${sum.toString(16)}-${unpacked.length.toString(16)}-${packed.toString('hex')}`;
}
