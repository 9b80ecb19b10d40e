import type { Socket } from 'node:net';

/** One direction of a link, shared by all of its connections. */
export interface Lane {
  readonly passedBytes: number;
  /** Moves everything that `from` says, and its end, to `to`. */
  carry(from: Socket, to: Socket): void;
  setRate(bytesPerSecond: number | undefined): void;
  setDelay(delayMs: number): void;
  setFrozen(frozen: boolean): void;
  /** Calls back once exactly `countBytes` more bytes have been handed over; none passes after that until the next carry. */
  atByte(countBytes: number, callback: () => void): void;
  close(): void;
}

interface Parcel {
  /** Undefined for the end of the stream. */
  readonly bytes: Buffer | undefined;
  readonly from: Socket;
  readonly to: Socket;
  readonly dueMs: number;
}

/** How far reading may run ahead of a rate limit: a home router's buffer, in time. */
const backlogMs = 200;
/** With a rate limit, parcels are cut so small that a counter on the other side sees an even flow. */
const parcelsPerSecond = 50;
/** Bound on what is under way in the lane, so that a long delay at full speed does not fill the memory. */
const underwayBytesMax = 64 * 1024 ** 2;

/** Opens a lane without limit, delay or traffic. */
export function openLane(): Lane {
  let passedBytes = 0;
  let bytesPerSecond: number | undefined;
  let delayMs = 0;
  let frozen = false;
  let trap: { leftBytes: number; readonly callback: () => void } | undefined;
  /** When the bottleneck will have passed on all that it was given. */
  let bottleneckFreeMs = 0;
  let underwayBytes = 0;
  let parcels: Parcel[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** Sources that are not being read from, each with where it goes. */
  const held = new Map<Socket, Socket>();
  const sources = new Map<Socket, Socket>();

  const nowMs = () => performance.now();
  const isFull = () =>
    frozen ||
    underwayBytes > underwayBytesMax ||
    (bytesPerSecond !== undefined && bottleneckFreeMs - nowMs() > backlogMs);

  const accept = (from: Socket, to: Socket, bytes: Buffer | undefined) => {
    const step =
      bytesPerSecond === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(1, Math.ceil(bytesPerSecond / parcelsPerSecond));
    let rest = bytes;
    do {
      const part = rest === undefined ? undefined : rest.subarray(0, Math.min(rest.length, step));
      rest = rest === undefined || part === undefined ? undefined : rest.subarray(part.length);
      const sizeBytes = part?.length ?? 0;
      const passMs = bytesPerSecond === undefined ? 0 : (sizeBytes / bytesPerSecond) * 1000;
      bottleneckFreeMs = Math.max(bottleneckFreeMs, nowMs()) + passMs;
      underwayBytes += sizeBytes;
      parcels.push({ bytes: part, from, to, dueMs: bottleneckFreeMs + delayMs });
    } while (rest !== undefined && rest.length > 0);
    deliver();
    if (isFull() || to.writableNeedDrain) hold(from, to);
  };

  const hold = (from: Socket, to: Socket) => {
    held.set(from, to);
    from.pause();
    schedule();
  };

  const deliver = () => {
    clearTimeout(timer);
    timer = undefined;
    const late: Parcel[] = [];
    const blocked = new Set<Socket>();
    for (const parcel of parcels) {
      // Order within a connection is kept; a connection whose far end does not read must not stop the others.
      if (parcel.to.destroyed) underwayBytes -= parcel.bytes?.length ?? 0;
      else if (frozen || parcel.dueMs > nowMs() || blocked.has(parcel.to) || parcel.to.writableNeedDrain) {
        blocked.add(parcel.to);
        late.push(parcel);
      } else handOver(parcel);
    }
    parcels = late;
    if (!isFull()) {
      for (const [from, to] of held) {
        if (to.writableNeedDrain) continue;
        held.delete(from);
        from.resume();
      }
    }
    schedule();
  };

  const handOver = ({ bytes, to }: Parcel) => {
    if (bytes === undefined) {
      to.end();
      return;
    }
    underwayBytes -= bytes.length;
    if (trap === undefined) {
      passedBytes += bytes.length;
      to.write(bytes);
      return;
    }
    const allowed = bytes.subarray(0, trap.leftBytes);
    trap.leftBytes -= allowed.length;
    passedBytes += allowed.length;
    if (trap.leftBytes > 0) {
      to.write(allowed);
      return;
    }
    const { callback } = trap;
    trap = undefined;
    frozen = true;
    // Only once the kernel has taken the last byte: a reset throws away what is still queued here.
    to.write(allowed, () => {
      frozen = false;
      callback();
    });
  };

  /** After a change of rate, what waits at the bottleneck must not go on waiting at the old one. */
  const repace = () => {
    let freeMs = nowMs();
    parcels = parcels.map((parcel) => {
      freeMs += bytesPerSecond === undefined ? 0 : ((parcel.bytes?.length ?? 0) / bytesPerSecond) * 1000;
      return { ...parcel, dueMs: Math.min(parcel.dueMs, freeMs + delayMs) };
    });
    bottleneckFreeMs = freeMs;
  };

  const schedule = () => {
    if (timer !== undefined || frozen) return;
    const dueMs = Math.min(
      ...parcels.filter(({ to }) => !to.writableNeedDrain).map((parcel) => parcel.dueMs),
      held.size > 0 && bytesPerSecond !== undefined ? bottleneckFreeMs - backlogMs : Number.POSITIVE_INFINITY,
    );
    if (dueMs !== Number.POSITIVE_INFINITY) timer = setTimeout(deliver, Math.max(1, dueMs - nowMs()));
  };

  return {
    get passedBytes() {
      return passedBytes;
    },
    carry: (from, to) => {
      sources.set(from, to);
      from.once('close', () => {
        sources.delete(from);
        held.delete(from);
      });
      from.on('data', (bytes) => accept(from, to, bytes));
      from.on('end', () => accept(from, to, undefined));
      to.on('drain', deliver);
      if (isFull()) hold(from, to);
      else from.resume();
    },
    setRate: (limit) => {
      bytesPerSecond = limit;
      repace();
      deliver();
    },
    setDelay: (delay) => {
      delayMs = delay;
    },
    setFrozen: (wanted) => {
      frozen = wanted;
      if (wanted) {
        for (const [from, to] of sources) hold(from, to);
        clearTimeout(timer);
        timer = undefined;
      } else deliver();
    },
    atByte: (countBytes, callback) => {
      trap = { leftBytes: countBytes, callback };
    },
    close: () => clearTimeout(timer),
  };
}
