/**
 * Cuts a byte stream into messages: a header block with Content-Length, an empty line, that many bytes. Both parts are
 * bounded, and memory is taken only for bytes that arrived, never for a length that was merely announced.
 */
import { Buffer } from 'node:buffer';

export interface FrameLimits {
  readonly headerBytesMax: number;
  readonly messageBytesMax: number;
}

/** The stream is not what it should be; there is no way to find the next message in it. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const HEADER_END = Buffer.from('\r\n\r\n');
const LENGTH_LINE = /^content-length: ?(0|[1-9]\d{0,9})$/i;
const TYPE_LINE = /^content-type: ?application\/[a-z-]+(; ?charset=utf-?8)?$/i;

/** Length of the body that a header block announces. Throws `FrameError` for anything unexpected in it. */
export function parseHeader(block: string, limits: FrameLimits): number {
  let length: number | undefined;
  for (const line of block.split('\r\n')) {
    const match = LENGTH_LINE.exec(line);
    if (match?.[1] !== undefined) {
      if (length !== undefined) throw new FrameError('Content-Length is given twice');
      length = Number(match[1]);
    } else if (!TYPE_LINE.test(line)) {
      throw new FrameError('unexpected header line');
    }
  }
  if (length === undefined) throw new FrameError('Content-Length is missing');
  if (length > limits.messageBytesMax) throw new FrameError(`a message of ${length} bytes is longer than allowed`);
  return length;
}

/** Collects chunks and gives out whole message bodies. */
export class FrameSplitter {
  readonly #limits: FrameLimits;
  #chunks: Buffer[] = [];
  #byteCount = 0;
  /** Bytes of the body awaited; null while a header is read. */
  #bodyBytes: number | null = null;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** Bodies completed by this chunk. Throws `FrameError`; the splitter is of no use after that. */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#byteCount += chunk.length;
    for (;;) {
      if (this.#bodyBytes === null && !this.#readHeader()) return;
      const body = this.#bodyBytes === null ? null : this.#take(this.#bodyBytes);
      if (body === null) return;
      this.#bodyBytes = null;
      yield body;
    }
  }

  #readHeader(): boolean {
    const { headerBytesMax } = this.#limits;
    // A header is short, so joining what is here is cheap; a long body never passes this way.
    const head = this.#join();
    const end = head.subarray(0, headerBytesMax + HEADER_END.length).indexOf(HEADER_END);
    if (end < 0) {
      if (head.length > headerBytesMax) throw new FrameError('the header is longer than allowed');
      return false;
    }
    this.#bodyBytes = parseHeader(head.toString('latin1', 0, end), this.#limits);
    this.#keep(head.subarray(end + HEADER_END.length));
    return true;
  }

  #take(byteCount: number): Buffer | null {
    if (this.#byteCount < byteCount) return null;
    const all = this.#join();
    this.#keep(all.subarray(byteCount));
    return all.subarray(0, byteCount);
  }

  #join(): Buffer {
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#byteCount);
  }

  #keep(rest: Buffer): void {
    this.#chunks = [rest];
    this.#byteCount = rest.length;
  }
}
