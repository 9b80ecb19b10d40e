/**
 * The few places where ssh2 offers no public way. Each is guarded: should another version of ssh2 look different inside,
 * the effect is missing, which a test notices, and nothing else breaks.
 */
import { createSecretKey, randomFillSync } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Whether the other side has closed this channel in good order (and not merely the connection broke). */
export function closedByPeer(channel: ClientChannel): boolean {
  return property(channel.incoming, 'state') === 'closed';
}

/**
 * Sends a signal request (RFC 4254, 6.9). ssh2's own method keeps silent once standard input was ended, which the
 * protocol does not ask for. False when it could not be sent.
 */
export function signalRemote(client: Client, channel: ClientChannel, signal: string): boolean {
  const state = property(channel.outgoing, 'state');
  const id = property(channel.outgoing, 'id');
  const protocol = property(client, '_protocol');
  const send = property(protocol, 'signal');
  if (typeof send !== 'function' || typeof id !== 'number' || (state !== 'open' && state !== 'eof')) return false;
  try {
    Reflect.apply(send, protocol, [id, signal]);
    return true;
  } catch {
    // The connection is gone, and with it what was to be signalled.
    return false;
  }
}

/**
 * Keeps lines on standard error from reopening the window while nobody reads standard output. Both share one window, and
 * ssh2 grants it anew for every message on standard error: a `zfs send -vP` that prints once a second would fill the
 * memory while a slow receiver pauses. With this at most one buffer and one window (2 MiB each) are held.
 */
export function holdWindowWhileUnread(channel: ClientChannel): void {
  const { stderr } = channel;
  const unread = (): boolean => channel.readableLength >= channel.readableHighWaterMark;
  const push = stderr.push.bind(stderr);
  const read = stderr._read.bind(stderr);
  stderr.push = (chunk: unknown, encoding?: BufferEncoding): boolean => push(chunk, encoding) && !unread();
  stderr._read = (size: number): void => {
    if (!unread()) read(size);
  };
}

/**
 * Makes the ciphers of a connection cheaper, after every exchange of keys. ssh2 makes a new cipher for every packet: with the
 * key as bytes Node prepares it each time, which takes longer than encrypting 32 KiB, so it is turned into a key object.
 */
export function prepareKeys(client: Client): void {
  const protocol = property(client, '_protocol');
  for (const [side, name] of [
    ['_cipher', '_encKey'],
    ['_decipher', '_decipherKey'],
  ] as const) {
    const owner = property(protocol, side);
    const key = property(owner, name);
    if (typeof owner === 'object' && owner !== null && key instanceof Uint8Array) {
      Reflect.set(owner, name, createSecretKey(key));
    }
  }
}

/** Room for a packet with 32 KiB of data, its head and its padding. */
const PACKET_ROOM_BYTES = 33 * 1024;

/**
 * Lets AES-GCM build every packet in the same memory, instead of leaving 33 KiB of garbage with each. A packet is filled and
 * encrypted (into other memory) without a turn of the event loop in between; its 4 plain bytes of length are copied by
 * `gatherWrites`. Only for a connection that is logged in: while logging in ssh2 builds two packets at a time.
 */
export function reusePacketMemory(client: Client): void {
  const cipher = property(property(client, '_protocol'), '_cipher');
  const allocate = property(cipher, 'allocPacket');
  if (typeof cipher !== 'object' || cipher === null || typeof allocate !== 'function') return;
  if (property(cipher, '_encSSLName') === undefined || Object.hasOwn(cipher, 'allocPacket')) return;
  const room = Buffer.allocUnsafeSlow(PACKET_ROOM_BYTES);
  // Every byte of it is used once. Asking for a few at a time costs more than the padding is worth.
  const random = Buffer.alloc(4096);
  let spentBytes = random.length;
  Reflect.set(cipher, 'allocPacket', (payloadBytes: number): unknown => {
    if (payloadBytes + 64 > room.length) return Reflect.apply(allocate, cipher, [payloadBytes]);
    // RFC 4253, 6, and RFC 5647, 7.1: all but the length field is a multiple of 16 bytes, with 4 bytes of padding or more.
    const unpadded = 1 + payloadBytes;
    const padding = 4 + ((16 - ((unpadded + 4) % 16)) % 16);
    const packet = room.subarray(0, 4 + unpadded + padding);
    packet.writeUInt32BE(unpadded + padding, 0);
    packet.writeUInt8(padding, 4);
    if (spentBytes + padding > random.length) {
      randomFillSync(random);
      spentBytes = 0;
    }
    random.copy(packet, 5 + payloadBytes, spentBytes, spentBytes + padding);
    spentBytes += padding;
    return packet;
  });
}
