/** Waking up a machine that sleeps: a packet with the address of its network card, to everybody in its network. */
import { createSocket } from 'node:dgram';
import { ProblemError } from '../api/problem.ts';

/** Nobody answers a packet, so more than one is sent. */
const PACKETS = 3;
const REPEATS = 16;
const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i;

interface WakeTarget {
  /** "00:11:32:aa:bb:cc". */
  readonly mac: string;
  /** IPv4 address, of one machine or of all in its network. */
  readonly broadcast: string;
  /** Of UDP. */
  readonly port: number;
}

/** Sends one packet to where the target says; rejects with what the system says. */
type SendPacket = (packet: Uint8Array, target: WakeTarget) => Promise<void>;

/** Six bytes of ones, then the address sixteen times: 102 bytes. Throws `internal` for what is no address. */
function magicPacket(mac: string): Buffer {
  if (!MAC.test(mac)) throw new ProblemError('internal', { reason: `${mac.slice(0, 40)} is no hardware address` });
  const address = Buffer.from(mac.replaceAll(':', ''), 'hex');
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: REPEATS }, () => address)]);
}

/** One burst of packets. Rejects when none of them could be sent. */
export async function wakeUp(target: WakeTarget, send: SendPacket = sendByUdp): Promise<void> {
  const packet = magicPacket(target.mac);
  const sent = await Promise.allSettled(Array.from({ length: PACKETS }, () => send(packet, target)));
  const [first] = sent;
  if (sent.every(({ status }) => status === 'rejected') && first?.status === 'rejected') throw first.reason;
}

const sendByUdp: SendPacket = (packet, { broadcast, port }) => {
  const socket = createSocket('udp4');
  const sent = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, () => {
      try {
        socket.setBroadcast(true);
        socket.send(packet, port, broadcast, (error) => (error === null ? resolve() : reject(error)));
      } catch (thrown) {
        reject(thrown);
      }
    });
  });
  return sent.finally(() => socket.close());
};
