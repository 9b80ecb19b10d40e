/** Bounded keeping of what a program prints: its last words, and its lines as they come. */
import { StringDecoder } from 'node:string_decoder';

/** Standard error kept for messages: the last 32 KiB. */
export const STDERR_LIMIT_BYTES = 32 * 1024;
/** Longest line handed to a line listener; the rest of a longer one is dropped. */
export const LINE_LIMIT_CHARS = 8 * 1024;

const DROPPED = '(...)';

export interface TextRing {
  push(chunk: Uint8Array): void;
  /** What is kept, as text; begins with "(...)" when older bytes were dropped. */
  text(): string;
}

/** Keeps the last `limitBytes` bytes. Holds at most one chunk more than that in memory. */
export function createTextRing(limitBytes: number): TextRing {
  let chunks: Buffer[] = [];
  let keptBytes = 0;
  let dropped = false;
  return {
    push(chunk) {
      if (chunk.byteLength === 0) return;
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      chunks.push(bytes.length > limitBytes ? bytes.subarray(bytes.length - limitBytes) : bytes);
      if (bytes.length > limitBytes) dropped = true;
      keptBytes += Math.min(bytes.length, limitBytes);
      for (let first = chunks[0]; first !== undefined && keptBytes - first.length >= limitBytes; first = chunks[0]) {
        chunks.shift();
        keptBytes -= first.length;
        dropped = true;
      }
      // Many tiny chunks would cost more in objects than in bytes.
      if (chunks.length > 64) chunks = [Buffer.concat(chunks)];
    },
    text() {
      const all = Buffer.concat(chunks);
      const cut = all.length > limitBytes;
      const kept = cut ? all.subarray(all.length - limitBytes) : all;
      return cut || dropped ? DROPPED + kept.toString('utf8') : kept.toString('utf8');
    },
  };
}

/** Cuts a stream of bytes into whole lines without their line ends. An unfinished last line is not reported. */
export function createLineSplitter(onLine: (line: string) => void): (chunk: Uint8Array) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const pieces = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = rest + piece;
      rest = '';
      onLine((line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, LINE_LIMIT_CHARS));
    }
    rest = (rest + last).slice(0, LINE_LIMIT_CHARS);
  };
}
